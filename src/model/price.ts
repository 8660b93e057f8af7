/**
 * What a reply costs, in USD per million tokens of each kind.
 * Source: platform.claude.com, "Pricing" and the models' own pages, as of 20 November 2026; Fable 5.2 from two resellers that name
 * the list price. Cache writes at the price of the five-minute cache, the one used here. What is not in the table has no known price.
 */
import type { Usage } from '../core/model.ts';

interface Price {
  readonly input: number;
  readonly cacheWrite: number;
  readonly cacheRead: number;
  readonly output: number;
  /** Prompts above `tokens` (all input kinds together) are charged by this instead, the output too. */
  readonly long?: Price & { readonly tokens: number };
}

const opus4: Price = { input: 5, cacheWrite: 6.25, cacheRead: 0.5, output: 25 };
const sonnet4: Price = { input: 3, cacheWrite: 3.75, cacheRead: 0.3, output: 15 };
const fable5: Price = { input: 10, cacheWrite: 12.5, cacheRead: 1, output: 50 };
const fable51: Price = { ...fable5, cacheRead: 0.25 };

const prices: ReadonlyMap<string, Price> = new Map<string, Price>([
  ['claude-fable-5-2', { input: 8, cacheWrite: 10, cacheRead: 0.2, output: 40 }],
  ['claude-fable-5-1', fable51],
  ['claude-fable-5', fable5],
  ['claude-mythos-5-1', fable51],
  ['claude-mythos-5', fable5],
  ['claude-opus-5-5', { input: 4, cacheWrite: 5, cacheRead: 0.2, output: 20 }],
  ['claude-opus-5', opus4],
  ['claude-opus-4-8', opus4],
  ['claude-opus-4-7', opus4],
  ['claude-opus-4-6', opus4],
  ['claude-opus-4-5', opus4],
  ['claude-sonnet-5-5', { input: 2, cacheWrite: 2.5, cacheRead: 0.1, output: 10 }],
  ['claude-sonnet-5', { input: 2, cacheWrite: 2.5, cacheRead: 0.2, output: 10 }],
  ['claude-sonnet-4-6', sonnet4],
  ['claude-sonnet-4-5', sonnet4],
  [
    'claude-haiku-5-5',
    {
      input: 0.1,
      cacheWrite: 0.125,
      cacheRead: 0.01,
      output: 0.5,
      long: { tokens: 100_000, input: 0.5, cacheWrite: 0.625, cacheRead: 0.05, output: 2.5 },
    },
  ],
  ['claude-haiku-4-5', { input: 1, cacheWrite: 1.25, cacheRead: 0.1, output: 5 }],
]);

/** For the usage of one reply; sums of replies are sums of costs, since a long prompt may cost more a token. null: price unknown. */
export function costUsd(model: string, usage: Usage): number | null {
  // Ids may carry a date: claude-haiku-4-5-20251001. A further version number is another model, with another price.
  const base = prices.get(model.replace(/-\d{8}$/, ''));
  if (base === undefined) return null;
  const { input, cacheWrite, cacheRead, output } = usage;
  const price = base.long && input + cacheWrite + cacheRead > base.long.tokens ? base.long : base;
  return (
    (input * price.input + cacheWrite * price.cacheWrite + cacheRead * price.cacheRead + output * price.output) / 1e6
  );
}
