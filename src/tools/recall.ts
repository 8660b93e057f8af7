/** `recall`: what was said and seen before, read again by its handle or found by words. */
import { JourneymanError } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import type { RecallSource } from '../core/recall.ts';
import type { Tool, ToolIo, ToolResult } from '../core/tool.ts';

interface RecallInput {
  readonly handle: string | null;
  readonly query: string | null;
  readonly where: string;
  readonly fromLine: number;
}

/** `others`: places besides the session itself. */
export function recall(others: readonly RecallSource[]): Tool<RecallInput> {
  const names = ['session', ...others.map(({ name }) => name)];
  return {
    name: 'recall',
    description:
      'Reads again what was said or seen earlier and is cut or left out now: by its handle (#12), or what words find.',
    schema: {
      type: 'object',
      properties: {
        handle: { type: 'string' },
        query: { type: 'string' },
        ...(others.length > 0 && { where: { enum: names, description: 'session if absent.' } }),
        from_line: { type: 'integer', minimum: 1 },
      },
    },
    timeoutMs: 30_000,
    parse(input) {
      const given = input as { handle?: string; query?: string; where?: string; from_line?: number };
      const { handle = null, query = null, where = 'session', from_line: fromLine = 1 } = given;
      if ((handle === null) === (query === null))
        throw new JourneymanError('invalid_input', 'Give either a handle to read, or a query to search for.');
      return { handle: handle === null ? null : handle.trim().replace(/^#/, ''), query, where, fromLine };
    },
    // It gives what the model has had in front of it, or may have by what its person agreed to; nothing of the workspace is opened.
    resources: () => [],
    async run({ handle, query, where, fromLine }, io) {
      const source = where === 'session' ? io.history : others.find(({ name }) => name === where);
      if (!source) throw new JourneymanError('unavailable', `Nothing is kept under ${where} here.`);
      const found =
        handle === null
          ? await search(source, query ?? '', io.signal)
          : await read(source, handle, fromLine, io.signal);
      const untrusted = untrustedIn(found.ids, where, io);
      return { status: 'ok', text: found.text, ...(untrusted !== null && { untrusted }) } satisfies ToolResult;
    },
  };
}

interface Found {
  readonly text: string;
  readonly ids: readonly string[];
}

async function search(source: RecallSource, query: string, signal: AbortSignal): Promise<Found> {
  const hits = await source.search(query, signal);
  if (hits.length === 0) return { text: `Nothing in ${source.name} holds any of these words.`, ids: [] };
  const shown = hits.slice(0, limits.recallHits);
  const lines = shown.map(({ id, place, text }) => `#${id} ${place}: ${text.slice(0, 2 * limits.recallHitChars)}`);
  return { text: `${lines.join('\n')}\n[a handle reads the whole]`, ids: shown.map(({ id }) => id) };
}

async function read(source: RecallSource, id: string, fromLine: number, signal: AbortSignal): Promise<Found> {
  const text = await source.read(id, signal);
  if (text === null)
    throw new JourneymanError(
      'not_found',
      `There is nothing with handle #${id} in ${source.name}. Search for words instead.`,
    );
  const lines = linesOf(text);
  if (fromLine > lines.length)
    throw new JourneymanError('invalid_input', `#${id} has ${String(lines.length)} lines; from_line is past its end.`);
  const shown: string[] = [];
  let chars = 0;
  for (const line of lines.slice(fromLine - 1)) {
    chars += line.length + 1;
    if (chars > pageChars && shown.length > 0) break;
    shown.push(line);
  }
  const last = fromLine + shown.length - 1;
  if (shown.length === lines.length) return { text: shown.join('\n'), ids: [id] };
  const more = last < lines.length ? `; go on with from_line ${String(last + 1)}` : '';
  const note = `[lines ${String(fromLine)}-${String(last)} of ${String(lines.length)}${more}]`;
  return { text: [...shown, note].join('\n'), ids: [id] };
}

/** One page: what one result may hold, and room for the note. */
const pageChars = Math.floor(limits.resultChars * 0.8);

/** A line without end counts as several, so that all of it can be read. */
function linesOf(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    if (line.length <= limits.lineChars) return [line];
    const parts: string[] = [];
    for (let at = 0; at < line.length; at += limits.lineChars) parts.push(line.slice(at, at + limits.lineChars));
    return parts;
  });
}

function untrustedIn(ids: readonly string[], where: string, { history }: ToolIo): string | null {
  if (where === 'notes') return null; // each was agreed to
  if (where !== 'session') return ids.length > 0 ? 'recalled another session' : null;
  for (const id of ids) {
    const source = history?.untrustedIn(id) ?? null;
    if (source !== null) return `recalled what an earlier step had read (it ${source})`;
  }
  return null;
}
