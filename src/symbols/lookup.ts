/** Answers about symbols from the store: by name, by file, by use. */
import { limits } from '../core/limits.ts';
import type { CodeReference, Definition } from '../core/symbols.ts';
import { describe } from './describe.ts';
import { indexLimits } from './indexLimits.ts';
import { nameRanker } from './lookupNames.ts';
import type { DefinitionId, FileId, ReadText, StoreView, WordId } from './view.ts';

export interface NameQuery {
  readonly name: string;
  readonly path: string | null;
  readonly max: number;
}

/** Named just so, then so but for case, then beginning so, then by humps: `prs` for `parseSource`. */
export function findDefinitions(
  view: StoreView,
  readText: ReadText,
  { name, path, max }: NameQuery,
): readonly Definition[] {
  // prettier-ignore
  const parts = name.trim().split(/[.#]|::/).filter((part) => part !== ''); // prettier-ignore
  const own = parts.at(-1) ?? '';
  const around = parts.slice(0, -1);
  if (own === '' || max <= 0) return [];
  // A key or heading may have dots in its name.
  const whole = parts.length > 1 ? namedExactly(view, name.trim(), [], path) : [];
  const exact = whole.length > 0 ? whole : namedExactly(view, own, around, path);
  const found = exact.length > 0 ? exact : namedAlike(view, own, around, path);
  return definitionsIn(view, readText, found.slice(0, max).map(({ id }) => id)); // prettier-ignore
}

interface Ranked {
  readonly id: DefinitionId;
  readonly rank: number;
  readonly name: string;
  readonly path: string;
  readonly line: number;
}

function namedExactly(
  view: StoreView,
  name: string,
  around: readonly string[],
  path: string | null,
): readonly Ranked[] {
  // prettier-ignore
  const word = view.wordId(name);
  const ids = word === null ? [] : Array.from(view.definitionsNamed(word));
  return sorted(ids.map((id) => rankedAs(view, id, name, 0)).filter((one) => fits(view, one, around, path)));
}

function namedAlike(view: StoreView, name: string, around: readonly string[], path: string | null): readonly Ranked[] {
  const isNear = nameRanker(name);
  const near = new Map<WordId, number>();
  for (let word = 0; word < view.wordCount; word++) {
    if (view.definitionsNamed(word).length === 0) continue;
    const rank = isNear(view.word(word));
    if (rank < Infinity) near.set(word, rank);
  }
  const found: Ranked[] = [];
  for (const [word, rank] of near) {
    const text = view.word(word);
    for (const id of Array.from(view.definitionsNamed(word))) {
      const one = rankedAs(view, id, text, rank);
      if (fits(view, one, around, path)) found.push(one);
    }
  }
  return sorted(found);
}

/** What stands inside a function comes after the others of its kind. */
function rankedAs(view: StoreView, id: DefinitionId, name: string, rank: number): Ranked {
  const { file, startLine, local } = view.definition(id);
  return { id, rank: rank * 2 + (local ? 1 : 0), name, path: view.path(file), line: startLine };
}

function fits(view: StoreView, one: Ranked, around: readonly string[], path: string | null): boolean {
  return isUnder(one.path, path) && standsIn(view, one.id, around);
}

function sorted(found: readonly Ranked[]): readonly Ranked[] {
  return [...found].sort(
    (a, b) =>
      a.rank - b.rank ||
      a.name.length - b.name.length ||
      order(a.name, b.name) ||
      order(a.path, b.path) ||
      a.line - b.line,
  );
}

/** Of a file, in order, nested ones too; of a folder, file by file, the top ones only. */
export function outlineOf(
  view: StoreView,
  readText: ReadText,
  path: string,
  max: number,
): { readonly definitions: readonly Definition[]; readonly cut: boolean } {
  // prettier-ignore
  const file = view.fileOf(path);
  const ids: DefinitionId[] = [];
  if (file !== null) {
    ids.push(...Array.from(view.definitionsOf(file)).slice(0, max + 1));
  } else {
    const inside: { readonly file: FileId; readonly path: string }[] = [];
    for (let one = 0; one < view.fileCount; one++) {
      if (view.isLive(one) && isUnder(view.path(one), path)) inside.push({ file: one, path: view.path(one) });
    }
    inside.sort((a, b) => order(a.path, b.path));
    for (const one of inside) {
      for (const id of Array.from(view.definitionsOf(one.file))) {
        const { parent, local } = view.definition(id);
        if (parent < 0 && !local && ids.length <= max) ids.push(id);
      }
      if (ids.length > max) break;
    }
  }
  return { definitions: definitionsIn(view, readText, ids.slice(0, max)), cut: ids.length > max };
}

/** Lines that use a name: in the files that have it among their words, those that define it first. */
export function referencesTo(
  view: StoreView,
  readText: ReadText,
  codeLines: CodeLines,
  { name, path, max }: NameQuery,
): { readonly references: readonly CodeReference[]; readonly cut: boolean } {
  // prettier-ignore
  const own = name.trim().split(/[.#]|::/).at(-1) ?? ''; // prettier-ignore
  const word = view.wordId(own);
  if (word === null || max <= 0) return { references: [], cut: false };
  const postings = view.postings(word);
  const defining = new Set(Array.from(view.definitionsNamed(word), (id) => view.definition(id).file));
  const files = Array.from({ length: postings.length }, (_, i) => ({
    file: postings.files[i] ?? 0,
    code: postings.code[i] ?? 0,
  })) // prettier-ignore
    .filter(({ code }) => code > 0)
    .map(({ file }) => ({
      file,
      path: view.path(file),
      rank: defining.has(file) ? 0 : view.language(file) === null ? 2 : 1,
    }))
    .filter((one) => isUnder(one.path, path))
    .sort((a, b) => a.rank - b.rank || order(a.path, b.path)); // what defines it first, what is not known to be code last
  const references: CodeReference[] = [];
  for (const one of files.slice(0, indexLimits.referenceFiles)) {
    const text = readText(one.path);
    if (text === null) continue;
    for (const line of codeLines(text, view.language(one.file), own)) {
      if (references.length === max) return { references, cut: true };
      const shown = line.text.slice(0, limits.searchLineChars);
      references.push({
        path: one.path,
        line: line.line + 1,
        text: shown,
        within: withinOf(view, one.file, line.line),
      });
    }
  }
  return { references, cut: files.length > indexLimits.referenceFiles };
}

/** Lines, from 0, where a name stands in code as a word of its own. */
export type CodeLines = (text: string, language: string | null, name: string) => readonly { readonly line: number; readonly text: string }[]; // prettier-ignore

/** Each with what its file's text says of it; a file that is gone says nothing. */
export function definitionsIn(
  view: StoreView,
  readText: ReadText,
  ids: readonly DefinitionId[],
): readonly Definition[] {
  // prettier-ignore
  const texts = new Map<FileId, string | null>();
  return ids.map((id) => {
    const one = view.definition(id);
    const path = view.path(one.file);
    let text = texts.get(one.file);
    if (text === undefined) texts.set(one.file, (text = readText(path)));
    const name = view.word(one.name);
    const said = text === null ? { signature: name, doc: '' } : describe(text, one, view.language(one.file));
    return {
      path,
      startLine: one.startLine + 1,
      endLine: one.endLine + 1,
      name,
      kind: one.kind,
      qualified: qualifiedName(view, id),
      nameLine: one.nameLine + 1,
      nameColumn: text === null ? 0 : one.nameStart - (text.lastIndexOf('\n', one.nameStart - 1) + 1),
      ...said,
    };
  });
}

export function qualifiedName(view: StoreView, id: DefinitionId): string {
  const names: string[] = [];
  for (let at = id; at >= 0; at = view.definition(at).parent) names.unshift(view.word(view.definition(at).name));
  return names.join('.');
}

/** The innermost definition that holds a line. */
function withinOf(view: StoreView, file: FileId, line: number): string {
  let inner = -1;
  for (const id of Array.from(view.definitionsOf(file))) {
    const { startLine, endLine } = view.definition(id);
    if (startLine > line) break;
    if (endLine >= line) inner = id;
  }
  return inner < 0 ? '' : qualifiedName(view, inner);
}

function standsIn(view: StoreView, id: DefinitionId, around: readonly string[]): boolean {
  let at = view.definition(id).parent;
  for (let i = around.length - 1; i >= 0; i--) {
    while (at >= 0 && view.word(view.definition(at).name) !== around[i]) at = view.definition(at).parent;
    if (at < 0) return false;
    at = view.definition(at).parent;
  }
  return true;
}

/** `path` is the file itself or a folder; null and `.`: all, further folders of the workspace too. */
function isUnder(path: string, folder: string | null): boolean {
  if (folder === null || folder === '.' || folder === '') return true;
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
