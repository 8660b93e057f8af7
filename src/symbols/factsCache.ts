/** What texts say that were read before, by content: a branch that comes back, or another checkout of the same files, is not read again. */
import { posix } from 'node:path';
import type { FileFacts } from './facts.ts';
import { indexLimits } from './indexLimits.ts';

export interface FactsCache {
  get(path: string, version: string, whole: boolean): FileFacts | null;
  set(path: string, version: string, whole: boolean, facts: FileFacts): void;
  clear(): void;
}

/** Holds what was used last. */
export function createFactsCache(bytesMax: number = indexLimits.cachedFactsBytes): FactsCache {
  const kept = new Map<string, { readonly facts: FileFacts; readonly bytes: number }>();
  let bytes = 0;
  return {
    get(path, version, whole) {
      for (const key of whole
        ? [keyOf(path, version, true)]
        : [keyOf(path, version, true), keyOf(path, version, false)]) {
        // prettier-ignore
        const found = kept.get(key);
        if (found === undefined) continue;
        kept.delete(key);
        kept.set(key, found);
        return found.facts;
      }
      return null;
    },
    set(path, version, whole, facts) {
      const key = keyOf(path, version, whole);
      const before = kept.get(key);
      const size = sizeOf(facts);
      kept.delete(key);
      kept.set(key, { facts, bytes: size });
      bytes += size - (before?.bytes ?? 0);
      for (const [oldest, { bytes: freed }] of kept) {
        if (bytes <= bytesMax) break;
        kept.delete(oldest);
        bytes -= freed;
      }
    },
    clear() {
      kept.clear();
      bytes = 0;
    },
  };
}

/** What a file says depends on its name as well. */
function keyOf(path: string, version: string, whole: boolean): string {
  return `${version}${whole ? '+' : ' '}${posix.basename(path)}`;
}

/** About: a name takes 40 bytes beside its letters. */
function sizeOf({ definitions, words, imports }: FileFacts): number {
  return 500 + words.text.length + 4 * words.code.length + 90 * definitions.names.length + 60 * imports.length;
}
