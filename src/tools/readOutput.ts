/** `read_output`: what a command in the background has printed, and waiting for more of it. */
import { limits } from '../core/limits.ts';
import type { SessionId } from '../core/event.ts';
import type { Tool, ToolResult } from '../core/tool.ts';
import { headAndTail, seconds, withNote } from './commandWords.ts';
import type { Commands } from './commands.ts';
import type { LiveCommand } from './liveCommand.ts';
import { detailOf, goingOn, wordsOf } from './runCommand.ts';

interface ReadInput {
  readonly id: string;
  /** null: what was not read yet. */
  readonly offset: number | null;
  readonly waitMs: number;
  readonly until: readonly string[];
}

export function readOutput(commands: Commands): Tool<ReadInput> {
  return {
    name: 'read_output',
    description:
      'What a command in the background has printed since you last read it, and whether it still runs. With wait_s it waits for its end, for the text in until, or for a question it asks.',
    schema: {
      type: 'object',
      properties: {
        id: { type: 'string', minLength: 1, description: 'bg1' },
        wait_s: { type: 'integer', minimum: 0, maximum: limits.commandMsMax / 1000, description: '0 if absent.' },
        until: { type: 'string', minLength: 1, description: 'Text to wait for; several with | between.' },
        offset: { type: 'integer', minimum: 0, description: 'Reads from this character on instead.' },
      },
      required: ['id'],
    },
    timeoutMs: limits.commandMsMax + limits.killGraceMs,
    watches: true,
    parse(input) {
      const {
        id,
        wait_s: waitS,
        until,
        offset,
      } = input as {
        id: string;
        wait_s?: number;
        until?: string;
        offset?: number;
      };
      const words = wordsOf(until);
      const waitMs = waitS === undefined ? (words.length > 0 ? limits.commandMs : 0) : waitS * 1000;
      return { id, offset: offset ?? null, waitMs, until: words };
    },
    // It looks at what was started with a word of the person; nothing of the workspace is opened.
    resources: () => [],
    async run({ id, offset, waitMs, until }, { session, signal }) {
      const live = commands.find(session, id);
      if (waitMs > 0 && !live.isOver) {
        const why = await live.wait({ ms: waitMs, words: until, untilAsked: true }, signal);
        if (why === 'stopped')
          return { status: 'interrupted', text: `Stopped by the user while it waited; ${id} was ended too.` };
      }
      return told(commands, session, id, live, offset);
    },
  };
}

/** What was printed, and how it stands with the command. */
export async function told(
  commands: Commands,
  session: SessionId,
  id: string,
  live: LiveCommand,
  offset: number | null,
): Promise<ToolResult> {
  const { text, from, to } = live.read(offset);
  const cut = headAndTail(text);
  const place = offset === null && cut === text ? '' : `, characters ${String(from)} to ${String(to)}`;
  const { end, fault } = live;
  if (!live.isOver) {
    const how = live.asks
      ? `${id} seems to wait for input: answer with send_input or end it with stop_command`
      : `${id} still runs`;
    return { status: 'ok', text: withNote(cut, `${how}${place}`), detail: goingOn(id, text) };
  }
  commands.told(session, id);
  if (end === null)
    return { status: 'error', code: fault?.code ?? 'unavailable', text: fault?.message ?? 'It did not start.' };
  const whole = await commands.whole(session, id);
  const how = end.timedOut
    ? 'it took too long and was ended'
    : live.isStopped
      ? 'it was stopped'
      : end.exitCode === null
        ? `ended by ${end.signal ?? 'the system'}`
        : `exit code ${String(end.exitCode)}`;
  return {
    status: 'ok',
    text: withNote(cut, `${id} has ended after ${seconds(end.ms)}: ${how}${place}`),
    detail: { ...detailOf(end), background: { id, isRunning: false }, ...(whole && { whole }) },
  };
}
