/** A cold index by language: user CPU beside universal-ctags and beside parse and query, on the same files, in turns. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ctagsProgram, folderOf, inOwnProcess, measured, userMsOf, type MeasuredFile } from './indexFiles.ts';
import type { Cost } from './indexWork.ts';
import { median, type Figure } from './table.ts';

export interface ColdResult {
  readonly figures: readonly Figure[];
  readonly notes: readonly string[];
}

export function coldRows(tree: string, language: string, files: readonly MeasuredFile[], rounds: number): ColdResult {
  const folder = mkdtempSync(path.join(tmpdir(), 'journeyman-index-'));
  const list = path.join(folder, 'files.txt');
  writeFileSync(list, files.map(({ absolute }) => absolute).join('\n'));
  const alone = folderOf(tree, files, path.join(folder, 'tree'));
  const ctags = ctagsProgram();
  const times: Record<'ctags' | 'stock' | 'extraction' | 'index', number[]> = { ctags: [], stock: [], extraction: [], index: [] }; // prettier-ignore
  let last: Cost | null = null;
  try {
    for (let round = 0; round < rounds; round++) {
      const name = measured[language]?.ctags ?? '';
      if (ctags !== null)
        times.ctags.push(userMsOf(ctags, ['-n', `--languages=${name}`, '-f', path.join(folder, 'tags'), '-L', list]));
      last = inOwnProcess('extract', ['--language', language, '--list', list]);
      times.extraction.push(last.userMs);
      const storage = path.join(folder, `storage-${String(round)}`);
      times.index.push(inOwnProcess('engine', ['--tree', alone, '--storage', storage]).userMs);
      times.stock.push(inOwnProcess('stock', ['--language', language, '--list', list]).userMs);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const mb = files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
  const [byCtags, stock, extraction, index] = [times.ctags, times.stock, times.extraction, times.index].map(median);
  const ratio = (one: number | null | undefined, other: number | null | undefined): number | null =>
    one === null || other === null || one === undefined || other === undefined || other === 0 ? null : one / other;
  // On a small tree the start of a process counts for more than its files.
  const aims = { ctags: language === 'typescript' && mb >= 50, stock: language !== 'typescript' && mb >= 5 };
  return {
    figures: [
      { name: `${language}: source`, value: mb, unit: 'MB' },
      { name: `${language}: universal-ctags, user`, value: byCtags ?? null, unit: 'ms' },
      { name: `${language}: parse and query, user`, value: stock ?? null, unit: 'ms' },
      { name: `${language}: extraction alone, words too, user`, value: extraction ?? null, unit: 'ms' },
      { name: `${language}: whole cold index, user`, value: index ?? null, unit: 'ms' },
      { name: `${language}: whole index to ctags`, value: ratio(index, byCtags), unit: 'x', ...(aims.ctags ? { aim: 1 } : {}) },
      { name: `${language}: extraction to ctags`, value: ratio(extraction, byCtags), unit: 'x' },
      { name: `${language}: whole index to parse and query`, value: ratio(index, stock), unit: 'x', ...(aims.stock ? { aim: 0.5 } : {}) },
      { name: `${language}: extraction to parse and query`, value: ratio(extraction, stock), unit: 'x' },
      { name: `${language}: parser's memory in a reading thread`, value: last?.heapMb ?? null, unit: 'MB', aim: 100 },
    ],
    notes:
      ctags === null
        ? ['universal-ctags is not installed: "apt install universal-ctags" or "brew install universal-ctags".']
        : [],
  }; // prettier-ignore
}
