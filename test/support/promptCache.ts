/** The prompt cache of the Messages API, as documented: what a request would read from it, and what it would leave there. */
import { createHash } from 'node:crypto';
import type { Usage } from '../../src/core/model.ts';
import type { PlacedBlock } from './requestRules.ts';

/** A mark looks for an earlier entry at its own place and at the 19 before it. */
const lookback = 20;
/** Shorter prefixes are not kept; the least of the current models. */
const tokensMin = 512;

export interface PromptCache {
  /** The input counters of a request with these blocks; its marked prefixes are kept for later ones. */
  take(model: string, blocks: readonly PlacedBlock[]): Omit<Usage, 'output'>;
}

export function promptCache(): PromptCache {
  const kept = new Set<string>();
  return {
    take(model, blocks) {
      const prefixes: { hash: string; tokens: number }[] = [];
      let hash = model;
      let tokens = 0;
      for (const { bytes } of blocks) {
        hash = createHash('sha1').update(hash).update(bytes).digest('base64');
        tokens += tokensOf(bytes);
        prefixes.push({ hash, tokens });
      }
      let read = 0;
      let lastMark = 0;
      blocks.forEach(({ marked }, at) => {
        if (!marked) return;
        lastMark = prefixes[at]?.tokens ?? 0;
        for (const prefix of prefixes.slice(Math.max(0, at - lookback + 1), at + 1))
          if (kept.has(prefix.hash)) read = Math.max(read, prefix.tokens);
      });
      blocks.forEach(({ marked }, at) => {
        const prefix = prefixes[at];
        if (marked && prefix && prefix.tokens >= tokensMin) kept.add(prefix.hash);
      });
      const written = lastMark >= tokensMin ? lastMark : 0;
      return { input: tokens - Math.max(written, read), cacheRead: read, cacheWrite: Math.max(0, written - read) };
    },
  };
}

/** Four characters a token: near enough to compare runs. */
export function tokensOf(text: string): number {
  return Math.ceil(text.length / 4);
}
