/**
 * One network for the commands of a session: a loopback that they share, and that leads nowhere else. It is a namespace that nobody lives in
 * between commands; two descriptors of ours keep it, so it ends with us whatever way we end, and there is no process to look after.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readlinkSync } from 'node:fs';
import { JourneymanError } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import type { Program } from '../core/ports.ts';

export interface SessionNetwork {
  /** As `/proc/self/ns/net` says it inside. */
  readonly id: string;
  /** `program` in this network; it becomes that program, so its process is the same. */
  join(program: Program): Program;
  /** What runs in it goes on. */
  close(): void;
}

/** Absolute. `nsenter` is of util-linux or of busybox. */
export interface NetworkTools {
  readonly bwrap: string;
  readonly nsenter: string;
}

/** Throws where this machine does not let us. */
export async function sessionNetwork({ bwrap, nsenter }: NetworkTools): Promise<SessionNetwork> {
  const args = ['--unshare-user', '--unshare-net', '--cap-drop', 'ALL', '--die-with-parent', '--ro-bind', '/', '/'];
  // It has a network whose loopback is up, says its number, and stays until the network is ours too.
  const first = spawn(bwrap, [...args, '--', '/bin/sh', '-c', 'echo $$; read _'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {},
    timeout: limits.sandboxProbeMs,
    killSignal: 'SIGKILL',
  });
  first.stdin.on('error', () => undefined); // it has ended already
  const open: number[] = [];
  try {
    const pid = await new Promise<string>((says, failed) => {
      first.stdout.once('data', (data) => {
        says(String(data).trim());
      });
      first.once('error', failed);
      first.once('exit', () => {
        failed(new JourneymanError('unavailable', 'bubblewrap gave no network for a session.'));
      });
    });
    const [user, net] = (['user', 'net'] as const).map((kind) => {
      const descriptor = openSync(`/proc/${pid}/ns/${kind}`, 'r');
      open.push(descriptor);
      return `/proc/${String(process.pid)}/fd/${String(descriptor)}`;
    });
    const enter = ['--preserve-credentials', `--user=${String(user)}`, `--net=${String(net)}`, '--'];
    return {
      id: readlinkSync(`/proc/${pid}/ns/net`),
      join: (program) => ({ ...program, file: nsenter, args: [...enter, program.file, ...program.args] }),
      close() {
        for (const descriptor of open.splice(0)) closeSync(descriptor);
      },
    };
  } catch (thrown) {
    for (const descriptor of open) closeSync(descriptor);
    throw thrown;
  } finally {
    first.stdin.end();
  }
}

export interface SessionNetworks {
  /** For one command of a session; null: it cannot be had now. `give` when the command has ended. */
  take(session: string): Promise<{ readonly network: SessionNetwork; give(): void } | null>;
  close(): void;
}

/** Those of this process: made with the first command of a session; what has been idle for longest goes when there are many. */
export function sessionNetworks(tools: NetworkTools): SessionNetworks {
  const kept = new Map<string, { readonly made: Promise<SessionNetwork | null>; users: number }>();
  const drop = (session: string): void => {
    const one = kept.get(session);
    kept.delete(session);
    void one?.made.then((network) => {
      network?.close();
    });
  };
  return {
    async take(session) {
      const one = kept.get(session) ?? { made: sessionNetwork(tools).catch(() => null), users: 0 };
      one.users++;
      kept.delete(session);
      kept.set(session, one); // last: used just now
      const idle = [...kept].filter(([, { users }]) => users === 0).map(([name]) => name);
      for (const name of idle.slice(0, Math.max(0, kept.size - limits.sandboxNetworks))) drop(name);
      const network = await one.made;
      if (network === null) {
        if (kept.get(session) === one) kept.delete(session); // the next command tries again
        return null;
      }
      return {
        network,
        give() {
          one.users--;
        },
      };
    },
    close() {
      for (const session of [...kept.keys()]) drop(session);
    },
  };
}
