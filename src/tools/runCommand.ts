/** `run_command`: one line in the shell, its output and how it ended, or the id under which it goes on in the background. */
import { JourneymanError } from '../core/error.ts';
import { formatHostPort, parseHostPort, type HostPort } from '../core/hostPort.ts';
import { limits } from '../core/limits.ts';
import type { CommandEnd, Files } from '../core/ports.ts';
import type { Tool, ToolDetail, ToolIo, ToolResult } from '../core/tool.ts';
import { sandboxFault } from '../sandbox/explain.ts';
import { headAndTail, seconds, withNote } from './commandWords.ts';
import type { Commands } from './commands.ts';
import { isQuestion, type LiveCommand, type Waited } from './liveCommand.ts';

interface CommandInput {
  readonly line: string;
  /** As the tools name it. */
  readonly cwd: string;
  /** The folder that it ends in is where the next one begins. */
  readonly keepsFolder: boolean;
  readonly waitMs: number;
  readonly timeoutMs: number | null;
  /** Without the sandbox. */
  readonly outside: boolean;
  /** What it may reach from within it. */
  readonly hosts: readonly HostPort[];
  readonly background: boolean;
  /** Lower case; empty: no word is waited for. */
  readonly ready: readonly string[];
}

export function runCommand(files: Files, shellName: string, commands: Commands): Tool<CommandInput> {
  return {
    name: 'run_command',
    description: `Runs a line in ${shellName}, without terminal; gives its output and exit code. For tests, builds, git and the like; to read, search or edit files use the other tools. It begins in the folder in which the last line without cwd ended, as known at the start of your reply; variables are not kept. A line that takes longer than wait_s goes on in the background under an id for read_output, send_input and stop_command. Only with background or ready can it be typed into; else it has no input. Long output is cut in its middle: do not pipe it into head or tail, which hides the exit code. What it leaves running behind it is ended with it.`,
    schema: {
      type: 'object',
      properties: {
        command: { type: 'string', minLength: 1 },
        wait_s: {
          type: 'integer',
          minimum: 1,
          maximum: limits.commandMsMax / 1000,
          description: `${String(limits.commandMs / 1000)} if absent.`,
        },
        timeout_s: {
          type: 'integer',
          minimum: 1,
          maximum: limits.commandMsMax / 1000,
          description: 'Ends it after so long; it is waited for until then.',
        },
        background: { type: 'boolean', description: 'Does not wait: for servers, watchers and what asks for input.' },
        ready: {
          type: 'string',
          minLength: 1,
          description:
            'Waits until its output holds this text, then it goes on in the background: "listening on". Several with | between.',
        },
        cwd: { type: 'string', description: 'Folder, for this line only.' },
        hosts: {
          type: 'array',
          items: { type: 'string' },
          maxItems: limits.commandHosts,
          description: 'What it may reach from the sandbox, by names and ports: registry.example.com:443.',
        },
        outside_sandbox: {
          type: 'boolean',
          description: 'Only where the sandbox keeps it from what the task needs; the user is asked each time.',
        },
      },
      required: ['command'],
    },
    timeoutMs: limits.commandMsMax + 2 * limits.killGraceMs,
    parse(input, standing) {
      const given = input as {
        command: string;
        wait_s?: number;
        timeout_s?: number;
        background?: boolean;
        ready?: string;
        cwd?: string;
        outside_sandbox?: boolean;
        hosts?: string[];
      };
      if (given.command.trim() === '' || given.command.includes('\0'))
        throw new JourneymanError('invalid_input', 'The command is empty or holds a NUL.');
      const timeoutMs = given.timeout_s === undefined ? null : given.timeout_s * 1000;
      const waitMs = given.wait_s === undefined ? (timeoutMs ?? limits.commandMs) : given.wait_s * 1000;
      const named = given.cwd === '' ? '.' : given.cwd;
      return {
        line: given.command,
        cwd: files.locate(named ?? standing.cwd).path,
        keepsFolder: named === undefined,
        waitMs: given.background === true && given.ready === undefined ? commands.startMs : waitMs,
        timeoutMs,
        outside: given.outside_sandbox === true,
        hosts: (given.hosts ?? []).map(placeOf),
        background: given.background === true || given.ready !== undefined,
        ready: wordsOf(given.ready),
      };
    },
    resources: ({ line, cwd, outside, hosts }) => [
      { effect: 'execute', target: line, ...(outside && { outside }) },
      ...hosts.map((one) => ({ effect: 'network', target: formatHostPort(one) }) as const),
      ...(cwd === '.' ? [] : [{ effect: 'read', target: cwd } as const]),
    ],
    async run(input, io) {
      const { line, timeoutMs, outside, hosts, waitMs, background, ready } = input;
      if (background) commands.checkRoom(io.session);
      const cwd = files.locate(input.cwd).absolute;
      const start = { session: io.session, call: io.call, line, cwd, timeoutMs, outside, hosts, input: background };
      const live = commands.start(start, io.onOutput);
      const wait = { ms: waitMs, words: ready, untilAsked: background };
      const why = await live.wait(wait, io.signal);
      // It ends by itself, or by its time limit, in the same moment: then it has ended.
      if (why === 'time' && timeoutMs !== null && timeoutMs <= waitMs) await live.ended;
      if (why === 'stopped') live.abort();
      if (why === 'stopped' || live.isOver) {
        await live.ended;
        return ended(files, input, live, io);
      }
      return goesOn(commands.putBehind(live), input, live, why);
    },
  };
}

function placeOf(text: string): HostPort {
  const place = parseHostPort(text);
  if (place !== null) return place;
  throw new JourneymanError('invalid_input', `"${text}" is no place to reach. Name a host and its port, such as registry.example.com:443; numeric addresses and wild cards are not possible.`); // prettier-ignore
}

/** The words that end a wait. */
export function wordsOf(given: string | undefined): readonly string[] {
  return (given ?? '')
    .toLowerCase()
    .split('|')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function ended(files: Files, input: CommandInput, live: LiveCommand, { signal, handle }: ToolIo): ToolResult {
  const { end } = live;
  if (end === null) throw live.fault ?? new JourneymanError('bug', 'The command has no end.');
  if (signal.aborted) {
    const note = `stopped by the user after ${seconds(end.ms)}; what it did until then is done`;
    return { status: 'interrupted', text: withNote(end.output, note) };
  }
  const folder = input.keepsFolder ? folderAfter(files, input.cwd, end) : null;
  const isCut = end.outputBytes > limits.commandOutputBytes && handle !== undefined;
  const notes = [
    ending(end, input),
    ...(folder === null ? [] : [folder.note]),
    ...(isCut ? [`recall with handle ${handle} reads all it printed`] : []),
  ];
  return {
    status: 'ok',
    text: withNote(end.output, notes.join('; ')),
    detail: { ...detailOf(end), ...(folder && { cwd: folder.cwd }) },
  };
}

export function detailOf(end: CommandEnd): ToolDetail & { readonly kind: 'command' } {
  const { exitCode, timedOut, outputBytes, outputLines, held } = end;
  return { kind: 'command', exitCode, timedOut, outputBytes, outputLines, held };
}

/** Where the next line begins, when that is another folder now. Outside of the workspace no line begins unasked. */
function folderAfter(files: Files, from: string, { cwd }: CommandEnd): { cwd: string; note: string } | null {
  const place = cwd === undefined || /[*?[]/.test(cwd) ? undefined : files.leadsTo(cwd).at(-1);
  if (place === undefined || place.path === from) return null;
  if (place.inside)
    return { cwd: place.path, note: `the next line begins in ${place.path === '.' ? 'the workspace' : place.path}` };
  return {
    cwd: '.',
    note: `it ended in ${place.path}, outside the workspace: the next line begins in the workspace again`,
  };
}

function goesOn(id: string, { waitMs, ready }: CommandInput, live: LiveCommand, why: Waited): ToolResult {
  const { text } = live.read(null);
  const how =
    why === 'seen'
      ? `${id} is ready and goes on in the background`
      : why === 'asks'
        ? `${id} seems to wait for input: answer with send_input or end it with stop_command`
        : ready.length > 0
          ? `${id} did not print what was waited for in ${seconds(waitMs)} and goes on in the background: read_output shows more, stop_command ends it`
          : `${id} goes on in the background: read_output shows more, stop_command ends it`;
  return {
    status: 'ok',
    text: withNote(headAndTail(text), how),
    detail: goingOn(id, text),
  };
}

/** Of a command that goes on in the background and has printed `text` so far. */
export function goingOn(id: string, text: string): ToolDetail {
  return {
    kind: 'command',
    exitCode: null,
    timedOut: false,
    outputBytes: Buffer.byteLength(text),
    outputLines: text.split('\n').length - 1,
    background: { id, isRunning: true },
  };
}

function ending(
  { exitCode, signal, timedOut, ms, output, held }: CommandEnd,
  { timeoutMs, background }: CommandInput,
): string {
  if (timedOut)
    return `still running after ${seconds(timeoutMs ?? ms)}: it was ended with all it had started; give a larger timeout_s, or none, if it needs longer`;
  const how = exitCode === null ? `ended by ${signal ?? 'the system'}` : `exit code ${String(exitCode)}`;
  const asked = exitCode !== 0 && !background && isQuestion(output) ? askedText : '';
  const fault = exitCode !== 0 && held !== 'none' ? sandboxFault(output) : null;
  return `${how}${ms < durationShownMs ? '' : `, ${seconds(ms)}`}${asked}${fault === null ? '' : `. ${fault}`}`;
}

const askedText =
  '; it asked for input and had none: give the answer as an option, or start it with background and answer with send_input';

/** Shorter runs are not worth the tokens. */
const durationShownMs = 10_000;
