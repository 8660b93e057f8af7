/** `search_text`: lines that hold a text or match a regex, grouped by file. */
import { limits } from '../core/limits.ts';
import type { Files, Search, TextMatch, TextQuery } from '../core/ports.ts';
import type { Tool } from '../core/tool.ts';
import { isSecret } from '../permission/names.ts';

interface RawInput {
  readonly pattern: string;
  readonly regex?: boolean;
  readonly case_sensitive?: boolean;
  readonly path?: string;
  readonly glob?: string;
  readonly context_lines?: number;
}

export function searchText(files: Files, search: Search): Tool<TextQuery> {
  return {
    name: 'search_text',
    description:
      'Searches files for plain text, or for a regex if regex is true; ignored files are left out. Gives each path, then `line:text` of its matches. The way to start when you do not know where something is.',
    schema: {
      type: 'object',
      properties: {
        pattern: { type: 'string', minLength: 1 },
        path: { type: 'string', description: 'Folder or file to search in.' },
        glob: { type: 'string', description: 'Only these files: *.ts, src/**' },
        regex: { type: 'boolean' },
        case_sensitive: { type: 'boolean', description: 'true if absent.' },
        context_lines: { type: 'integer', minimum: 0, maximum: 10 },
      },
      required: ['pattern'],
    },
    timeoutMs: 60_000,
    parse(input) {
      const {
        pattern,
        regex = false,
        case_sensitive: caseSensitive = true,
        path = '',
        glob = '',
        context_lines: contextLines = 0,
      } = input as unknown as RawInput;
      return {
        pattern,
        regex,
        caseSensitive,
        path: path === '' ? null : files.locate(path).path,
        glob: glob === '' ? null : glob,
        contextLines,
        matchesMax: limits.searchMatches,
      };
    },
    resources: ({ path }) => [{ effect: 'read', target: path ?? '.' }],
    async run(query, { signal }) {
      let { matches, truncated } = await search.text(query, signal);
      const notes: string[] = [];
      if (matches.length === 0 && query.caseSensitive) {
        // Looking again costs less than another step of the model.
        ({ matches, truncated } = await search.text({ ...query, caseSensitive: false }, signal));
        if (matches.length > 0) notes.push('these differ in case from the pattern; none has its case');
      }
      // Only a search that names such a file was asked about it.
      const mayShow = (path: string): boolean => !isSecret(path) || (query.path !== null && isSecret(query.path));
      const open = matches.filter(({ path }) => mayShow(path));
      const closed = [...new Set(matches.map(({ path }) => path))].filter((path) => !mayShow(path)).join(', ');
      if (closed !== '')
        notes.push(`not shown, since they look like they hold secrets: ${closed}; search in one of them to ask for it`);
      const found = open.filter(({ context }) => !context).length;
      const detail = { kind: 'search', matches: found, files: new Set(open.map(({ path }) => path)).size } as const;
      const lines = found === 0 ? { text: nothingFound(query), cut: false } : grouped(open);
      if (truncated || lines.cut) notes.push('only a part of all matches; narrow it by path, glob or a longer pattern');
      return { status: 'ok', text: [lines.text, ...notes.map((note) => `[${note}]`)].join('\n'), detail };
    },
  };
}

function grouped(matches: readonly TextMatch[]): { text: string; cut: boolean } {
  const lines: string[] = [];
  let path = '';
  let chars = 0;
  for (const match of matches) {
    const line = `${String(match.line)}${match.context ? '-' : ':'}${match.text}`;
    chars += line.length + 1;
    if (match.path !== path) {
      path = match.path;
      chars += path.length + 1;
      lines.push(path);
    }
    if (chars > limits.resultChars - 300) return { text: lines.join('\n'), cut: true };
    lines.push(line);
  }
  return { text: lines.join('\n'), cut: false };
}

function nothingFound({ pattern, path, glob, regex }: TextQuery): string {
  const where = `${path === null ? '' : ` in ${path}`}${glob === null ? '' : ` in files ${glob}`}`;
  const looksLikeRegex = !regex && /\\[bdswn.(]|\.\*|\w\|\w|\[[^\]]+\]/.test(pattern);
  return `No match${where}, in any case.${looksLikeRegex ? ' The pattern was taken as plain text; set regex if it is one.' : ''}`;
}
