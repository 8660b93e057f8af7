import { chmod, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Sandbox } from '../../src/core/ports.ts';
import { isProtected, isSecret, protectedNames } from '../../src/permission/names.ts';
import { systemSandbox } from '../../src/sandbox/sandbox.ts';
import { systemShell } from '../../src/sandbox/shell.ts';
import { noBubblewrap } from '../support/held.ts';
import { tempFolder } from '../support/tempFolder.ts';

const never = new AbortController().signal;

/**
 * Stands in for the program of macOS, as far as its command line goes. `holds`: folders and the network of the profile are kept with
 * bubblewrap; `loose`: it runs what it is given and keeps nothing; `refuses`: it does not take the profile.
 */
const standIn = `#!${process.execPath}
const { spawnSync } = require('node:child_process');
const { readFileSync, statSync } = require('node:fs');
const words = process.argv.slice(2), parameters = {};
let profile = '';
while (words[0] !== '--') {
  const [option, value = ''] = words.splice(0, 2);
  if (option === '-p') profile = value;
  else if (option === '-D') parameters[value.slice(0, value.indexOf('='))] = value.slice(value.indexOf('=') + 1);
  else { console.error('unknown option ' + option); process.exit(64); }
}
words.shift();
const how = readFileSync(__dirname + '/how', 'utf8');
if (how === 'refuses') { console.error('sandbox-exec: line 3: unbound variable: process-exec'); process.exit(65); }
const rules = [...profile.matchAll(/^\\((allow|deny) ((?:[\\w*-]+ )+)\\(subpath \\(param "(\\w+)"\\)\\)\\)$/gm)];
const binds = rules.flatMap(([, verb, what, name]) => {
  const path = parameters[name];
  return verb === 'allow' ? ['--bind', path, path] : what.includes('read') ? (statSync(path).isDirectory() ? ['--tmpfs', path] : ['--ro-bind', '/dev/null', path]) : ['--ro-bind', path, path];
});
const network = profile.includes('(remote ip') ? [] : ['--unshare-net'];
const held = ['bwrap', '--unshare-user', ...network, '--cap-drop', 'ALL', '--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', ...binds, '--'];
const [file, ...args] = how === 'holds' ? [...held, ...words] : words;
const { status } = spawnSync(file, args, { stdio: ['inherit', 'inherit', 'inherit', 'inherit'] });
process.exit(status ?? 70);
`;

async function macSandbox(
  how: 'holds' | 'loose' | 'refuses' | null,
): Promise<{ sandbox: Sandbox; folder: string; home: string; link: string }> {
  const world = await tempFolder();
  const link = join(world, 'link');
  const [folder, home, tools] = [join(world, `wörk "a" \\ 'b'`), join(world, 'home'), join(world, 'tools')];
  for (const one of [folder, home, tools]) await mkdir(one);
  await symlink(folder, link);
  if (how !== null) {
    await writeFile(join(tools, 'sandbox-exec'), standIn);
    await chmod(join(tools, 'sandbox-exec'), 0o755);
    await writeFile(join(tools, 'how'), how);
  }
  const options = {
    folders: () => [link],
    storage: join(world, 'storage'),
    isProtected,
    protectedNames,
    isSecret,
    home,
  };
  const sandbox = systemSandbox({ ...options, platform: 'darwin', searchPath: tools });
  onTestFinished(() => sandbox.close());
  return { sandbox, folder, home, link };
}

test.skipIf(process.platform === 'win32')(
  'where the sandbox of macOS keeps nothing, refuses, or is not there, none is claimed',
  async () => {
    const states = [];
    for (const how of ['loose', 'refuses', null] as const)
      states.push(await (await macSandbox(how)).sandbox.ready(never));
    expect(states).toEqual([
      { kind: 'none', why: 'a write outside of it was not stopped' },
      { kind: 'none', why: 'sandbox-exec says: sandbox-exec: line 3: unbound variable: process-exec' },
      { kind: 'none', why: 'sandbox-exec, a part of macOS, is not there' },
    ]);
  },
);

test.skipIf(noBubblewrap !== null)(
  'where it holds, commands go through it: folder, words, state and what they left',
  async () => {
    const { sandbox, folder, home } = await macSandbox('holds');
    await writeFile(join(folder, '.env'), 'decoy\n');
    expect(await sandbox.ready(never)).toEqual({ kind: 'seatbelt' });
    const shell = systemShell({ sandbox, env: { PATH: process.env['PATH'] } });
    const line = `echo x > a.txt; echo x > ${home}/b.txt; cat .env; mkdir .idea; echo "$TMPDIR" | grep -c journeyman-; pwd; exit 3`;
    const end = await shell.run({ line, cwd: folder, timeoutMs: 20_000, session: 's' }, () => undefined, never);
    expect(end).toMatchObject({ exitCode: 3, held: 'seatbelt', cwd: folder });
    expect(end.output).toContain(`\n1\n${folder}\n`);
    expect(end.output).not.toContain('decoy');
    // Nothing stands for what is not there: the profile keeps it from being made. (Of the stand-in this is not shown.)
    expect(end.output).toContain('[.idea was made by this command and would take effect later');
    expect([(await readdir(folder)).sort(), await readdir(home)]).toEqual([['.env', 'a.txt'], []]);
    expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('x\n');
  },
);

test.skipIf(noBubblewrap !== null)(
  'a folder that is opened by a link, as `/tmp` is one to `/private/tmp`, is kept where it leads',
  async () => {
    const { sandbox, folder, link } = await macSandbox('holds');
    const held = await sandbox.hold({ file: 'true', args: [], cwd: link, env: {} }, never);
    const given = held.program.args.filter((_, i, all) => all[i - 1] === '-D');
    const paths = given.map((one) => one.slice(one.indexOf('=') + 1));
    expect([paths.includes(folder), paths.some((path) => path.startsWith(link))]).toEqual([true, false]);
    await held.done();
  },
);

test.skipIf(noBubblewrap !== null)(
  'a command with hosts goes by a port of this machine, and only what is listed is let through',
  async () => {
    const { sandbox, folder } = await macSandbox('holds');
    const program = { cwd: folder, env: { PATH: process.env['PATH'] }, hosts: [{ host: 'example.com', port: 443 }] };
    const held = await sandbox.hold({ ...program, file: '/bin/bash', args: ['-c', ''] }, never);
    const proxy = /^http:\/\/127\.0\.0\.1:(\d+)$/.exec(held.program.env['HTTPS_PROXY'] ?? '')?.[1] ?? '';
    expect(held.program.args[1]).toContain(`(allow network-outbound (remote ip "localhost:${proxy}"))`);
    await held.done();
    const ask = `exec 4<>/dev/tcp/127.0.0.1/\${HTTPS_PROXY##*:} && printf 'CONNECT other.example.com:443 HTTP/1.1\\r\\n\\r\\n' >&4 && head -1 <&4`;
    const shell = systemShell({ sandbox, env: { PATH: process.env['PATH'] } });
    const command = { line: ask, cwd: folder, timeoutMs: 20_000, hosts: program.hosts };
    const { output } = await shell.run(command, () => undefined, never);
    expect(output).toBe('HTTP/1.1 403 Forbidden\n[It was not let through to other.example.com:443: not on its list.]');
  },
);
