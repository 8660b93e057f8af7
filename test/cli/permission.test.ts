import { expect, test } from 'vitest';
import { parseCommandLine } from '../../src/cli/arguments.ts';
import { callVerdict } from '../../src/cli/permissionCalls.ts';

test('one line, for a shell', () => {
  expect(parseCommandLine(['permission', 'check', 'ls -la', '--shell', 'zsh', '--json'])).toEqual({
    name: 'permission',
    options: { line: 'ls -la', shell: 'zsh', output: 'json' },
  });
  expect(parseCommandLine(['permission', 'check', '--batch'])).toEqual({ name: 'permissionBatch' });
  expect(() => parseCommandLine(['permission', 'ls'])).toThrow('What is to be done is missing: check.');
});

const file = (path: string, content = 'x\n') => ({ op: 'file', path, content });
const linked = [file('${OUT}/a'), { op: 'hardlink', path: '${WS}/a', target: '${OUT}/a' }];
const dangling = [{ op: 'symlink', path: '${WS}/a', target: '../out/none' }];
const folder = [{ op: 'symlink', path: '${WS}/d', target: '../out' }, file('${OUT}/a')];

test.skipIf(process.platform === 'win32').each([
  ['a plain read', 'read_file', { path: 'a' }, [file('${WS}/a')], 'allow'],
  ['a plain write', 'write_file', { path: 'a', content: '' }, [], 'allow'],
  ['a file with a second name', 'read_file', { path: 'a' }, linked, 'error'],
  ['a write to a file with a second name', 'write_file', { path: 'a', content: '' }, linked, 'error'],
  ['a write through a link that leads nowhere', 'write_file', { path: 'a', content: '' }, dangling, 'error'],
  ['a read through a folder that is a link', 'read_file', { path: 'd/a' }, folder, 'error'],
  ['a search through a folder that is a link', 'search_text', { pattern: 'x', path: 'd' }, folder, 'error'],
  ['a list of a folder that is a link', 'list_dir', { path: 'd' }, folder, 'error'],
  ['a device of Windows', 'write_file', { path: 'src/NUL.txt', content: '' }, [], 'ask'],
  ['a name that ends in a blank', 'write_file', { path: 'a ', content: '' }, [], 'ask'],
  ['a server', 'read_file', { path: '//host/share/x' }, [], 'ask'],
  ['a key of another user', 'read_file', { path: '${HOME}/.ssh/id' }, [file('${HOME}/.ssh/id')], 'ask'],
  ['a log of the runtime', 'delete_file', { path: '<AUDIT_LOG>' }, [], 'error'],
  [
    'a line that reads a link to the outside',
    'shell',
    { command: 'cat a' },
    [file('${OUT}/k'), { op: 'symlink', path: '${WS}/a', target: '../out/k' }],
    'ask',
  ],
  ['a line that only looks', 'shell', { command: 'cat a | head' }, [file('${WS}/a')], 'allow'],
  ['no tool', 'toString', {}, [], 'error'],
] as const)('%s', async (_, tool, input, setup, verdict) => {
  expect((await callVerdict({ id: 'x', tool, input, setup, mode: 'auto' })).verdict).toBe(verdict);
});
