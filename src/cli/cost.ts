/** What a session has cost, request by request, and its sums by turn, purpose and model: a fold over its events. */
import type { Event } from '../core/event.ts';
import { addUsage, noUsage, type Usage } from '../core/model.ts';

interface Bill {
  readonly turn: number;
  readonly step: number;
  readonly purpose: string;
  readonly model: string;
  readonly usage: Usage;
  /** null: the price is not known. */
  readonly costUsd: number | null;
}
interface Sum {
  readonly name: string;
  readonly requests: number;
  readonly usage: Usage;
  /** Of requests whose price is known. */
  readonly costUsd: number;
  /** Tokens of those whose price is not. */
  readonly unpricedTokens: number;
}
export interface Costs {
  readonly requests: readonly (Bill & { readonly cumulatedUsd: number; readonly cacheShare: number })[];
  readonly turns: readonly Sum[];
  readonly purposes: readonly Sum[];
  readonly models: readonly Sum[];
  readonly total: Sum;
}

export function costsOf(events: readonly Event[]): Costs {
  const bills = billsOf(events);
  let cumulatedUsd = 0;
  const requests = bills.map((bill) => {
    cumulatedUsd += bill.costUsd ?? 0;
    return { ...bill, cumulatedUsd, cacheShare: cacheShare(bill.usage) };
  });
  return {
    requests,
    turns: sums(bills, ({ turn }) => `turn ${String(turn)}`),
    purposes: sums(bills, ({ purpose }) => purpose),
    models: sums(bills, ({ model }) => model),
    total: sumOf('total', bills),
  };
}

function billsOf(events: readonly Event[]): readonly Bill[] {
  let purpose = 'main';
  return events.flatMap((event): readonly Bill[] => {
    if (event.type === 'model.requested') purpose = event.route?.purpose ?? 'main';
    const reply = event.type === 'model.responded' || event.type === 'side.ended' ? event.reply : null;
    if (reply === null || (event.type !== 'model.responded' && event.type !== 'side.ended')) return [];
    const { turn, step, costUsd } = event;
    const { model, usage } = reply;
    return [{ turn, step, purpose: event.type === 'side.ended' ? event.purpose : purpose, model, usage, costUsd }];
  });
}

function sums(bills: readonly Bill[], nameOf: (bill: Bill) => string): readonly Sum[] {
  const names = [...new Set(bills.map(nameOf))];
  return names.map((name) =>
    sumOf(
      name,
      bills.filter((bill) => nameOf(bill) === name),
    ),
  );
}

function sumOf(name: string, bills: readonly Bill[]): Sum {
  return {
    name,
    requests: bills.length,
    usage: bills.reduce((sum, { usage }) => addUsage(sum, usage), noUsage),
    costUsd: bills.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0),
    unpricedTokens: bills.reduce((sum, { costUsd, usage }) => sum + (costUsd === null ? tokensOf(usage) : 0), 0),
  };
}

/** For a terminal; a price that is not known is no zero. */
export function costWords({ requests, turns, purposes, models, total }: Costs): string {
  const rows = requests.map(({ turn, step, purpose, model, usage, costUsd, cumulatedUsd, cacheShare: share }) => [
    `${String(turn)}.${String(step)}`,
    purpose,
    model,
    ...kinds(usage),
    percent(share),
    costUsd === null ? 'unknown' : usd(costUsd),
    usd(cumulatedUsd),
  ]);
  const head = ['step', 'for', 'model', 'uncached', 'write', 'cached', 'output', 'cached %', 'cost', 'so far'];
  const groups = [...(turns.length > 1 ? turns : []), ...purposes, ...models, total].map((sum) => [
    sum.name,
    '',
    String(sum.requests),
    ...kinds(sum.usage),
    percent(cacheShare(sum.usage)),
    sum.unpricedTokens === 0 ? usd(sum.costUsd) : `${usd(sum.costUsd)} + ${count(sum.unpricedTokens)} tokens unpriced`,
    '',
  ]);
  return table([head, ...rows, [], ['sums', '', 'requests'], ...groups]);
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>((all, row) => {
    row.forEach((cell, i) => (all[i] = Math.max(all[i] ?? 0, cell.length)));
    return all;
  }, []);
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (i < 3 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return `${rows.map(line).join('\n')}\n`;
}

function kinds({ input, cacheWrite, cacheRead, output }: Usage): readonly string[] {
  return [input, cacheWrite, cacheRead, output].map(count);
}

function cacheShare({ input, cacheWrite, cacheRead }: Usage): number {
  const sent = input + cacheWrite + cacheRead;
  return sent === 0 ? 0 : cacheRead / sent;
}

function tokensOf({ input, cacheWrite, cacheRead, output }: Usage): number {
  return input + cacheWrite + cacheRead + output;
}

function percent(share: number): string {
  return `${String(Math.round(share * 100))} %`;
}

function usd(amount: number): string {
  return `$${amount.toFixed(4)}`;
}

function count(tokens: number): string {
  return tokens.toLocaleString('en-US');
}
