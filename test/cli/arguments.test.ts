import { expect, test } from 'vitest';
import { defaultBudgets } from '../../src/core/budget.ts';
import { parseCommandLine } from '../../src/cli/arguments.ts';

test('a run with all its options', () => {
  const line = [
    'run',
    ' fix it ',
    '--workspace',
    '/w',
    '--output',
    'json',
    '--permission-mode',
    'edit',
    '--allow',
    'shell(exact: npm test)',
    '--allow',
    'write(docs/**)',
    '--max-steps',
    '7',
    '--budget-usd',
    '1.50',
    '--budget',
    'day.tokens=2000000',
    '--model',
    'm',
    '--question-timeout',
    '10',
    '--no-sandbox',
    '--effort',
    'high',
    '--plan-model',
    'p:30b',
    '--fallback-model',
    'f',
    '--model-timeout',
    '15',
  ];
  expect(parseCommandLine(line)).toEqual({
    name: 'run',
    options: {
      task: 'fix it',
      workspace: '/w',
      output: 'json',
      mode: 'edit',
      allow: ['shell(exact: npm test)', 'write(docs/**)'],
      ask: [],
      deny: [],
      budgets: {
        turn: { usd: null, tokens: null, steps: 7, minutes: 60 },
        session: { usd: 1.5, tokens: null, steps: null, minutes: null },
        day: { usd: null, tokens: 2_000_000, steps: null, minutes: null },
      },
      questionMs: 600_000,
      sandbox: false,
      models: { effort: 'high', routes: { plan: { model: 'p:30b' } }, fallbackModel: 'f', firstByteMs: 900_000 },
      model: 'm',
      input: 'terminal',
      whenAlone: 'suspend',
    },
  });
});

test('the index of a folder', () => {
  expect(parseCommandLine(['index', '--stats', '--workspace', '/w', '--output', 'json'])).toEqual({
    name: 'index',
    options: { workspace: '/w', stats: true, rebuild: false, output: 'json' },
  });
  expect(() => parseCommandLine(['index', '--output', 'ndjson'])).toThrow('--output is one of text, json');
});

test('what is picked for a task', () => {
  expect(
    parseCommandLine(['select', 'retry uploads', '--seen', 'a.ts', '--seen', 'b.ts', '--workspace', '/w']),
  ).toEqual({
    name: 'select',
    options: { task: 'retry uploads', budget: 4000, seen: ['a.ts', 'b.ts'], workspace: '/w', output: 'text' },
  });
  expect(parseCommandLine(['select', 'x', '--budget', '900', '--output', 'json'])).toMatchObject({
    options: { budget: 900, output: 'json' },
  });
});

test('a single word of 12 hex digits is a session, anything else a message for the last one', () => {
  const meant = (...words: string[]): unknown => {
    const command = parseCommandLine(['resume', ...words]);
    return command.name === 'resume' ? [command.options.session, command.options.message] : null;
  };
  expect(meant()).toEqual([null, null]);
  expect(meant('4f0c2a9be771')).toEqual(['4f0c2a9be771', null]);
  expect(meant('continue')).toEqual([null, 'continue']);
  expect(meant('4f0c2a9be771', ' Go on. ')).toEqual(['4f0c2a9be771', 'Go on.']);
});

test('the other commands', () => {
  const of = (...words: string[]): unknown => parseCommandLine(words);
  expect(of('fork', 's', '--turn', '2')).toEqual({ name: 'fork', options: { session: 's', turn: 2 } });
  expect(of('export', 's')).toEqual({ name: 'export', options: { session: 's', file: null } });
  expect(of('import', '-')).toEqual({ name: 'import', options: { file: '-' } });
  expect(of('rename', 's', ' A title ')).toEqual({ name: 'rename', options: { session: 's', title: 'A title' } });
  expect(of('close', 's')).toEqual({ name: 'close', options: { session: 's' } });
  expect(of('delete', 's', '--yes')).toEqual({ name: 'delete', options: { session: 's', yes: true } });
  expect(of('replay')).toEqual({ name: 'replay', options: { session: null, output: 'text' } });
  expect(of('log', 's', '--step', '3', '--turn', '1')).toEqual({
    name: 'log',
    options: { session: 's', step: 3, turn: 1, output: 'text' },
  });
  expect(of('restore', 's', 'c', '--both', '--dry-run', '--mine', 'a', '--old', 'b', '--mine', 'd')).toEqual({
    name: 'restore',
    options: {
      session: 's',
      checkpoint: 'c',
      scope: 'both',
      dryRun: true,
      yes: false,
      mine: ['a', 'd'],
      old: ['b'],
      output: 'text',
    },
  });
});

test('what was not given has its default', () => {
  expect(parseCommandLine(['run', 'fix it'])).toMatchObject({
    options: { output: 'text', mode: 'ask', allow: [], budgets: defaultBudgets, questionMs: null, model: null },
  });
  expect(parseCommandLine(['log'])).toEqual({
    name: 'log',
    options: { session: null, step: null, turn: null, output: 'text' },
  });
  expect(parseCommandLine(['sessions', '--output', 'ndjson'])).toEqual({
    name: 'sessions',
    options: { workspace: null, search: null, output: 'ndjson' },
  });
});

test.each([
  [['run'], 'The task is missing'],
  [['run', 'a', 'b'], '"b" was not expected; put words that belong together in quotes.'],
  [['run', 'a', '--mode', 'ask'], "Unknown option '--mode'"],
  [['run', 'a', '--permission-mode', 'yolo'], '--permission-mode is one of plan, ask, edit, auto, not "yolo".'],
  [['run', 'a', '--max-steps', '0'], '--max-steps takes a whole number from 1, not "0".'],
  [['log', '--output', 'xml'], '--output is one of text, json, ndjson, not "xml".'],
  [['run', 'a', '--input', 'json', '--output', 'ndjson'], '--input is ndjson, not "json".'],
  [['run', 'a', '--input', 'ndjson'], '--input ndjson goes with --output ndjson'],
  [['resume', '--steer'], '--steer goes with a message.'],
  [['resume', '--edit', '2'], '--edit goes with a message, not with --steer.'],
  [['log', '--turn', '1'], '--turn goes with --step.'],
  [['fork'], 'The session is missing.'],
  [['rename', 's'], 'The title is missing.'],
  [['restore', 's'], 'The checkpoint is missing.'],
  [['restore', 's', 'c', '--files', '--both'], 'Only one of --files, --both.'],
  [['restore', 's', 'c', '--mine', 'a', '--old', 'a'], 'a is named by --mine and by --old.'],
  [['fly'], 'There is no command "fly". "journeyman --help" lists the commands.'],
])('%j is told how to say it', (argv, message) => {
  expect(() => parseCommandLine(argv)).toThrow(message);
});

test.each([
  'run',
  'resume',
  'sessions',
  'index',
  'log',
  'replay',
  'checkpoints',
  'restore',
  'fork',
  'export',
  'import',
  'rename',
  'close',
  'delete',
  'select',
])('%s has help with an example', (name) => {
  const asked = parseCommandLine([name, '--help']);
  expect(asked).toEqual(parseCommandLine(['help', name]));
  expect(asked).toMatchObject({
    name: 'help',
    exitCode: 0,
    text: expect.stringMatching(/Examples?:\n {2}journeyman/) as string,
  });
});

test('no command at all shows the help and fails', () => {
  expect(parseCommandLine([])).toMatchObject({ name: 'help', exitCode: 1 });
});

test('the audit', () => {
  const options = { session: null, verify: false, json: false };
  expect(parseCommandLine(['audit'])).toEqual({ name: 'audit', options });
  expect(parseCommandLine(['audit', 'verify', '--session', 's', '--json'])).toEqual({
    name: 'audit',
    options: { session: 's', verify: true, json: true },
  });
  expect(() => parseCommandLine(['audit', 'clean'])).toThrow('"clean" was not expected');
});

test('standard input without its secrets', () => {
  expect(parseCommandLine(['redact'])).toEqual({ name: 'redact' });
  expect(parseCommandLine(['redact', '--batch'])).toEqual({ name: 'redactBatch' });
  expect(() => parseCommandLine(['redact', 'file'])).toThrow('"file" was not expected');
});

test.each([
  [['--budget', 'week.usd=2'], '--budget takes turn|session|day.usd|tokens|steps|minutes=AMOUNT, such as day.usd=5'],
  [['--budget', 'day.steps=1.5'], '--budget day.steps takes a whole number from 1, not "1.5"'],
  [['--budget-usd', '-1'], '--budget-usd'],
  [['--budget-usd', '0'], '--budget-usd takes an amount of dollars such as 2 or 0.50, not "0"'],
])('a budget that is none is told: %j', (words, message) => {
  expect(() => parseCommandLine(['run', 'fix it', ...words])).toThrow(message);
});
