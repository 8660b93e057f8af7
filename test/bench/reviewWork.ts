/** What is worked on in the bench of the review, and what is measured there. */

/** In ms each. */
export interface Measured {
  readonly rejects: readonly number[];
  readonly accepts: readonly number[];
  readonly back: readonly number[];
  readonly logged: readonly number[];
  readonly keys: readonly number[];
  readonly reviews: readonly Asked[];
  readonly plain: readonly Asked[];
}

export interface Asked {
  readonly askedAtMs: number;
  readonly handedOverMs: number;
}

const lineCount = 10_000;
const hunkCount = 300;

/** In a language that the workbench itself has no server for: its work is not what is measured. */
export const largeFile = 'large.rs';
export const smallFiles: readonly string[] = Array.from({ length: 100 }, (_, i) => `src/file${String(i)}.rs`);

export function largeText(): string {
  return Array.from({ length: lineCount }, (_, i) => `const name${String(i)} = ${String(i)};\n`).join('');
}

/** One line in 33 is another one, and has a second behind it. */
export function largeTextAfter(): string {
  const every = Math.floor(lineCount / hunkCount);
  const lines = largeText().split('\n');
  return lines
    .map((line, i) => (i % every === 5 && i < every * hunkCount ? `changed(${String(i)});\nalso(${String(i)});` : line))
    .join('\n');
}

export function smallText(name: string): string {
  return Array.from({ length: 60 }, (_, i) => `export const value${String(i)} = '${name}';\n`).join('');
}

export function smallTextAfter(name: string): string {
  return smallText(name)
    .replace(/^.*value7 .*$/m, 'export const other = 7;')
    .replace(/^.*value40 .*\n/m, '');
}
