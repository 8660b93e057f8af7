import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseCommandLine } from '../../src/cli/arguments.ts';
import { permissionCommand, rulesCommand, trustRulesCommand } from '../../src/cli/permission.ts';
import { callVerdict } from '../../src/cli/permissionCalls.ts';
import { tempFolder } from '../support/tempFolder.ts';
import { ownCli, run, type Printed } from './inProcess.ts';

test('one line, for a shell', () => {
  const line = ['permission', 'check', 'ls -la', '--shell', 'zsh', '--json', '--workspace', '/w', '--no-rules'];
  expect(parseCommandLine(line)).toEqual({
    name: 'permission',
    options: { line: 'ls -la', shell: 'zsh', workspace: '/w', withRules: false, output: 'json' },
  });
  expect(parseCommandLine(['permission', 'trust', 'abcdef12', '--workspace', '/w'])).toEqual({
    name: 'trustRules',
    options: { workspace: '/w', hash: 'abcdef12' },
  });
  expect(parseCommandLine(['permission', 'check', '--batch'])).toEqual({ name: 'permissionBatch' });
  expect(() => parseCommandLine(['permission', 'ls'])).toThrow('What is to be done is missing: check, rules or trust.');
});

describe('the rules of files', () => {
  let printed: Printed;
  let workspace: string;
  beforeEach(async () => {
    printed = await ownCli();
    workspace = await tempFolder();
    mkdirSync(join(workspace, '.journeyman'));
    const own = { permissions: { deny: ['shell(prefix: curl)'], allow: ['shell(exact: make)'] } };
    writeFileSync(join(workspace, '.journeyman/settings.json'), JSON.stringify(own));
    const mine = { permissions: { allow: ['shell(exact: npm test)'] } };
    writeFileSync(join(process.env['JOURNEYMAN_HOME'] ?? '', 'settings.json'), JSON.stringify(mine));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });
  const check = async (line: string, withRules = true): Promise<Record<string, unknown>> => {
    await permissionCommand({ line, shell: 'bash', workspace, withRules, output: 'json' });
    return JSON.parse(printed.take()) as Record<string, unknown>;
  };

  test('a check says which rule of which file decided', async () => {
    const home = process.env['JOURNEYMAN_HOME'] ?? '';
    expect(await check('npm test')).toMatchObject({
      verdict: 'allow',
      rule: { rule: 'shell(exact: npm test)', file: join(home, 'settings.json') },
    });
    expect(await check('npm test', false)).toMatchObject({ verdict: 'ask', rule: null });
    expect(await check('curl a.dev')).toMatchObject({
      verdict: 'deny',
      rule: { rule: 'shell(prefix: curl)', file: join(workspace, '.journeyman/settings.json') },
    });
  });

  test('what a folder allows counts once it is trusted as it stands', async () => {
    expect(await check('make')).toMatchObject({ verdict: 'ask', rule: null });
    expect(await rulesCommand({ workspace, json: false })).toBe(0);
    const hash = /permission trust ([0-9a-f]{12})/.exec(printed.take())?.[1] ?? '';
    await trustRulesCommand({ workspace, hash });
    printed.take();
    expect(await check('make')).toMatchObject({ verdict: 'allow', rule: { rule: 'shell(exact: make)' } });
    await expect(trustRulesCommand({ workspace, hash: 'abcdef123456' })).rejects.toThrow('No rules of this folder');
  });

  test('a run goes by them, and a file that is broken makes it ask', async () => {
    expect((await run({ mode: 'edit' })).exitCode).toBe(0);
    writeFileSync(join(process.env['JOURNEYMAN_HOME'] ?? '', 'settings.json'), '{"permissions": ');
    expect((await run({ mode: 'edit' })).exitCode).toBe(4);
  });
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
