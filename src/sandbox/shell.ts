/** Commands in processes of their own: merged output in order, capped; nothing of them outlives the call unless it hid from us on purpose. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { limits } from '../core/limits.ts';
import type { CommandEnd, Shell } from '../core/ports.ts';
import { commandEnvironment, markName } from './environment.ts';
import { cappedOutput } from './output.ts';
import { killTree } from './processes.ts';

/** How long the pipes of a command that has ended may stay open before what holds them is ended. */
const drainMs = 150;
/** Between SIGTERM and SIGKILL when a person stops it: Stop has to be seen within 100 ms. */
const stopGraceMs = 50;

/** The system's shell without a sandbox: what runs has the user's rights. */
export function plainShell(env: NodeJS.ProcessEnv = process.env): Shell {
  const program = findShell();
  return {
    name: program.name,
    run: ({ line, cwd, timeoutMs }, onOutput, signal) =>
      new Promise((done, failed) => {
        if (signal.aborted) {
          failed(signal.reason as Error);
          return;
        }
        const startedAt = performance.now();
        const mark = randomUUID();
        const child = spawn(program.path, program.argumentsFor(line), {
          cwd,
          env: { ...commandEnvironment(env), [markName]: mark },
          stdio: ['ignore', 'pipe', 'pipe'],
          detached: process.platform !== 'win32',
          windowsHide: true,
        });
        const output = cappedOutput(limits.commandOutputBytes, onOutput);
        child.stdout.on('data', output.add);
        child.stderr.on('data', output.add);

        let timedOut = false;
        let leftovers = false;
        let settled = false;
        const timers = new Set<NodeJS.Timeout>();
        const later = (ms: number, act: () => void): void => {
          timers.add(setTimeout(act, ms));
        };
        const settle = (): void => {
          if (settled) return;
          settled = true;
          for (const timer of timers) clearTimeout(timer);
          signal.removeEventListener('abort', stop);
          child.stdout.destroy();
          child.stderr.destroy();
          const { text, bytes, lines } = output.end();
          const note =
            leftovers && !timedOut && !signal.aborted
              ? '\n[It left processes running in the background; they were ended with it.]'
              : '';
          const end: CommandEnd = {
            exitCode: child.exitCode,
            signal: child.signalCode,
            timedOut,
            output: text + note,
            outputBytes: bytes,
            outputLines: lines,
            ms: performance.now() - startedAt,
          };
          done(end);
        };
        const kill = (graceMs: number): void => {
          killTree(child, mark, 'SIGTERM');
          later(graceMs, () => {
            killTree(child, mark, 'SIGKILL');
            later(20, settle); // a process in an uninterruptible wait is not waited for
          });
        };
        const stop = (): void => {
          kill(stopGraceMs);
        };

        later(timeoutMs, () => {
          timedOut = true;
          kill(limits.killGraceMs);
        });
        signal.addEventListener('abort', stop, { once: true });
        child.once('error', (error) => {
          for (const timer of timers) clearTimeout(timer);
          signal.removeEventListener('abort', stop);
          failed(error);
        });
        child.once('close', () => {
          leftovers ||= hasGroup(child);
          if (leftovers) killTree(child, mark, 'SIGKILL');
          settle();
        });
        child.once('exit', () => {
          // A child in the background may hold the pipes open for ever.
          later(drainMs, () => {
            leftovers = true;
            killTree(child, mark, 'SIGKILL');
            later(20, settle);
          });
        });
      }),
  };
}

interface Program {
  readonly name: string;
  readonly path: string;
  argumentsFor(line: string): readonly string[];
}

/** The line is passed whole as an argument and evaluated as it is; both outputs share one pipe, so that their order is kept. */
function findShell(): Program {
  if (process.platform === 'win32') {
    return {
      name: 'powershell',
      path: 'powershell.exe',
      argumentsFor: (line) => ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command', line],
    };
  }
  const path = ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash'].find((one) => existsSync(one));
  const argumentsFor = (line: string): readonly string[] => ['-c', 'exec 2>&1; eval "$1"', 'journeyman', line];
  return path === undefined ? { name: 'sh', path: '/bin/sh', argumentsFor } : { name: 'bash', path, argumentsFor };
}

/** Members of the command's process group are left after its own end. */
function hasGroup(child: ChildProcess): boolean {
  if (child.pid === undefined || process.platform === 'win32') return false;
  try {
    process.kill(-child.pid, 0);
    return true;
  } catch {
    return false; // ESRCH: nobody is left
  }
}
