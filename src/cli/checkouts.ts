/** Indexes of checkouts, one after the other, in this thread: what checkouts of one repository have in common is read once. */
import { resolve } from 'node:path';
import { isSecret } from '../permission/names.ts';
import { createEngine, type Engine, type Rank } from '../symbols/engine.ts';
import { createExtractor } from '../symbols/extract/extractor.ts';
import { directExtractor } from '../symbols/extractorPorts.ts';
import { createFactsCache, type FactsCache } from '../symbols/factsCache.ts';
import { readHistory } from '../symbols/history.ts';
import { HistoryCache } from '../symbols/historyCache.ts';
import { codeFiles } from '../workspace/codeFiles.ts';
import { queryOf } from './selectTask.ts';

export interface Checkouts {
  /** Made when it is first asked for; the one before is closed then. */
  engine(repo: string, checkout: string): Promise<Engine>;
  close(): Promise<void>;
}

/** `grammars`: their folder. */
export function openCheckouts(grammars: string, rank: Rank): Checkouts {
  const { signal } = new AbortController();
  const extractor = createExtractor({ grammars });
  const shared = new Map<string, { readonly facts: FactsCache; readonly history: HistoryCache }>();
  let current: { readonly folder: string; readonly engine: Engine } | null = null;
  return {
    async engine(repo, checkout) {
      const folder = resolve(checkout);
      if (current?.folder === folder) return current.engine;
      await current?.engine.close();
      const { facts, history } = shared.get(repo) ?? { facts: createFactsCache(), history: new HistoryCache() };
      if (!shared.has(repo)) shared.clear();
      shared.set(repo, { facts, history });
      const engine = createEngine({
        folders: [folder],
        lister: codeFiles([folder]),
        isSecret,
        startExtractor: () => directExtractor(extractor),
        rank,
        history: (stop) => readHistory({ folders: [folder], cache: history, isLeftOut: isSecret }, stop),
        version: '',
        storage: null,
        cache: facts,
      });
      current = { folder, engine };
      await engine.ready(signal);
      await engine.rank(queryOf({ task: 'index', seen: null }), signal); // what is made once for an index is part of it
      return engine;
    },
    async close() {
      await current?.engine.close();
      current = null;
    },
  };
}
