/** Figures of a bench: printed with their aims beside them, kept as JSON where a file is named. */
import { writeFileSync } from 'node:fs';

export interface Figure {
  readonly name: string;
  /** null: could not be measured on this machine. */
  readonly value: number | null;
  readonly unit: 'ms' | 'MB' | 'kB' | 'tokens' | '%' | '/s' | 'x' | '';
  /** Holds when the value is at most (for `%`: at least) this. */
  readonly aim?: number;
}

export function printTable(title: string, figures: readonly Figure[]): void {
  const rows = figures.map(({ name, value, unit, aim }) => [
    name,
    value === null ? 'not measured here' : `${shown(value)} ${unit}`.trim(),
    aim === undefined ? '' : `${unit === '%' ? 'at least' : 'at most'} ${shown(aim)}`,
    aim === undefined || value === null ? '' : isMet(value, aim, unit) ? 'met' : 'MISSED',
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  console.log(`\n${title}`);
  for (const [name = '', value = '', aim = '', met = ''] of rows)
    console.log(
      `  ${name.padEnd(widths[0] ?? 0)}  ${value.padStart(widths[1] ?? 0)}  ${aim.padEnd(widths[2] ?? 0)}  ${met}`.trimEnd(),
    );
}

function isMet(value: number, aim: number, unit: Figure['unit']): boolean {
  return unit === '%' ? value >= aim : value <= aim;
}

function shown(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en-US') : value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

export function writeJson(file: string | undefined, result: unknown): void {
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
}

export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? null) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
