/** Starts hooks: held like any command, with their input on standard input; nothing of them outlives their call. */
import { spawn } from 'node:child_process';
import type { HookEnd, HookPrograms } from '../core/hooks.ts';
import { limits } from '../core/limits.ts';
import type { Program, Sandbox } from '../core/ports.ts';
import { commandEnvironment, markName } from './environment.ts';
import { guardian } from './guardian.ts';
import { killTree, newMark } from './processes.ts';

/** `sandbox`: null where there is none. */
export function hookPrograms(sandbox: Sandbox | null, env: NodeJS.ProcessEnv = process.env): HookPrograms {
  const guarded = guardian();
  return {
    async run({ line, cwd, input, timeoutMs }, signal) {
      signal.throwIfAborted();
      const mark = newMark();
      const plain: Program = {
        ...shellOf(line),
        cwd,
        env: { ...commandEnvironment(env), [markName]: mark, CLAUDE_PROJECT_DIR: cwd, JOURNEYMAN_PROJECT_DIR: cwd },
      };
      const held = sandbox === null ? null : await sandbox.hold(plain, signal);
      const program = held?.program ?? plain;
      const left: string[] = [];
      const end = await runHeld(program, { mark, input, timeoutMs }, guarded, signal).finally(async () => {
        left.push(...((await held?.done()) ?? []));
      });
      return { ...end, held: program === plain ? 'none' : (sandbox?.state().kind ?? 'none'), left };
    },
  };
}

function shellOf(line: string): Pick<Program, 'file' | 'args'> {
  return process.platform === 'win32'
    ? { file: 'cmd.exe', args: ['/d', '/s', '/c', line] }
    : { file: '/bin/sh', args: ['-c', line] };
}

function runHeld(
  { file, args, cwd, env }: Program,
  { mark, input, timeoutMs }: { readonly mark: string; readonly input: string; readonly timeoutMs: number },
  guarded: ReturnType<typeof guardian>,
  signal: AbortSignal,
): Promise<Omit<HookEnd, 'held' | 'left'>> {
  return new Promise((done, failed) => {
    signal.throwIfAborted();
    const child = spawn(file, [...args], {
      cwd,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    const unguard = child.pid === undefined ? () => undefined : guarded.guard(child.pid);
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        said[name] = (said[name] + text).slice(0, limits.hookOutputChars);
      });
    }
    child.stdin.on('error', () => undefined); // it does not read what it is told: its own matter
    child.stdin.end(input);

    let timedOut = false;
    const kill = (): void => {
      killTree(child, mark, 'SIGKILL');
    };
    const timer = setTimeout(() => {
      timedOut = true;
      kill();
    }, timeoutMs);
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', kill);
      unguard();
      settle();
    };
    signal.addEventListener('abort', kill, { once: true });
    child.once('error', (thrown) => {
      end(() => {
        failed(thrown);
      });
    });
    // What it left running may hold its output open for ever.
    child.once('exit', () => {
      kill();
    });
    child.once('close', (exitCode) => {
      end(() => {
        if (signal.aborted) failed(signal.reason as Error);
        else done({ exitCode, ...said, timedOut });
      });
    });
  });
}
