/** Commands in processes of their own: merged output in order, capped; nothing of them outlives the call unless it hid from us on purpose. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { JourneymanError } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import type { SandboxState } from '../core/permission.ts';
import type { CommandEnd, Program, Sandbox, Shell, ShellCommand } from '../core/ports.ts';
import { commandEnvironment, markName } from './environment.ts';
import { guardian, type Guardian } from './guardian.ts';
import { cappedOutput } from './output.ts';
import { isGroupAlive, isMarkAlive, killTree, newMark } from './processes.ts';
import { findShell } from './shellProgram.ts';

/** How long the pipe of a command that has ended may stay open before what holds it is ended. */
const drainMs = 150;
/** Between SIGTERM and SIGKILL when a person stops it: Stop has to be seen within 100 ms. */
const stopGraceMs = 50;
/** For the end of what was sent SIGKILL; a process in an uninterruptible wait is not waited for. */
const killedMs = 20;

export interface ShellParts {
  readonly env?: NodeJS.ProcessEnv;
  /** Without it, what runs has the user's rights. */
  readonly sandbox?: Sandbox;
}

/** The system's shell. */
export function systemShell({ env = process.env, sandbox }: ShellParts = {}): Shell {
  const shell = findShell();
  const guarded = guardian();
  return {
    name: shell.name,
    async run(command, onOutput, signal) {
      signal.throwIfAborted();
      const { line, cwd, outside, hosts, session } = command;
      if (!existsSync(cwd))
        throw new JourneymanError('not_found', `The folder ${cwd} does not exist; name one that does.`);
      const mark = newMark();
      const plain: Program = {
        file: shell.path,
        args: shell.argumentsFor(line),
        cwd,
        env: { ...commandEnvironment(env), [markName]: mark },
        ...(hosts && { hosts }),
        ...(session !== undefined && { session }),
      };
      const held = sandbox === undefined || outside === true ? null : await sandbox.hold(plain, signal);
      const { path: shellPath, tellsFolder } = shell;
      const isHeld = held !== null && stateOf(sandbox) === 'bubblewrap';
      const run: Run = { program: held?.program ?? plain, isHeld, mark, shellPath, tellsFolder };
      // What was held is set free whatever comes: a line that was stopped before it began has left nothing.
      const left = { notes: [] as readonly string[] };
      const end = await (
        signal.aborted ? stopped(signal) : runProgram(run, command, guarded, onOutput, signal)
      ).finally(async () => {
        left.notes = (await held?.done()) ?? [];
      });
      return { ...end, output: withNotes(end.output, left.notes), held: held ? stateOf(sandbox) : 'none' };
    },
  };
}

interface Run {
  readonly program: Program;
  /** What it leaves ends with its sandbox, which may itself be a moment behind: neither is told. */
  readonly isHeld: boolean;
  readonly mark: string;
  readonly shellPath: string;
  readonly tellsFolder: boolean;
}

function runProgram(
  { program, isHeld, mark, shellPath, tellsFolder }: Run,
  { timeoutMs, input, onStart }: ShellCommand,
  guarded: Guardian,
  onOutput: (text: string) => void,
  signal: AbortSignal,
): Promise<Omit<CommandEnd, 'held'>> {
  return new Promise((done, failed) => {
    const startedAt = performance.now();
    const child = spawn(program.file, [...program.args], {
      cwd: program.cwd,
      env: program.env,
      // A session of its own: no terminal to read from or to draw on.
      stdio: [input === true ? 'pipe' : 'ignore', 'pipe', 'pipe', ...(tellsFolder ? (['pipe'] as const) : [])],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    const { stdin, stdout, stderr } = child;
    const unguard = child.pid === undefined ? () => undefined : guarded.guard(child.pid);
    const output = cappedOutput(limits.commandOutputBytes, onOutput);
    stdout?.on('data', output.add);
    stderr?.on('data', output.add);
    stdin?.on('error', () => undefined); // it reads no more: what is typed is for nobody
    const folder = readFolder(child);

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
      signal.removeEventListener('abort', abort);
      for (const stream of child.stdio) stream?.destroy();
    };
    const settle = (): void => {
      if (isSettled) return;
      release();
      const { text, bytes, lines } = output.end();
      const cwd = folder();
      done({
        exitCode: child.exitCode,
        signal: child.signalCode,
        timedOut: ending === 'timed out',
        output: leftovers ? withNotes(text, [leftoversText]) : text,
        outputBytes: bytes,
        outputLines: lines,
        ms: performance.now() - startedAt,
        ...(cwd !== null && { cwd }),
      });
    };
    const kill = (graceMs: number): void => {
      killTree(child, mark, 'SIGTERM');
      later(graceMs, () => {
        killTree(child, mark, 'SIGKILL');
        later(killedMs, settle);
      });
    };
    const stop = (graceMs: number): void => {
      if (ending === 'by itself') ending = 'stopped';
      kill(graceMs);
    };
    const abort = (): void => {
      stop(stopGraceMs);
    };
    const endLeftovers = (): void => {
      leftovers = ending === 'by itself' && !isHeld;
      killTree(child, mark, 'SIGKILL');
    };

    if (timeoutMs !== null) {
      later(timeoutMs, () => {
        ending = 'timed out';
        kill(limits.killGraceMs);
      });
    }
    signal.addEventListener('abort', abort, { once: true });
    child.once('spawn', () =>
      onStart?.({
        type: (text) => void stdin?.write(text),
        endInput: () => void stdin?.end(),
        stop: () => {
          stop(limits.killGraceMs);
        },
      }),
    );
    child.once('error', (thrown) => {
      release();
      failed(
        new JourneymanError('unavailable', `${shellPath} could not be started: ${thrown.message}.`, { cause: thrown }),
      );
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
      if (isGroupAlive(child) || isMarkAlive(mark)) endLeftovers();
      settle();
    });
  });
}

/** What the shell says of the folder that it ends in, once it has ended. */
function readFolder(child: ChildProcess): () => string | null {
  let said = '';
  const stream = child.stdio[3] as Readable | null | undefined;
  stream?.on('data', (data: Buffer) => (said = (said + data.toString()).slice(0, folderCharsMax)));
  return () => /^(\/.*)\n$/.exec(said)?.[1] ?? null;
}
/** Longer than any path of a system. */
const folderCharsMax = 8192;

const leftoversText =
  'It left processes running in the background; they were ended with it. To keep a command running, start it with background.';

function withNotes(output: string, notes: readonly string[]): string {
  if (notes.length === 0) return output;
  const gap = output === '' || output.endsWith('\n') ? '' : '\n';
  return `${output}${gap}${notes.map((note) => `[${note}]`).join('\n')}`;
}

function stopped(signal: AbortSignal): Promise<never> {
  return Promise.reject(signal.reason as Error);
}

function stateOf(sandbox: Sandbox | undefined): SandboxState['kind'] {
  return sandbox?.state().kind ?? 'none';
}
