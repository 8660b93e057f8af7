/** Commands in processes of their own: merged output in order, capped; nothing of them outlives the call unless it hid from us on purpose. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { JourneymanError } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import type { Shell } from '../core/ports.ts';
import { commandEnvironment, markName } from './environment.ts';
import { guardian } from './guardian.ts';
import { cappedOutput } from './output.ts';
import { isGroupAlive, killTree } from './processes.ts';

/** How long the pipe of a command that has ended may stay open before what holds it is ended. */
const drainMs = 150;
/** Between SIGTERM and SIGKILL when a person stops it: Stop has to be seen within 100 ms. */
const stopGraceMs = 50;
/** For the end of what was sent SIGKILL; a process in an uninterruptible wait is not waited for. */
const killedMs = 20;

/** The system's shell without a sandbox: what runs has the user's rights. */
export function plainShell(env: NodeJS.ProcessEnv = process.env): Shell {
  const program = findShell();
  const guarded = guardian();
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
        const unguard = child.pid === undefined ? () => undefined : guarded.guard(child.pid);
        const output = cappedOutput(limits.commandOutputBytes, onOutput);
        child.stdout.on('data', output.add);
        child.stderr.on('data', output.add);

        let ending: 'by itself' | 'timed out' | 'stopped' = 'by itself';
        let leftovers = false;
        let isSettled = false;
        const timers = new Set<NodeJS.Timeout>();
        const later = (ms: number, act: () => void): void => {
          timers.add(setTimeout(act, ms));
        };
        const release = (): void => {
          isSettled = true;
          unguard();
          for (const timer of timers) clearTimeout(timer);
          signal.removeEventListener('abort', stop);
          child.stdout.destroy();
          child.stderr.destroy();
        };
        const settle = (): void => {
          if (isSettled) return;
          release();
          const { text, bytes, lines } = output.end();
          const gap = text === '' || text.endsWith('\n') ? '' : '\n';
          done({
            exitCode: child.exitCode,
            signal: child.signalCode,
            timedOut: ending === 'timed out',
            output: leftovers
              ? `${text}${gap}[It left processes running in the background; they were ended with it.]`
              : text,
            outputBytes: bytes,
            outputLines: lines,
            ms: performance.now() - startedAt,
          });
        };
        const kill = (graceMs: number): void => {
          killTree(child, mark, 'SIGTERM');
          later(graceMs, () => {
            killTree(child, mark, 'SIGKILL');
            later(killedMs, settle);
          });
        };
        const stop = (): void => {
          ending = 'stopped';
          kill(stopGraceMs);
        };
        const endLeftovers = (): void => {
          leftovers = ending === 'by itself';
          killTree(child, mark, 'SIGKILL');
        };

        later(timeoutMs, () => {
          ending = 'timed out';
          kill(limits.killGraceMs);
        });
        signal.addEventListener('abort', stop, { once: true });
        child.once('error', (thrown) => {
          release();
          failed(startError(program, cwd, thrown));
        });
        child.once('exit', () => {
          // What it left in the background may hold the pipe open for ever. (`setImmediate`: a busy process reads what is there first.)
          later(drainMs, () =>
            setImmediate(() => {
              if (isSettled) return;
              endLeftovers();
              later(killedMs, settle);
            }),
          );
        });
        child.once('close', () => {
          if (isSettled) return;
          if (isGroupAlive(child)) endLeftovers();
          settle();
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
  const path = ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash', '/run/current-system/sw/bin/bash'].find((one) =>
    existsSync(one),
  );
  const argumentsFor = (line: string): readonly string[] => ['-c', 'exec 2>&1; eval "$1"', 'journeyman', line];
  return path === undefined ? { name: 'sh', path: '/bin/sh', argumentsFor } : { name: 'bash', path, argumentsFor };
}

function startError({ path }: Program, cwd: string, thrown: Error): JourneymanError {
  const what = existsSync(cwd)
    ? `${path} could not be started: ${thrown.message}.`
    : `The folder ${cwd} does not exist; name one that does.`;
  return new JourneymanError(existsSync(cwd) ? 'unavailable' : 'not_found', what, { cause: thrown });
}
