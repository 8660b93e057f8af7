/** The rows of the durable bench: figures under the heading of what they measure. */
import { printTable, type Figure } from './table.ts';

export interface Row extends Figure {
  /** The table it stands in: "The log". */
  readonly part: string;
}

/** One table for each part, in the order of their first rows. */
export function printRows(rows: readonly Row[]): void {
  for (const part of new Set(rows.map((row) => row.part)))
    printTable(
      part,
      rows.filter((row) => row.part === part),
    );
}
