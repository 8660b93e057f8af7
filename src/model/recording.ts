/**
 * A recording: replies with conditions on the conversation so far. Choosing the next one is a pure function of the messages, so that
 * a recorded conversation survives reloads, stops and detours like a real one.
 */
import { JourneymanError } from '../core/error.ts';
import { isObject, type JsonObject, type Json } from '../core/json.ts';
import type { Message, ReplyBlock, TextBlock, ToolResultBlock } from '../core/model.ts';

export interface RecordedCall {
  /** The name that conditions use. */
  readonly as: string;
  readonly tool: string;
  readonly input: JsonObject;
}

/** A line that is said only when all its conditions hold. */
export type Line = string | { readonly when: readonly string[]; readonly text: string };

export interface Node {
  /** All must hold; see `holds`. */
  readonly when: readonly string[];
  readonly say: readonly Line[];
  readonly calls: readonly RecordedCall[];
}

/** The nodes of one task; of those whose conditions hold, the first is the reply. */
export type Recording = readonly Node[];

/** Throws `corrupt`: a recording is ours. */
export function parseRecording(json: unknown): Recording {
  if (!Array.isArray(json)) throw malformed(json);
  return json.map((node: unknown): Node => {
    if (!isObject(node)) throw malformed(node);
    const { when = [], say = [], calls = [] } = node;
    if (!isStrings(when) || !Array.isArray(say) || !say.every(isLine) || !Array.isArray(calls) || !calls.every(isCall))
      throw malformed(node);
    return { when, say, calls };
  });
}

function malformed(value: unknown): JourneymanError {
  return new JourneymanError('corrupt', `A recorded reply cannot be read: ${JSON.stringify(value).slice(0, 200)}`);
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isLine(value: unknown): value is Line {
  return (
    typeof value === 'string' || (isObject(value) && isStrings(value['when']) && typeof value['text'] === 'string')
  );
}

function isCall(value: unknown): value is RecordedCall {
  return (
    isObject(value) &&
    typeof value['as'] === 'string' &&
    /^[a-z0-9]+$/.test(value['as']) &&
    typeof value['tool'] === 'string' &&
    isObject(value['input'])
  );
}

/** How a call went, as its result tells. */
export type CallEnd =
  | 'ok'
  /** Done in part: the person left something out, or asked for it in another way. */
  | 'partial'
  /** The person said no. */
  | 'denied'
  /** Not possible in this mode, or nobody was there to ask. */
  | 'blocked'
  | 'failed'
  /** Its end is not known, or it was never begun: to be made again. */
  | 'interrupted';

export interface Facts {
  /** By the name of the call: its latest result. */
  readonly calls: ReadonlyMap<string, { readonly end: CallEnd; readonly text: string }>;
  /** What the person said since the last reply; null: nothing, or "go on" in any words, which is `resumed`. */
  readonly asked: string | null;
  readonly resumed: boolean;
  /** The person's words with the latest no or partial yes; empty when they gave none. */
  readonly reason: string;
}

/** What the messages from `from` on say. */
export function factsOf(messages: readonly Message[], from: number): Facts {
  const names = new Map<string, string>();
  const calls = new Map<string, { end: CallEnd; text: string }>();
  let reason = '';
  for (const { role, content } of messages.slice(Math.max(0, from))) {
    for (const block of content) {
      if (role === 'assistant' && block.type === 'tool_use') names.set(block.id, nameOf(block.id));
      if (block.type !== 'tool_result') continue;
      const end = endOf(block);
      const name = names.get(block.tool_use_id);
      if (name !== undefined) calls.set(name, { end, text: block.content });
      if (end === 'denied' || end === 'partial') reason = reasonIn(block.content);
      if (end === 'blocked') reason = '';
    }
  }
  const last = messages.length - 1;
  const said = last > from ? saidIn(messages[last]) : '';
  const resumed = said !== '' && goOn.test(said);
  return { calls, asked: said === '' || resumed ? null : said, resumed, reason };
}

const goOn =
  /^\W*(please\s+)?(go on|go ahead|continue|carry on|resume|proceed|keep going|try (it )?again|again|retry|yes|yep|ok|okay|do it)\b.{0,80}$/is;

/** The person's own words in a message: without what the runtime adds to them. */
export function saidIn(message: Message | undefined): string {
  if (message?.role !== 'user') return '';
  return message.content
    .filter((block): block is TextBlock => block.type === 'text')
    .map(({ text }) =>
      text
        .replace(/<(mode|restored|review|problems)>.*?<\/\1>/gs, '')
        .replace(/<attached .*?<\/attached>/gs, '')
        .trim(),
    )
    .filter(
      (text) =>
        text !== '' && !text.startsWith('<code>') && text !== 'Go on.' && !text.startsWith('Your last reply was cut'),
    )
    .join('\n');
}

function endOf({ content, is_error: isError }: ToolResultBlock): CallEnd {
  if (isError === true) {
    if (/^(Interrupted|Not run|Stopped)\b/.test(content)) return 'interrupted';
    if (content.startsWith('The user said no')) return 'denied';
    if (/^(Nobody was there to ask|Plan mode only reads|A rule forbids)/.test(content)) return 'blocked';
    return 'failed';
  }
  if (/^(Change [\d.]+: (rejected|not written)|Not written: change [\d.]+)/im.test(content)) return 'partial';
  return /^\[(exit code [1-9]|ended after|killed by)/m.test(content) ? 'failed' : 'ok';
}

function reasonIn(text: string): string {
  const words = [
    ...text.matchAll(/^The user (?:said no|adds): (.+)$/gm),
    ...text.matchAll(/^Change [\d.]+: (?:rejected by the user|not written, the user asks for a change): (.+)$/gm),
  ].map(([, said]) => said?.trim() ?? '');
  return [...new Set(words)].join('; ');
}

/**
 * A condition, `!` before it turns it round:
 * `plan` the call has a result that counts · `plan:ok|partial` it ended so · `plan~regex` and its text matches ·
 * `asked` the person said something · `asked~regex` · `resumed` they said "go on" · `reason~regex`.
 */
export function holds(condition: string, facts: Facts): boolean {
  const match = /^(!?)([a-z0-9]+)(?::([a-z|]+))?(?:~(.*))?$/s.exec(condition);
  if (!match) throw new JourneymanError('corrupt', `A recorded condition cannot be read: ${condition}`);
  const [, not = '', name = '', ends, pattern] = match;
  return (
    holdsPlain(name, ends?.split('|') ?? null, pattern === undefined ? null : new RegExp(pattern, 'im'), facts) ===
    (not === '')
  );
}

function holdsPlain(name: string, ends: readonly string[] | null, pattern: RegExp | null, facts: Facts): boolean {
  if (name === 'resumed') return facts.resumed;
  if (name === 'asked' || name === 'reason') {
    const text = name === 'asked' ? facts.asked : facts.reason || null;
    return text !== null && (pattern?.test(text) ?? true);
  }
  const call = facts.calls.get(name);
  if (call === undefined || (ends === null ? call.end === 'interrupted' : !ends.includes(call.end))) return false;
  return pattern?.test(call.text) ?? true;
}

/** The first node that fits; null when none does. */
export function choose(recording: Recording, facts: Facts): Node | null {
  return recording.find(({ when }) => when.every((condition) => holds(condition, facts))) ?? null;
}

/** The content of a reply. `turn` makes the ids of its calls fresh: no node says the same call twice at one length of the conversation. */
export function replyOf({ say, calls }: Node, facts: Facts, turn: number): readonly ReplyBlock[] {
  const text = say
    .flatMap((line) => {
      if (typeof line === 'string') return [line];
      return line.when.every((condition) => holds(condition, facts)) ? [line.text] : [];
    })
    .map((line) => withReason(line, facts.reason))
    .join('\n');
  return [
    ...(text === '' ? [] : [{ type: 'text' as const, text }]),
    ...calls.map(({ as, tool, input }) => ({
      type: 'tool_use' as const,
      id: `practice_${as}_${String(turn)}`,
      name: tool,
      input: inputWithReason(input, facts.reason),
    })),
  ];
}

function nameOf(id: string): string {
  return id.split('_')[1] ?? '';
}

/** `{reason}` becomes the person's words: `: “too long”`, or nothing where they gave none. */
function withReason(text: string, reason: string): string {
  return text.replaceAll('{reason}', reason === '' ? '' : `: “${reason}”`);
}

function inputWithReason(value: Json, reason: string): Json {
  if (typeof value === 'string') return withReason(value, reason);
  if (Array.isArray(value)) return value.map((item: Json) => inputWithReason(item, reason));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inputWithReason(item, reason)]));
}
