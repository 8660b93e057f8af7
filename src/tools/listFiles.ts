/** `list_files`: names below a folder as a tree. */
import type { DirEntry, Files } from '../core/ports.ts';
import type { Tool } from '../core/tool.ts';

interface ListInput {
  readonly path: string;
  readonly depth: number;
}

export function listFiles(files: Files): Tool<ListInput> {
  return {
    name: 'list_files',
    description: 'Lists files and folders as a tree, without what ignore files hide. To find text use search_text.',
    schema: {
      type: 'object',
      properties: {
        path: { type: 'string', description: 'Folder; the workspace if absent.' },
        depth: { type: 'integer', minimum: 1, maximum: 10, description: 'Levels; 2 if absent.' },
      },
    },
    timeoutMs: 30_000,
    parse(input) {
      const { path = '.', depth = 2 } = input as { path?: string; depth?: number };
      return { path: files.locate(path === '' ? '.' : path).path, depth };
    },
    resources: ({ path }) => [{ effect: 'read', target: path }],
    async run({ path, depth }, { signal }) {
      const { entries, truncated } = await files.list(path, depth, signal);
      const lines = entries.map((entry) => treeLine(entry, path));
      if (entries.length === 0) lines.push(`${path} holds nothing, or only what ignore files hide.`);
      if (truncated) lines.push(`[cut at ${String(entries.length)} entries; name a folder below, or a smaller depth]`);
      return { status: 'ok', text: lines.join('\n'), detail: { kind: 'list', path, entries: entries.length } };
    },
  };
}

/** Sizes only where one should think before reading. */
const sizeShownBytes = 100_000;

function treeLine({ path, sizeBytes }: DirEntry, start: string): string {
  const parts = (start === '.' ? path : path.slice(start.length + 1)).split('/');
  const isFolder = parts.at(-1) === '';
  const level = parts.length - (isFolder ? 2 : 1);
  const size = sizeBytes !== null && sizeBytes >= sizeShownBytes ? ` (${String(Math.round(sizeBytes / 1000))} kB)` : '';
  return `${'  '.repeat(level)}${isFolder ? `${parts.at(-2) ?? ''}/` : (parts.at(-1) ?? '')}${size}`;
}
