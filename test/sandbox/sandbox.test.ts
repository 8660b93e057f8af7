import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemSandbox } from '../../src/sandbox/sandbox.ts';
import { heldWorld, noBubblewrap, type HeldWorld } from '../support/held.ts';
import { tempFolder } from '../support/tempFolder.ts';

const never = new AbortController().signal;
const title = `a held command${noBubblewrap === null ? '' : ` (skipped: ${noBubblewrap})`}`;

describe.skipIf(noBubblewrap !== null)(title, () => {
  let world: HeldWorld;
  let canHold = '';
  beforeAll(async () => {
    world = await heldWorld(
      {
        'src/a.txt': 'a\n',
        '.env': 'KEY=decoy-of-env\n',
        '.env.example': 'KEY=\n',
        '.git/HEAD': 'ref: refs/heads/main\n',
        '.git/config': '[core]\n',
        '.github/workflows/ci.yml': 'on: push\n',
        'package.json': '{}\n',
        'packages/d/.git/HEAD': 'ref: refs/heads/main\n',
        'packages/d/.git/config': '[core]\n\thooksPath = tools/hooks\n',
        'packages/d/tools/hooks/pre-commit': 'mine\n',
        'tools/husky/pre-commit': 'mine\n',
        'packages/e/.git/HEAD': 'ref: refs/heads/main\n',
        'packages/e/.git/config': '[core]\n\thooksPath = .husky/a/hooks\n',
        'packages/e/.husky/a/hooks/pre-commit': 'mine\n',
        'packages/b/.vscode/settings.json': '{}\n',
        'packages/c/.git/HEAD': 'ref: refs/heads/main\n',
        'packages/c/.git/hooks/pre-push.sample': '',
        'packages/c/.git/objects/x': '',
      },
      {
        '.ssh/id_ed25519': 'decoy-of-ssh\n',
        '.aws/credentials': 'decoy-of-aws\n',
        '.config/gh/hosts.yml': 'decoy-of-gh\n',
        '.netrc': 'decoy-of-netrc\n',
        '.bash_history': 'decoy-of-history\n',
        'notes.txt': 'plain\n',
      },
    );
    await writeFile(join(world.storage, 'events.jsonl'), 'decoy-of-log\n');
    await symlink(world.home, join(world.folder, 'out'));
    await symlink('tools/husky', join(world.folder, '.husky'));
    const state = await world.sandbox.ready(never);
    canHold = state.kind === 'none' ? state.why : '';
  });
  afterAll(async () => {
    await world.close();
  });

  test('is really held on this machine', () => {
    expect(canHold).toBe('');
  });

  test('runs, writes in the workspace and in a temporary folder that the next one finds again', async () => {
    const first = await world.run('echo x > src/new.txt && echo y > /tmp/kept && echo $TMPDIR && exit 3');
    expect(first).toEqual({ code: 3, output: '/tmp\n', left: [] });
    expect(readFileSync(join(world.folder, 'src/new.txt'), 'utf8')).toBe('x\n');
    expect(existsSync('/tmp/kept')).toBe(false);
    expect((await world.run('cat /tmp/kept /var/tmp/kept')).output).toBe('y\ny\n');
  });

  test('its words and exit code are passed through as they are, without a shell of ours in between', async () => {
    const { output } = await world.run(`printf '%s|' "$HOME" 'a  b' '$(echo x)' "\\\\"; exit 0`);
    expect(output).toBe(`${world.home}|a  b|$(echo x)|\\|`);
  });

  test.each([
    ['in the home', () => `echo x > ${world.home}/new.txt`],
    ['through a link', () => 'echo x > out/new.txt'],
    ['through a link of its own', () => `ln -s ${world.home} mine; echo x > mine/new.txt`],
    ['by moving a file there', () => `echo x > n; mv n ${world.home}/new.txt`],
    ['by a hard link', () => `ln ${world.home}/notes.txt src/hard && echo x > src/hard`],
    ['in the system', () => 'echo x > /etc/journeyman-test'],
    ['to a device of the machine', () => 'echo x > /dev/sda1-test'],
    ['by mounting', () => `mount -o remount,rw / && echo x > ${world.home}/new.txt`],
    [
      'in a namespace of its own',
      () => `unshare -Urm sh -c "mount -o remount,rw,bind / && echo x > ${world.home}/new.txt"`,
    ],
    ['through /proc', () => `echo x > /proc/1/root${world.home}/new.txt`],
  ])('cannot write outside: %s', async (_name, line) => {
    await world.run(line());
    expect(readdirSync(world.home).sort()).toEqual(['.aws', '.bash_history', '.config', '.netrc', '.ssh', 'notes.txt']);
    expect(readFileSync(join(world.home, 'notes.txt'), 'utf8')).toBe('plain\n');
    expect(existsSync('/etc/journeyman-test')).toBe(false);
  });

  test('cannot read keys, environment files, histories and our own storage, however it gets there', async () => {
    const { output } = await world.run(
      `cat ${world.home}/.ssh/* ~/.aws/credentials ~/.config/gh/* ~/.netrc ~/.bash_history .env out/.netrc; (cd ${world.storage} && cat *); cat /etc/shadow; grep -r decoy ~ . ; cat ~/notes.txt .env.example`,
    );
    expect(output.match(/decoy[\w-]*|root:/g) ?? []).toEqual([]);
    expect(output).toContain('plain\nKEY=\n');
  });

  test('sees no process of the machine, nor its environment', async () => {
    const { output } = await world.run(
      `ls -d /proc/[0-9]* | wc -l; cat /proc/${String(process.pid)}/environ; ls /proc/*/root${world.storage}`,
    );
    expect(Number(output.split('\n')[0])).toBeLessThan(10);
    expect(output).not.toContain('events.jsonl');
    expect(output).not.toContain('PATH=');
  });

  test.each([
    ['hooks that are not there yet', 'mkdir -p .git/hooks; echo x > .git/hooks/pre-commit'],
    ['hooks of a repository within', 'echo x > packages/c/.git/hooks/pre-push'],
    ['the settings of git', 'echo "[core] fsmonitor=x" >> .git/config'],
    ['the settings of git by another way', 'git config core.fsmonitor x; mv .git/config .git/c2'],
    [
      'the folder that holds them, moved away',
      'mv .git .git2 && mkdir -p .git/hooks && echo x > .git/hooks/pre-commit',
    ],
    ['settings of the editor that are not there yet', 'mkdir -p .vscode; echo {} > .vscode/tasks.json'],
    ['settings of the editor further down', 'echo x > packages/b/.vscode/settings.json; rm -rf packages/b'],
    ['hooks at another place', 'echo x > packages/d/tools/hooks/pre-commit; mv packages/d/tools packages/d/t2'],
    ['hooks behind a link', 'echo x > .husky/pre-commit; echo x > tools/husky/pre-commit; rm -rf tools'],
    [
      'what lies beside hooks in a protected folder',
      'echo x > packages/e/.husky/a/new; echo x > packages/e/.husky/a/hooks/pre-commit',
    ],
    ['workflows', 'echo x > .github/workflows/ci.yml; rm -rf .github'],
  ])('cannot change what runs later: %s', async (_name, line) => {
    const { left } = await world.run(line);
    expect(left).toEqual([]);
    const text = (name: string): string => readFileSync(join(world.folder, name), 'utf8');
    expect([text('.git/config'), text('.github/workflows/ci.yml'), text('packages/b/.vscode/settings.json')]).toEqual([
      '[core]\n',
      'on: push\n',
      '{}\n',
    ]);
    expect([text('packages/d/tools/hooks/pre-commit'), text('.husky/pre-commit')]).toEqual(['mine\n', 'mine\n']);
    expect(readdirSync(join(world.folder, 'packages/c/.git/hooks'))).toEqual(['pre-push.sample']);
    expect(readdirSync(join(world.folder, 'packages/e/.husky/a'))).toEqual(['hooks']);
    expect(text('packages/e/.husky/a/hooks/pre-commit')).toBe('mine\n');
    // What stood for the missing names is gone again.
    expect(['.vscode', '.git/hooks', '.git2'].filter((name) => existsSync(join(world.folder, name)))).toEqual([]);
  });

  test('writes the rest of a repository, and the files of package managers', async () => {
    const { code } = await world.run(
      'echo x > .git/COMMIT_EDITMSG && echo {} > package.json && mkdir -p node_modules/.bin',
    );
    expect(code).toBe(0);
  });

  test('what it leaves that runs later is moved away and said', async () => {
    const { left } = await world.run(
      'mkdir -p sub/.git/hooks sub/.git/objects sub/.husky other/.git/hooks; echo x > sub/.git/HEAD; echo "[core] fsmonitor = touch x" > sub/.git/config; echo x > sub/.git/hooks/post-checkout; echo x > sub/.husky/pre-commit; echo s > other/.git/hooks/a.sample; echo "[remote \\"o\\"]" > other/.git/config; echo {} > sub/.mcp.json',
    );
    const gone = ['sub/.git/config', 'sub/.git/hooks/post-checkout', 'sub/.husky', 'sub/.mcp.json'];
    expect(left.map((line) => line.split(' ')[0]).sort()).toEqual(gone);
    expect(gone.filter((name) => existsSync(join(world.folder, name)))).toEqual([]);
    expect(
      ['other/.git/config', 'other/.git/hooks/a.sample'].every((name) => existsSync(join(world.folder, name))),
    ).toBe(true);
    expect(left[0]).toMatch(
      /was made by this command and would take effect later, outside the sandbox: it was moved to /,
    );
    const [aside = ''] = readdirSync(join(world.storage, 'sandbox/left'));
    expect(readdirSync(join(world.storage, 'sandbox/left', aside)).length).toBe(4);
  });

  test('a protected link that was made to lead elsewhere is moved away', async () => {
    const { left } = await world.run('mkdir -p mine; echo x > mine/pre-commit; rm .husky; ln -s mine .husky');
    expect(left.map((line) => line.split(' ')[0])).toEqual(['.husky']);
    expect(existsSync(join(world.folder, '.husky'))).toBe(false);
  });

  test('what only steers others is said and stays', async () => {
    const { left } = await world.run('mkdir -p said && echo x > said/AGENTS.md');
    expect(left).toEqual(['said/AGENTS.md was made while this ran: it is a protected file, look at it.']);
    expect(existsSync(join(world.folder, 'said/AGENTS.md'))).toBe(true);
  });

  test('what a person put there before stays', async () => {
    await mkdir(join(world.folder, 'later/.husky'), { recursive: true });
    await writeFile(join(world.folder, 'later/.husky/pre-commit'), 'mine\n');
    expect((await world.run('echo x > later/.husky/pre-commit')).left).toEqual([]);
    expect(readFileSync(join(world.folder, 'later/.husky/pre-commit'), 'utf8')).toBe('mine\n');
  });

  test('reaches no network: names, other machines, this machine', async () => {
    let connections = 0;
    const server = createServer(() => connections++);
    await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens));
    const { port } = server.address() as { port: number };
    const { output } = await world.run(
      `for to in 127.0.0.1/${String(port)} 1.1.1.1/53 localhost/${String(port)} example.com/80; do (exec 3<>/dev/tcp/$to) 2>/dev/null && echo reached $to; done; getent hosts example.com; cat /proc/net/dev | grep -c :`,
    );
    server.close();
    expect([output, connections]).toEqual(['1\n', 0]);
  });

  test('reaches no socket of another program by its path, and may use its own', async () => {
    const path = join(world.folder, 'app.sock');
    let connections = 0;
    const server = createServer(() => connections++);
    await new Promise<void>((listens) => server.listen(path, listens));
    const node = process.execPath;
    const talk = (to: string): string =>
      `${node} -e "require('net').connect('${to}').on('connect',()=>{console.log('reached');process.exit()}).on('error',(e)=>console.log('refused'))"`;
    const { output } = await world.run(talk('app.sock'));
    const own = await world.run(
      `${node} -e "const n=require('net');const s=n.createServer(c=>c.end()).listen('own.sock',()=>n.connect('own.sock').on('connect',()=>{console.log('own');s.close()}))"`,
    );
    server.close();
    expect([output, connections, own.output]).toEqual(['refused\n', 0, 'own\n']);
  });

  test('what it may reach is reached through the proxy alone, and what else it tried is told', async () => {
    const ask = (place: string): string =>
      `exec 4<>/dev/tcp/127.0.0.1/3128 && printf 'CONNECT ${place} HTTP/1.1\\r\\n\\r\\n' >&4 && head -1 <&4`;
    const hosts = [{ host: 'example.com', port: 443 }];
    const tried = await world.run(
      `echo $HTTPS_PROXY; ${ask('other.example.com:443')}; ${ask('169.254.169.254:80')}`,
      hosts,
    );
    expect(tried).toEqual({
      code: 0,
      output: 'http://127.0.0.1:3128\nHTTP/1.1 403 Forbidden\r\nHTTP/1.1 403 Forbidden\r\n',
      left: ['It was not let through to other.example.com:443, 169.254.169.254:80: not on its list.'],
    });
    const none = await world.run(`echo "[$HTTPS_PROXY]"; (${ask('example.com:443')}) 2>/dev/null || echo no way`);
    expect(none).toMatchObject({ output: '[]\nno way\n', left: [] });
  });

  test('nothing that it started outlives it, not even what hides', async () => {
    const { output } = await world.run('(setsid nohup sleep 987 >/dev/null 2>&1 &) ; echo ended');
    expect(output).toBe('ended\n');
    const running = readdirSync('/proc').filter(
      (pid) => /^\d+$/.test(pid) && commandOf(pid).includes('sleep\0' + '987'),
    );
    expect(running).toEqual([]);
  });

  test('a runaway ends at its limits', async () => {
    const { output } = await world.run('ulimit -c; ulimit -u; ulimit -f; ulimit -d');
    expect(output).toBe('0\n4096\n16777216\n8388608\n');
  });
});

describe('where there is no sandbox', () => {
  test('it says what to install, and a command runs as it is', async () => {
    const storage = await tempFolder();
    const searchPath = join(storage, 'nothing');
    const options = {
      folders: () => [storage],
      storage,
      isProtected: () => false,
      protectedNames: [],
      isSecret: () => false,
      searchPath,
    };
    const sandbox = systemSandbox(options);
    const said: unknown[] = [];
    sandbox.onState((state) => said.push(state));
    const state = await sandbox.ready(never);
    expect(state).toMatchObject({ kind: 'none' });
    if (process.platform === 'linux') expect(state).toMatchObject({ why: expect.stringMatching(/^bubblewrap is not installed: `apt install bubblewrap`/) as unknown }); // prettier-ignore
    expect(said).toEqual([state]);
    const program = { file: 'x', args: ['y'], cwd: storage, env: {} };
    const held = await sandbox.hold(program, never);
    expect(held.program).toBe(program);
    expect(await held.done()).toEqual([]);
  });
});

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
