/** Does it hold? A command that runs, writes, a read and a connection that must fail: installed is not the same as working. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { limits } from '../core/limits.ts';
import type { Program } from '../core/ports.ts';
import type { Backend } from './backend.ts';
import type { Policy, PolicyNetwork } from './policy.ts';

export interface Probed {
  readonly temporary: string;
  readonly home: string;
  readonly network?: PolicyNetwork;
}

/** null: it holds; else why it does not, as a clause for a person. */
export async function probe(
  backend: Pick<Backend, 'wrap' | 'kind'>,
  { temporary, home, network = { kind: 'none' } }: Probed,
): Promise<string | null> {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  await new Promise<void>((listens, failed) => {
    server.once('error', failed);
    server.listen(0, '127.0.0.1', listens);
  });
  const outside = join(home, `.journeyman-probe-${randomUUID()}`);
  const work = mkdtempSync(join(temporary, 'probe-'));
  const [inside, fixed, hidden] = [join(work, 'inside'), join(work, 'fixed'), join(work, 'hidden')];
  writeFileSync(fixed, 'kept');
  writeFileSync(hidden, 'hidden words');
  const port = String((server.address() as AddressInfo).port);
  const policy: Policy = { write: [work], temporary, fixed: [fixed], hidden: [hidden], sockets: [], repositories: [], names: [], network }; // prettier-ignore
  const program: Program = {
    file: existsSync('/bin/bash') ? '/bin/bash' : '/bin/sh',
    args: ['-c', script, 'probe', outside, port, inside, fixed, hidden],
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
  };
  try {
    const { output, error } = await run(backend.wrap(policy, program));
    if (!/^ran$/m.test(output)) return whyNot(backend.kind, error);
    if (!existsSync(inside)) return 'a write inside of it failed';
    if (existsSync(outside) || readFileSync(fixed, 'utf8') !== 'kept') return 'a write outside of it was not stopped';
    if (output.includes('hidden words')) return 'a read of what it hides was not stopped';
    if (connections > 0 || /^connected$/m.test(output)) return 'a connection was not stopped';
    if (network.kind === 'session' && !output.includes(network.network.id))
      return 'it is not in the network it was to be in';
    return null;
  } finally {
    rmSync(outside, { force: true });
    rmSync(work, { recursive: true, force: true });
    server.close();
  }
}

/** In bash the connection is tried; another shell sees no other way out than the loop to itself. */
const script = `{ : >"$1"; } 2>/dev/null
{ : >"$3"; echo changed >"$4"; cat "$5"; } 2>/dev/null
{ : <>"/dev/tcp/127.0.0.1/$2"; } 2>/dev/null && echo connected
if [ -r /proc/net/dev ] && grep -qvE '^Inter|^ face|^ *lo:' /proc/net/dev; then echo connected; fi
readlink /proc/self/ns/net 2>/dev/null
echo ran`;

function run({ file, args, cwd, env }: Program): Promise<{ readonly output: string; readonly error: string }> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: limits.sandboxProbeMs });
    const texts = { output: '', error: '' };
    child.stdout.on('data', (data) => (texts.output += String(data)));
    child.stderr.on('data', (data) => (texts.error += String(data)));
    child.once('error', (thrown) => {
      resolve({ ...texts, error: thrown.message });
    });
    child.once('close', () => {
      resolve(texts);
    });
  });
}

function whyNot(kind: Backend['kind'], error: string): string {
  const said = error.trim().split('\n')[0] ?? '';
  if (kind === 'seatbelt') return said === '' ? 'sandbox-exec did not answer' : `sandbox-exec says: ${said}`;
  if (/namespace|uid map|clone|unshare|setting up/i.test(said))
    return `user namespaces are off here, which bubblewrap needs (${said})`;
  if (/proc/i.test(said)) return `this machine does not let bubblewrap mount /proc (${said})`;
  if (/loopback|RTM_/i.test(said)) return `this machine does not let bubblewrap make a network of its own (${said})`;
  return said === '' ? 'bubblewrap did not answer' : `bubblewrap says: ${said}`;
}
