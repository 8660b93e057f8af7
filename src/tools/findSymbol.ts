/** `find_symbol`: where something with a name is defined. */
import { limits } from '../core/limits.ts';
import type { CodeIndex, Files } from '../core/ports.ts';
import type { Tool } from '../core/tool.ts';
import { definitionLines, indexNote, mayShow } from './symbolLines.ts';

interface FindInput {
  readonly name: string;
  readonly path: string | null;
}

export function findSymbol(files: Files, index: CodeIndex): Tool<FindInput> {
  return {
    name: 'find_symbol',
    description:
      'Finds where a function, class, method, type or constant is defined, by its name or a part of it; `Parser.parse` names a member. Gives lines, kind, signature and doc line. Use it before search_text when you know a name; for plain text use search_text.',
    schema: {
      type: 'object',
      properties: {
        name: { type: 'string', minLength: 1, maxLength: 200 },
        path: { type: 'string', description: 'Only in this file or folder.' },
      },
      required: ['name'],
    },
    timeoutMs: 15_000,
    parse(input) {
      const { name, path = '' } = input as { name: string; path?: string };
      return { name: name.trim(), path: path === '' ? null : files.locate(path).path };
    },
    resources: ({ path }) => [{ effect: 'read', target: path ?? '.' }],
    async run({ name, path }, { signal }) {
      const note = indexNote(index);
      const within = path === '.' ? null : path;
      const found = await index.find({ name, path: within, max: limits.foundSymbols + 1 }, signal);
      const open = found.filter((one) => mayShow(one.path, path));
      const shown = open.slice(0, limits.foundSymbols);
      const lines =
        shown.length === 0
          ? [
              `Nothing is defined under a name like ${name}${path === null ? '' : ` in ${path}`}. Try a part of the name, or search_text.`,
            ]
          : ['From the symbol index, best match first:', ...definitionLines(shown, false)];
      if (open.length > shown.length) lines.push('[more match; give more of the name, or a path]');
      if (note !== '') lines.push(note);
      return {
        status: 'ok',
        text: lines.join('\n'),
        detail: { kind: 'symbols', found: shown.length, source: 'index' },
      };
    },
  };
}
