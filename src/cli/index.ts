/** `journeyman index`: makes the symbol index of a folder or brings it up to date, and says what is in it. */
import type { IndexStatus } from '../core/symbols.ts';
import type { IndexClient } from '../symbols/client.ts';
import type { IndexFigures } from '../symbols/engine.ts';
import type { IndexOptions } from './arguments.ts';
import { workspaceFolder } from './assembly.ts';
import { neededIndex } from './codeIndex.ts';
import { exitCodes } from './exit.ts';
import { withoutControls } from './words.ts';

export async function indexCommand(options: IndexOptions): Promise<number> {
  const index = neededIndex([await workspaceFolder(options.workspace)]);
  const interrupt = (): void => {
    index.cancel();
  };
  process.once('SIGINT', interrupt); // a second one ends it as it is
  const progress = process.stderr.isTTY ? progressOn(process.stderr) : null;
  const stopProgress = progress === null ? () => undefined : index.onStatus(progress.show);
  try {
    const { text, exitCode } = await indexed(index, options);
    progress?.clear();
    process.stdout.write(text);
    return exitCode;
  } finally {
    stopProgress();
    process.off('SIGINT', interrupt);
    await index.close();
  }
}

/** What is printed when it is done, or was stopped: what there is by then is kept. */
export async function indexed(
  index: Pick<IndexClient, 'ready' | 'figures' | 'rebuild'>,
  { rebuild, stats, output }: IndexOptions,
): Promise<{ readonly text: string; readonly exitCode: number }> {
  // prettier-ignore
  const { signal } = new AbortController();
  const startedAtMs = performance.now();
  if (rebuild) index.rebuild();
  const status = await index.ready(signal);
  const ms = Math.round(performance.now() - startedAtMs);
  const figures = await index.figures(signal);
  const memoryBytes = process.resourceUsage().maxRSS * 1024;
  const exitCode =
    status.state === 'ready' ? 0 : status.state === 'cancelled' ? exitCodes.interrupted : exitCodes.error;
  if (output !== 'text') return { text: `${JSON.stringify({ ...status, ...figures, ms, memoryBytes })}\n`, exitCode };
  const lines = [
    `${stateWords(status)}${count(figures.files, 'file')}, ${count(figures.definitions, 'definition')}, ${count(figures.lines, 'line')}: ${number(figures.read)} read in ${seconds(ms)}${figures.read < figures.files ? ', the others were known' : ''}.`,
    ...(status.message === null ? [] : [status.message]),
    ...(stats ? ['', ...languageRows(figures), '', `Memory at most ${megabytes(memoryBytes)}.`] : []),
    ...(stats && figures.storedAt !== null ? [`Kept in ${figures.storedAt}.`] : []),
  ];
  return { text: withoutControls(`${lines.join('\n')}\n`), exitCode };
}

/** One line that is written over, a few times a second. */
function progressOn(stream: NodeJS.WriteStream): {
  readonly show: (status: IndexStatus) => void;
  readonly clear: () => void;
} {
  const write = (text: string): void => {
    stream.write(`\r\u001b[K${text}`);
  };
  return {
    show({ state, indexed: done, files }) {
      if (state === 'starting') write('Looking for files…');
      else if (state === 'indexing') write(`${number(done)} of ${number(files)} files…`);
    },
    clear() {
      write('');
    },
  };
}

function stateWords({ state, indexed: done, files }: IndexStatus): string {
  if (state === 'cancelled') return `Stopped at ${number(done)} of ${number(files)} files; what there is counts. `;
  return state === 'failed' ? 'The index could not be finished. ' : '';
}

function languageRows({ languages }: IndexFigures): readonly string[] {
  const rows = [
    ['Language', 'Files', 'Definitions', 'MB'],
    ...languages.map(({ language, files, definitions, bytes }) => [
      language ?? 'other text',
      number(files),
      number(definitions),
      (bytes / 1e6).toFixed(1),
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
  );
}

function count(value: number, unit: string): string {
  return `${number(value)} ${unit}${value === 1 ? '' : 's'}`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

function megabytes(bytes: number): string {
  return `${String(Math.round(bytes / 1e6))} MB`;
}
