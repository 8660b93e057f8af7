/** `run_command`: one line in the shell, its output and how it ended. */
import { JourneymanError } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import type { CommandEnd, Files, Shell } from '../core/ports.ts';
import type { Tool } from '../core/tool.ts';

interface CommandInput {
  readonly line: string;
  /** As the tools name it. */
  readonly cwd: string;
  readonly timeoutMs: number;
  readonly outside: boolean;
}

export function runCommand(files: Files, shell: Shell): Tool<CommandInput> {
  return {
    name: 'run_command',
    description: `Runs a line in ${shell.name}, without input or terminal; gives its output and exit code. For tests, builds, git and the like; to read, search or edit files use the other tools. Long output is cut in its middle: do not pipe it into head or tail, which hides the exit code. Nothing it starts goes on after it.`,
    schema: {
      type: 'object',
      properties: {
        command: { type: 'string', minLength: 1 },
        timeout_s: {
          type: 'integer',
          minimum: 1,
          maximum: limits.commandMsMax / 1000,
          description: `${String(limits.commandMs / 1000)} if absent.`,
        },
        cwd: { type: 'string', description: 'Folder; the workspace if absent.' },
        outside_sandbox: {
          type: 'boolean',
          description: 'Only where the sandbox keeps it from what the task needs; the user is asked each time.',
        },
      },
      required: ['command'],
    },
    timeoutMs: limits.commandMsMax + 2 * limits.killGraceMs,
    parse(input) {
      const {
        command,
        timeout_s: timeoutS = limits.commandMs / 1000,
        cwd = '.',
        outside_sandbox: outside = false,
      } = input as { command: string; timeout_s?: number; cwd?: string; outside_sandbox?: boolean };
      if (command.trim() === '' || command.includes('\0'))
        throw new JourneymanError('invalid_input', 'The command is empty or holds a NUL.');
      return { line: command, cwd: files.locate(cwd === '' ? '.' : cwd).path, timeoutMs: timeoutS * 1000, outside };
    },
    resources: ({ line, cwd, outside }) => [
      { effect: 'execute', target: line, ...(outside && { outside }) },
      ...(cwd === '.' ? [] : [{ effect: 'read', target: cwd } as const]),
    ],
    async run({ line, cwd, timeoutMs, outside }, { onOutput, signal }) {
      const end = await shell.run(
        { line, cwd: files.locate(cwd).absolute, timeoutMs, ...(outside && { outside }) },
        onOutput,
        signal,
      );
      if (signal.aborted) {
        return {
          status: 'interrupted',
          text: withOutput(end, `stopped by the user after ${duration(end.ms)}; what it did until then is done`),
        };
      }
      const { exitCode, timedOut, outputBytes, outputLines, held } = end;
      return {
        status: 'ok',
        text: withOutput(end, ending(end, timeoutMs)),
        detail: { kind: 'command', exitCode, timedOut, outputBytes, outputLines, held },
      };
    },
  };
}

function ending({ exitCode, signal, timedOut, ms }: CommandEnd, timeoutMs: number): string {
  if (timedOut)
    return `still running after ${duration(timeoutMs)}: it was ended with all it had started; give a larger timeout_s if it needs longer`;
  const how = exitCode === null ? `ended by ${signal ?? 'the system'}` : `exit code ${String(exitCode)}`;
  return ms < durationShownMs ? how : `${how}, ${duration(ms)}`;
}

/** Shorter runs are not worth the tokens. */
const durationShownMs = 10_000;

function withOutput({ output }: CommandEnd, note: string): string {
  const text = output.trimEnd();
  return text === '' ? `[no output, ${note}]` : `${text}\n[${note}]`;
}

function duration(ms: number): string {
  return ms < 10_000 ? `${String(Math.round(ms / 100) / 10)} s` : `${String(Math.round(ms / 1000))} s`;
}
