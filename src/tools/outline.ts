/** `outline`: what a file or a folder defines, without the bodies. */
import { limits } from '../core/limits.ts';
import type { CodeIndex, Files, LanguageServers } from '../core/ports.ts';
import type { Definition } from '../core/symbols.ts';
import type { Tool } from '../core/tool.ts';
import { definitionLines, indexNote, mayShow } from './symbolLines.ts';

interface OutlineInput {
  readonly path: string;
}

export function outline(files: Files, index: CodeIndex, servers: LanguageServers | null): Tool<OutlineInput> {
  return {
    name: 'outline',
    description:
      'Lists what a file defines, with lines and signatures, or what the files of a folder define at their top. Use it to see a long file or an unknown folder before reading parts of it; a short file is read at once with read_file.',
    schema: {
      type: 'object',
      properties: { path: { type: 'string', description: 'File or folder.' } },
      required: ['path'],
    },
    timeoutMs: 15_000,
    parse: (input) => ({ path: files.locate((input as unknown as OutlineInput).path || '.').path }),
    resources: ({ path }) => [{ effect: 'read', target: path }],
    async run({ path }, { signal }) {
      const spoken = await servers?.outline(path, signal);
      if (spoken) return result(path, spoken.definitions, `the ${spoken.name} language server`, spoken.name, false, '');
      const note = indexNote(index);
      const { definitions, cut } = await index.outline(path, limits.outlinedSymbols, signal);
      return result(path, definitions, 'the symbol index', 'index', cut, note);
    },
  };

  function result(
    path: string,
    definitions: readonly Definition[],
    who: string,
    source: string,
    cut: boolean,
    note: string,
  ) {
    const open = definitions.filter((one) => mayShow(one.path, path));
    const shown = open.slice(0, limits.outlinedSymbols);
    const lines =
      shown.length === 0
        ? [`Nothing is defined in ${path}, as far as ${who} knows. Read it with read_file, or list it with list_files.`]
        : [`From ${who}:`, ...definitionLines(shown, true)];
    if (cut || open.length > shown.length) lines.push('[cut here; name a file or a smaller folder]');
    if (note !== '') lines.push(note);
    return { status: 'ok', text: lines.join('\n'), detail: { kind: 'symbols', found: shown.length, source } } as const;
  }
}
