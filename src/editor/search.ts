/** Search that sees what the person sees: documents with unsaved changes are searched as they stand in the editor. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import nodePath from 'node:path';
import * as vscode from 'vscode';
import type { Files, Search, TextQuery } from '../core/ports.ts';

/**
 * `disk` searches saved files; its matches in files with unsaved changes give way to those in the unsaved text. That text is laid
 * into a private folder for the moment and searched by the same program (`searchIn`): a pattern means the same in both, and one that
 * would keep JavaScript's own matcher busy for minutes cannot hold up the editor.
 */
export function editorSearch(disk: Search, files: Files, searchIn: (folder: string) => Search): Search {
  return {
    async text(query, signal) {
      const unsaved = unsavedDocuments(files, query);
      const found = await disk.text(query, signal);
      if (unsaved.length === 0) return found;
      const folder = await mkdtemp(nodePath.join(tmpdir(), 'journeyman-'));
      try {
        const names = await layOut(unsaved, folder);
        const live = await searchIn(folder).text({ ...query, path: null }, signal);
        const paths = new Set(names.values());
        const matches = [
          ...found.matches.filter(({ path }) => !paths.has(path)),
          ...live.matches.map((match) => ({ ...match, path: names.get(match.path) ?? match.path })),
        ];
        const excess = matches.filter(({ context }) => !context).length > query.matchesMax;
        return {
          matches: excess ? firstMatches(matches, query.matchesMax) : matches,
          truncated: excess || found.truncated || live.truncated,
        };
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

interface Unsaved {
  readonly path: string;
  readonly text: string;
}

function unsavedDocuments(files: Files, query: TextQuery): readonly Unsaved[] {
  const scope = query.path === null ? files.folders[0] : files.locate(query.path).absolute;
  return vscode.workspace.textDocuments.flatMap((document) => {
    if (!document.isDirty || document.uri.scheme !== 'file') return [];
    const { path, absolute } = files.locate(document.uri.fsPath);
    if (scope === undefined || !isWithin(scope, absolute)) return [];
    return [{ path, text: document.getText() }];
  });
}

function isWithin(folder: string, file: string): boolean {
  const relative = nodePath.relative(folder, file);
  return !relative.startsWith('..') && !nodePath.isAbsolute(relative);
}

/** Writes each text under the name it has in its folder, so that globs match it; returns the names by the place they got. */
async function layOut(unsaved: readonly Unsaved[], folder: string): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const [index, { path, text }] of unsaved.entries()) {
    const place = nodePath.isAbsolute(path) ? `other-${String(index)}/${nodePath.basename(path)}` : path;
    const file = nodePath.join(folder, place);
    await mkdir(nodePath.dirname(file), { recursive: true });
    await writeFile(file, text, { mode: 0o600 });
    names.set(place, path);
  }
  return names;
}

function firstMatches<T extends { readonly context: boolean }>(matches: readonly T[], count: number): readonly T[] {
  let left = count;
  const end = matches.findIndex(({ context }) => !context && left-- === 0);
  return end < 0 ? matches : matches.slice(0, end);
}
