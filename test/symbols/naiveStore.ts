/** What the store has to say of a list of files, found out the slow way; numbers are told as what they stand for. */
import { symbolKinds } from '../../src/core/symbols.ts';
import type { FileFacts } from '../../src/symbols/facts.ts';
import type { FileStat } from '../../src/symbols/overlay.ts';
import type { ResolveImports, Store } from '../../src/symbols/store.ts';
import { termsOf } from '../../src/symbols/terms.ts';

export interface Told {
  readonly stat: FileStat | null;
  readonly version: string;
  readonly facts: FileFacts;
  readonly isWhole: boolean;
}
export type Model = Map<string, Told>;

interface Plain {
  readonly language: string | null;
  readonly how: FileFacts['how'];
  readonly lines: number;
  readonly words: readonly { readonly word: string; readonly code: number; readonly prose: number }[];
  readonly definitions: readonly { readonly name: string; readonly kind: number; readonly local: boolean; readonly at: number }[];
  readonly imports: readonly string[];
} // prettier-ignore

export function factsOf({ language, how, lines, words, definitions, imports }: Plain): FileFacts {
  const numbers = (add: number): Uint32Array => Uint32Array.from(definitions, ({ at }) => at + add);
  return {
    language,
    how,
    lines,
    words: {
      text: words.map((one) => one.word).join('\n'),
      code: Uint16Array.from(words, (one) => one.code),
      prose: Uint16Array.from(words, (one) => one.prose),
    },
    definitions: {
      names: definitions.map(({ name }) => name),
      kinds: Uint8Array.from(definitions, ({ kind }) => kind),
      local: Uint8Array.from(definitions, ({ local }) => (local ? 1 : 0)),
      starts: numbers(0),
      ends: numbers(50),
      nameStarts: numbers(2),
      heads: numbers(9),
      startLines: numbers(1),
      endLines: numbers(4),
      nameLines: numbers(3),
      parents: Int32Array.from(definitions, (_, i) => i - 1),
    },
    imports,
  };
}

/** All that the store says. */
export function said(store: Store): unknown {
  const view = store.view();
  const files = [...store.paths()].sort();
  const nameOf = (id: number): string =>
    view.path(view.definition(id).file) + '#' + view.word(view.definition(id).name);
  const words = new Set(
    files.flatMap((path) => Array.from(view.wordsOf(view.fileOf(path) ?? -1), (id) => view.word(id))),
  );
  const names = new Set(files.flatMap((path) => Array.from(view.definitionsOf(view.fileOf(path) ?? -1), (id) => view.word(view.definition(id).name)))); // prettier-ignore
  const paths = (ids: ArrayLike<number>): readonly string[] => Array.from(ids, (id) => view.path(id)).sort();
  const postings = (id: number): unknown => {
    const found = view.postings(id);
    const rows = Array.from({ length: found.length }, (_, i) => [found.files[i] ?? -1, found.code[i], found.prose[i]] as const); // prettier-ignore
    if (rows.some(([file], i) => i > 0 && file <= (rows[i - 1]?.[0] ?? -1))) throw new Error('files do not rise');
    return rows.map(([file, code, prose]) => [view.path(file), code, prose]).sort();
  };
  return {
    counts: store.counts,
    liveFiles: view.liveFiles,
    files: files.map((path) => {
      const file = view.fileOf(path) ?? -1;
      return {
        path: view.path(file),
        stored: pick(store.file(path)),
        facts: sorted(store.facts(path)),
        language: view.language(file),
        length: view.length(file),
        lines: view.lines(file),
        version: view.version(file),
        definitions: Array.from(view.definitionsOf(file), (id) => {
          const { file: of, name, parent, ...rest } = view.definition(id);
          return { ...rest, of: view.path(of), name: view.word(name), parent: parent < 0 ? null : nameOf(parent) };
        }),
        imports: paths(view.importsOf(file)),
        importedBy: paths(view.importedBy(file)),
      };
    }),
    words: [...words].sort().map((word) => {
      const id = view.wordId(word) ?? -1;
      return { word: view.word(id), postings: postings(id) };
    }),
    names: [...names].sort().map((name) => ({
      name,
      named: Array.from(view.definitionsNamed(view.wordId(name) ?? -1), nameOf).sort(),
    })),
    terms: Object.fromEntries(
      [...new Set([...words, ...names].flatMap(termsOf))].sort().map((term) => [
        term,
        Array.from(view.wordsWith(term), (id) => view.word(id))
          .filter((word) => words.has(word) || names.has(word))
          .sort(),
      ]),
    ),
  };
}

/** What it should say. */
export function model(files: Model, resolve: ResolveImports): unknown {
  const told = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  const importsOf = (path: string, { facts }: Told): readonly string[] =>
    [...new Set(resolve(path, facts.language, facts.imports))].filter((to) => to !== path && files.has(to)).sort();
  const wordsOf = ({ facts }: Told): readonly (readonly [string, number, number])[] =>
    facts.words.text === '' ? [] : facts.words.text.split('\n').map((word, i) => [word, facts.words.code[i] ?? 0, facts.words.prose[i] ?? 0]); // prettier-ignore
  const namesOf = ({ facts }: Told): readonly string[] => facts.definitions.names.map(wellFormed);
  const words = new Set(told.flatMap(([, one]) => wordsOf(one).map(([word]) => word)));
  const names = new Set(told.flatMap(([, one]) => namesOf(one)));
  const all = [...new Set([...words, ...names])];
  return {
    counts: {
      files: told.length,
      definitions: told.reduce((sum, [, one]) => sum + namesOf(one).length, 0),
      unparsed: told.filter(([, { facts }]) => facts.how === 'words' && facts.language !== null).length,
    },
    liveFiles: told.length,
    files: told.map(([path, one]) => ({
      path,
      stored: { stat: one.stat, version: one.version, isParsed: one.facts.how === 'parsed', isWhole: one.isWhole },
      facts: sorted(one.facts),
      language: one.facts.language,
      length: wordsOf(one).reduce((sum, [, code, prose]) => sum + code + prose, 0),
      lines: one.facts.lines,
      version: one.version,
      definitions: namesOf(one).map((name, i) => {
        const { definitions: d } = one.facts;
        const parent = d.parents[i] ?? -1;
        return {
          of: path,
          name,
          kind: symbolKinds[d.kinds[i] ?? 0],
          local: d.local[i] === 1,
          start: d.starts[i],
          end: d.ends[i],
          head: d.heads[i],
          nameStart: d.nameStarts[i],
          startLine: d.startLines[i],
          endLine: d.endLines[i],
          nameLine: d.nameLines[i],
          parent: parent < 0 ? null : `${path}#${namesOf(one)[parent] ?? ''}`,
        };
      }),
      imports: importsOf(path, one),
      importedBy: told.filter(([from, other]) => importsOf(from, other).includes(path)).map(([from]) => from),
    })),
    words: [...words].sort().map((word) => ({
      word,
      postings: told
        .flatMap(([path, one]) =>
          wordsOf(one)
            .filter(([own]) => own === word)
            .map(([, code, prose]) => [path, code, prose]),
        ) // prettier-ignore
        .sort(),
    })),
    names: [...names].sort().map((name) => ({
      name,
      named: told.flatMap(([path, one]) => namesOf(one).filter((own) => own === name).map(() => `${path}#${name}`)).sort(), // prettier-ignore
    })),
    terms: Object.fromEntries(
      [...new Set(all.flatMap(termsOf))].sort().map((term) => [term, all.filter((word) => termsOf(word).includes(term)).sort()]), // prettier-ignore
    ),
  };
}

function pick(stored: ReturnType<Store['file']>): unknown {
  if (stored === null) return null;
  const { stat, version, isParsed, isWhole } = stored;
  return { stat, version, isParsed, isWhole };
}

/** Words in an order of their own, and names as a file holds them. */
function sorted(facts: FileFacts | null): unknown {
  if (facts === null) return null;
  const words = facts.words.text === '' ? [] : facts.words.text.split('\n');
  return {
    ...facts,
    definitions: { ...facts.definitions, names: facts.definitions.names.map(wellFormed) },
    words: words.map((word, i) => [word, facts.words.code[i], facts.words.prose[i]]).sort(),
  };
}

function wellFormed(name: string): string {
  return Buffer.from(name).toString();
}
