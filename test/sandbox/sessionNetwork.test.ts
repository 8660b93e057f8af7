import { spawn } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { limits } from '../../src/core/limits.ts';
import type { Held } from '../../src/core/ports.ts';
import { heldWorld, noBubblewrap, type HeldWorld } from '../support/held.ts';

const never = new AbortController().signal;
const title = `the network of a session${noBubblewrap === null ? '' : ` (skipped: ${noBubblewrap})`}`;

describe.skipIf(noBubblewrap !== null)(title, () => {
  let world: HeldWorld;
  beforeAll(async () => {
    world = await heldWorld({ 'a.txt': 'a\n' });
  });
  afterAll(() => world.close());

  /** A server on port 3000 that has begun to listen, of a session or of none. */
  async function serve(text: string, session?: string): Promise<{ end(): Promise<void> }> {
    const code = `require('http').createServer((_, answer) => answer.end('${text}\\n')).listen(3000, '127.0.0.1', () => console.log('listening'))`;
    const program = { file: process.execPath, args: ['-e', code], cwd: world.folder, env: {} };
    const held: Held = await world.sandbox.hold({ ...program, ...(session !== undefined && { session }) }, never);
    const { file, args, cwd, env } = held.program;
    const child = spawn(file, [...args], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    await new Promise((listens) => child.stdout.once('data', listens));
    return {
      async end() {
        const ended = new Promise((ends) => child.once('exit', ends));
        child.kill('SIGKILL');
        await ended;
        await held.done();
      },
    };
  }
  const get = `exec 3<>/dev/tcp/127.0.0.1/3000 && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && tail -1 <&3`;

  test('is there on this machine, and the state says so', async () => {
    expect(await world.sandbox.ready(never)).toEqual({ kind: 'bubblewrap', shares: true });
  });

  test('lets a command reach a server of the same session, and of no other', async () => {
    const one = await serve('of one', 'one');
    const other = await serve('of another', 'another'); // the same port: a network of its own
    const alone = await serve('of none');
    const seen = await Promise.all(
      [['one'], ['another'], ['a third'], []].map(([session]) =>
        world.run(`(${get}) 2>/dev/null || echo none`, [], session),
      ),
    );
    expect(seen.map(({ output }) => output)).toEqual(['of one\n', 'of another\n', 'none\n', 'none\n']);
    for (const server of [one, other, alone]) await server.end();
  });

  test('is not that of a command with hosts, whose way out nobody else gets', async () => {
    const server = await serve('of one', 'one');
    const hosts = [{ host: 'example.com', port: 443 }];
    const { output } = await world.run(`(${get}) 2>/dev/null || echo none; echo $HTTPS_PROXY`, hosts, 'one');
    expect(output).toBe('none\nhttp://127.0.0.1:3128\n');
    const proxy = `(exec 3<>/dev/tcp/127.0.0.1/3128) 2>/dev/null && echo reached; ls /run/journeyman`;
    expect((await world.run(`${proxy} 2>/dev/null; echo "[$HTTPS_PROXY]"`, [], 'one')).output).toBe('[]\n');
    await server.end();
  });

  test('leads nowhere: not to this machine, not to its sockets, not to a network that a command makes up', async () => {
    let connections = 0;
    const server = createServer(() => connections++);
    await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens));
    const { port } = server.address() as { port: number };
    const abstract = createServer(() => connections++);
    await new Promise<void>((listens) => abstract.listen('\0journeyman-test-of-sockets', listens));
    const node = `${process.execPath} -e "require('net').connect('\\\\0journeyman-test-of-sockets').on('connect',()=>console.log('reached')).on('error',()=>{})"`;
    const { output } = await world.run(
      `for to in 127.0.0.1/${String(port)} 1.1.1.1/53 example.com/80; do (exec 3<>/dev/tcp/$to) 2>/dev/null && echo reached $to; done
       ip link add made type dummy 2>/dev/null && echo made; ip link set lo down 2>/dev/null && echo down
       unshare -Urn true 2>/dev/null; ${node}; nsenter --net=/proc/1/ns/net true 2>/dev/null && grep -c : /proc/net/dev`,
      [],
      'one',
    );
    server.close();
    abstract.close();
    expect([output.replace(/^1\n$/, ''), connections]).toEqual(['', 0]);
  });

  test('holds as ever: processes of other commands are not seen, and nothing of them outlives their end', async () => {
    const server = await serve('of one', 'one');
    const { output } = await world.run('ls -d /proc/[0-9]* | wc -l', [], 'one');
    expect(Number(output)).toBeLessThan(10);
    await server.end();
    expect((await world.run(`(${get}) 2>/dev/null || echo none`, [], 'one')).output).toBe('none\n');
  });

  test('is kept for some sessions, and gone with the sandbox', async () => {
    const other = await heldWorld({});
    const before = networksOpen();
    for (let i = 0; i < limits.sandboxNetworks + 2; i++) await other.run('true', [], `session ${String(i)}`);
    await vi.waitFor(() => {
      expect(networksOpen()).toBeLessThanOrEqual(before + limits.sandboxNetworks);
    });
    await other.sandbox.close();
    await vi.waitFor(() => {
      expect(networksOpen()).toBe(before);
    });
    await other.close();
  });
});

/** Networks that a descriptor of this process keeps. */
function networksOpen(): number {
  return readdirSync('/proc/self/fd').filter((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`).startsWith('net:');
    } catch {
      return false; // closed meanwhile
    }
  }).length;
}
