import { expect, test } from 'vitest';
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
    '--model',
    'm',
  ];
  expect(parseCommandLine(line)).toEqual({
    name: 'run',
    options: {
      task: 'fix it',
      workspace: '/w',
      output: 'json',
      mode: 'edit',
      allow: ['shell(exact: npm test)', 'write(docs/**)'],
      stepsMax: 7,
      model: 'm',
    },
  });
});

test('what was not given has its default', () => {
  expect(parseCommandLine(['run', 'fix it'])).toMatchObject({
    options: { output: 'text', mode: 'ask', allow: [], stepsMax: null, model: null },
  });
  expect(parseCommandLine(['log'])).toEqual({ name: 'log', options: { session: null, output: 'text' } });
  expect(parseCommandLine(['sessions', '--output', 'ndjson'])).toEqual({
    name: 'sessions',
    options: { workspace: null, output: 'ndjson' },
  });
});

test.each([
  [['run'], 'The task is missing'],
  [['run', 'a', 'b'], '"b" was not expected; put words that belong together in quotes.'],
  [['run', 'a', '--mode', 'ask'], "Unknown option '--mode'"],
  [['run', 'a', '--permission-mode', 'auto'], '--permission-mode is one of plan, ask, edit, not "auto".'],
  [['run', 'a', '--max-steps', '0'], '--max-steps takes a whole number from 1, not "0".'],
  [['log', '--output', 'xml'], '--output is one of text, json, ndjson, not "xml".'],
  [['fly'], 'There is no command "fly". "journeyman --help" lists the commands.'],
])('%j is told how to say it', (argv, message) => {
  expect(() => parseCommandLine(argv)).toThrow(message);
});

test.each(['run', 'sessions', 'log'])('%s has help with an example', (name) => {
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
