/** `find_references`: where a symbol is used. */
import { JourneymanError } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import type { CodeIndex, CodePlace, Files, LanguageServers } from '../core/ports.ts';
import type { CodeReference, Definition } from '../core/symbols.ts';
import type { Tool, ToolResult } from '../core/tool.ts';
import { definitionLines, indexNote, mayShow } from './symbolLines.ts';

interface ReferencesInput {
  readonly name: string;
  readonly path: string | null;
  readonly line: number | null;
}

export function findReferences(files: Files, index: CodeIndex, servers: LanguageServers | null): Tool<ReferencesInput> {
  return {
    name: 'find_references',
    description:
      'Finds where a symbol is used: callers, imports, its definition. path, and line if need be, say which one when several have the name. Use it before changing a signature or removing something; for words in comments or strings use search_text.',
    schema: {
      type: 'object',
      properties: {
        name: { type: 'string', minLength: 1, maxLength: 200 },
        path: { type: 'string', description: 'File that defines it.' },
        line: { type: 'integer', minimum: 1, description: 'A line in path that names it.' },
      },
      required: ['name'],
    },
    timeoutMs: 30_000,
    parse(input) {
      const { name, path = '', line = null } = input as { name: string; path?: string; line?: number };
      if (line !== null && path === '')
        throw new JourneymanError('invalid_input', 'line goes with path: say which file it is in.');
      return { name: name.trim(), path: path === '' ? null : files.locate(path).path, line };
    },
    resources: ({ path }) => [{ effect: 'read', target: path ?? '.' }],
    async run(input, { signal }) {
      const { name, path } = input;
      const defined = (await index.find({ name, path, max: limits.foundSymbols }, signal)).filter(
        (one) => isNamed(one, name) && mayShow(one.path, path),
      );
      if (servers !== null) {
        const at = await placeOf(files, input, defined, signal);
        if (at === 'unclear') return unclear(name, defined);
        const spoken = at === null ? null : await servers.references(at, signal);
        if (spoken)
          return answer(
            name,
            await linesAt(index, spoken.places, path, signal),
            `the ${spoken.name} language server`,
            spoken.name,
          );
      }
      const note = indexNote(index);
      const last = name.slice(name.lastIndexOf('.') + 1);
      const { references, cut } = await index.references(
        { name: last, path: null, max: limits.foundReferences + 1 },
        signal,
      );
      const open = references.filter((one) => mayShow(one.path, path));
      const notes = [...(cut ? [moreNote] : []), ...(note === '' ? [] : [note])];
      return answer(name, open, 'the symbol index, by name: some may be of others with the same name', 'index', notes);
    },
  };
}

const moreNote = '[more use it; search_text with a path or glob sees the rest]';

/** Exactly: `parse`, or `Parser.parse` with its end. */
function isNamed({ name, qualified }: Definition, wanted: string): boolean {
  return name === wanted || qualified === wanted || qualified.endsWith(`.${wanted}`);
}

/** Where a language server is asked; null: nowhere that is known. */
async function placeOf(
  files: Files,
  { name, path, line }: ReferencesInput,
  defined: readonly Definition[],
  signal: AbortSignal,
): Promise<CodePlace | 'unclear' | null> {
  if (path !== null && line !== null) {
    const { text } = await files.read(path, signal);
    const last = name.slice(name.lastIndexOf('.') + 1);
    const column = wordAt(text.split('\n')[line - 1] ?? '', last);
    if (column < 0)
      throw new JourneymanError(
        'invalid_input',
        `Line ${String(line)} of ${path} does not name ${last}. Give the line that does, or leave line out.`,
      );
    return { path, line, column };
  }
  const [first, ...others] = defined;
  if (first === undefined) return null;
  if (others.length > 0) return 'unclear';
  return { path: first.path, line: first.nameLine, column: first.nameColumn };
}

function wordAt(line: string, word: string): number {
  for (let at = line.indexOf(word); at >= 0; at = line.indexOf(word, at + 1)) {
    const isWord = !isWordChar(line[at - 1]) && !isWordChar(line[at + word.length]);
    if (isWord) return at;
  }
  return -1;
}

function isWordChar(char: string | undefined): boolean {
  return char !== undefined && /[\p{L}\p{N}_$]/u.test(char);
}

function unclear(name: string, defined: readonly Definition[]): ToolResult {
  const lines = [`Several have the name ${name}. Call again with path and line of the one you mean:`];
  lines.push(...definitionLines(defined, false));
  return { status: 'error', code: 'invalid_input', text: lines.join('\n') };
}

async function linesAt(
  index: CodeIndex,
  places: readonly CodePlace[],
  asked: string | null,
  signal: AbortSignal,
): Promise<readonly CodeReference[]> {
  const open = places.filter(({ path }) => mayShow(path, asked)).slice(0, limits.foundReferences + 1);
  const ranges = open.map(({ path, line }) => ({ path, startLine: line, endLine: line, version: null }));
  const texts = await index.lines(ranges, signal);
  return open.map(({ path, line }, at) => {
    const text = (texts[at] ?? '').split('\n', 1)[0] ?? '';
    return { path, line, text: text.slice(0, limits.searchLineChars), within: '' };
  });
}

function answer(
  name: string,
  references: readonly CodeReference[],
  who: string,
  source: string,
  notes: readonly string[] = [],
): ToolResult {
  const shown = references.slice(0, limits.foundReferences);
  const detail = { kind: 'symbols', found: shown.length, source } as const;
  const lines: string[] = shown.length === 0 ? [`No use of ${name} is known to ${who}.`] : [`From ${who}:`];
  let path: string | null = null;
  for (const { path: file, line, text, within } of shown) {
    if (file !== path) lines.push(file);
    path = file;
    lines.push(`${String(line)}: ${text.trim()}${within === '' ? '' : `  // in ${within}`}`);
  }
  if (references.length > shown.length && !notes.includes(moreNote)) lines.push(moreNote);
  return { status: 'ok', text: [...lines, ...notes].join('\n'), detail };
}
