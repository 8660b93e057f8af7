/** A `CodeIndex` on texts in a map: finds `function`, `class` and methods of plain JavaScript, and ranks by the words of their names. */
import { createHash } from 'node:crypto';
import type { CodeIndex } from '../../src/core/ports.ts';
import type { CodeQuery, Definition, IndexStatus, RankedSymbol, Reason } from '../../src/core/symbols.ts';
import { partsOf, stem } from '../../src/symbols/terms.ts';

export interface FakeIndex extends CodeIndex {
  /** What it was asked to rank, in turn. */
  readonly asked: CodeQuery[];
  /** Reports another status from now on. */
  become(status: Partial<IndexStatus>): void;
}

/** `texts`: as they stand, whenever it is asked. */
export function fakeIndex(texts: ReadonlyMap<string, string>, first: Partial<IndexStatus> = {}): FakeIndex {
  let status: IndexStatus = {
    state: 'ready',
    indexed: texts.size,
    files: texts.size,
    definitions: 0,
    message: null,
    ...first,
  };
  const listeners = new Set<(status: IndexStatus) => void>();
  const asked: CodeQuery[] = [];
  const all = (): readonly Definition[] => [...texts].sort().flatMap(([path, text]) => definitionsIn(path, text));
  const under = (path: string | null, folder: string | null): boolean =>
    folder === null || folder === '.' || path === folder || path?.startsWith(`${folder}/`) === true;
  return {
    asked,
    become(change) {
      status = { ...status, ...change };
      for (const listener of listeners) listener(status);
    },
    status: () => status,
    onStatus(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ready: () =>
      status.state === 'ready'
        ? Promise.resolve(status)
        : new Promise((resolve) => {
            listeners.add((now) => {
              if (now.state === 'ready') resolve(now);
            });
          }),
    find({ name, path, max }) {
      const wanted = name.toLowerCase();
      const found = all().filter(
        (one) => under(one.path, path) && (one.qualified === name || one.name.toLowerCase().includes(wanted)),
      );
      return Promise.resolve(found.slice(0, max));
    },
    outline(path, max) {
      const found = all().filter((one) => under(one.path, path) && (one.path === path || one.qualified === one.name));
      return Promise.resolve({ definitions: found.slice(0, max), cut: found.length > max });
    },
    references({ name, path, max }) {
      const found = [...texts].sort().flatMap(([file, text]) =>
        text.split('\n').flatMap((line, at) => {
          if (!under(file, path) || !new RegExp(`\\b${name}\\b`).test(line)) return [];
          const number = at + 1;
          const around = definitionsIn(file, text).findLast((one) => one.startLine <= number && one.endLine >= number);
          return [{ path: file, line: number, text: line, within: around?.qualified ?? '' }];
        }),
      );
      return Promise.resolve({ references: found.slice(0, max), cut: found.length > max });
    },
    rank(query) {
      asked.push(query);
      const symbols = all()
        .flatMap((one) => ranked(one, texts.get(one.path) ?? '', query))
        .filter(
          ({ path, qualified }) =>
            !query.without.some((ref) => ref.path === path && (ref.symbol ?? qualified) === qualified),
        )
        .sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.startLine - b.startLine))
        .slice(0, query.symbolsMax);
      const files = [...new Set(symbols.map(({ path }) => path))].map((path) => ({ path, score: 1, why: [] }));
      return Promise.resolve({ files, symbols, complete: status.state === 'ready' });
    },
    lines: (ranges) =>
      Promise.resolve(
        ranges.map(({ path, startLine, endLine, version }) => {
          const text = texts.get(path);
          if (text === undefined || (version !== null && version !== versionOf(text))) return null;
          return text
            .split('\n')
            .slice(startLine - 1, endLine)
            .join('\n');
        }),
      ),
    unsaved: () => undefined,
    changed: () => undefined,
    cancel: () => undefined,
    rebuild: () => undefined,
    close: () => Promise.resolve(),
  };
}

export function versionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

export function definitionsIn(path: string, text: string): readonly Definition[] {
  const lines = text.split('\n');
  let around: string | null = null;
  return lines.flatMap((line, at): readonly Definition[] => {
    const [, kind, top] = /^(?:export )?(?:async )?(function|class) (\w+)/.exec(line) ?? [];
    const [, method] = /^ {2}(?:async )?(\w+)\(.*\{$/.exec(line) ?? [];
    if (line === '}') around = null;
    const name = top ?? (around === null ? undefined : method);
    if (name === undefined) return [];
    const indent = top === undefined ? '  ' : '';
    const end = lines.findIndex((later, n) => n > at && later === `${indent}}`);
    const qualified = top === undefined ? `${around ?? ''}.${name}` : name;
    if (kind === 'class') around = name;
    const doc = /^\s*\/\/ (.*)$/.exec(lines[at - 1] ?? '')?.[1] ?? '';
    return [
      {
        path,
        startLine: at + 1,
        endLine: (line.endsWith('}') || end < 0 ? at : end) + 1,
        name,
        kind: kind === 'class' ? 'class' : kind === 'function' ? 'function' : 'method',
        qualified,
        nameLine: at + 1,
        nameColumn: line.indexOf(name),
        signature: line.trim().replace(/ ?\{.*$/, ''),
        doc,
      },
    ];
  });
}

function ranked(one: Definition, text: string, { texts, places }: CodeQuery): readonly RankedSymbol[] {
  const words = partsOf(one.name).map(stem);
  const why: Reason[] = [];
  let score = 0;
  for (const { text: said, weight } of texts) {
    const terms = new Set(said.match(/\w+/g)?.flatMap((word) => partsOf(word).map(stem)));
    const of = words.filter((word) => terms.has(word));
    score += weight * of.length;
    if (of.length > 0) why.push({ kind: 'words', of });
  }
  const at = places.filter(({ path, line }) => path === one.path && line >= one.startLine && line <= one.endLine);
  score += 3 * at.length;
  if (at.length > 0) why.push({ kind: 'place', of: at.map(({ path, line }) => `${path}:${String(line)}`) });
  const body = text
    .split('\n')
    .slice(one.startLine - 1, one.endLine)
    .join('\n');
  return score === 0 ? [] : [{ ...one, score, why, chars: body.length + 1, focus: [], version: versionOf(text) }];
}
