// Notes at the command line: added, listed, shown, searched, removed, and proposed by past sessions.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { parseCommandLine } from '../../src/cli/arguments.ts';
import { memoryCommand } from '../../src/cli/memory.ts';
import { tempFolder } from '../support/tempFolder.ts';
import { ownCli, type Printed } from './inProcess.ts';

let printed: Printed;
beforeEach(async () => {
  printed = await ownCli();
});
afterEach(() => {
  vi.unstubAllEnvs();
});

async function memory(...args: readonly string[]): Promise<string> {
  const command = parseCommandLine(['memory', ...args]);
  if (command.name !== 'memory') throw new Error(command.name);
  await memoryCommand(command.options);
  return printed.take();
}

test('a note is added, listed, shown, found and removed', async () => {
  const workspace = await tempFolder();
  const here = ['--workspace', workspace];
  expect(await memory('list', ...here)).toContain('Nothing is remembered here.\nproject: ');
  expect(await memory('add', 'Answers', 'In German.', '--kind', 'preference', ...here)).toContain(
    'Kept: user/answers, ',
  );
  await memory('add', 'Tests', 'By make.', ...here);
  expect((await memory(...here)).split('\n').slice(0, 2)).toEqual([
    '- Tests (fact, project/tests): By make.',
    '- Answers (preference, user/answers): In German.',
  ]);
  expect(await memory('show', 'user/answers', ...here)).toMatch(
    /^Answers\nuser\/answers · preference · .* · you\n.*\n\nIn German\.\n$/,
  );
  expect(await memory('search', 'how german', ...here)).toBe('- Answers (preference, user/answers): In German.\n');
  expect(await memory('remove', 'Answers', ...here)).toBe('Forgotten: user/answers\n');
  await expect(memory('remove', 'Answers', ...here)).rejects.toThrow('There is no note "Answers".');
});

test('lessons need a session that has ended', async () => {
  await expect(memory('lessons', '--workspace', await tempFolder())).rejects.toThrow(
    'No session of this folder has ended yet.',
  );
});
