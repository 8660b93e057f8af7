/** Where a text stands in a file, and, where it does not, what in the file comes nearest: so that a failed edit is mended at once. */

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Every place, without overlaps. A `\n` in `wanted` also stands for `\r\n`. */
export function findText(text: string, wanted: string): readonly Span[] {
  if (text.includes('\r')) {
    const pattern = new RegExp(wanted.split('\n').map(escapeRegex).join('\\r?\\n'), 'g');
    return [...text.matchAll(pattern)].map(({ index, 0: match }) => ({ start: index, end: index + match.length }));
  }
  const spans: Span[] = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length))
    spans.push({ start: at, end: at + wanted.length });
  return spans;
}

export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** One or two sentences and the text of the file that was probably meant. */
export function explainMiss(text: string, oldText: string, newText: string): string {
  if (text === '') return 'The file is empty; use write_file.';
  const numbered = oldText.split('\n').every((line) => line === '' || /^\s*\d+\t/.test(line));
  if (numbered && findText(text, oldText.replace(/^\s*\d+\t/gm, '')).length > 0) {
    return 'It begins with the line numbers of read_file: leave them out.';
  }
  const [already] = newText.trim() === '' ? [] : findText(text, newText);
  const done = already
    ? `new_text stands there already, at line ${String(lineOf(text, already.start))}: this edit may have been made before. `
    : '';

  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  const wanted = trimBlankLines(oldText.split('\n'));
  const near = nearestWindow(lines, wanted);
  if (near === null) return `${done}Nothing in the file comes near it. Read the file again.`;
  const actual = lines.slice(near, near + wanted.length);
  const blanks = blankDifference(actual, wanted);
  const place =
    wanted.length === 1 ? `line ${String(near + 1)}` : `lines ${String(near + 1)}-${String(near + actual.length)}`;
  if (blanks !== null)
    return `${done}It differs from ${place} only in blanks: ${blanks}. The file holds:\n${actual.join('\n')}`;

  const firstOdd = Math.max(
    0,
    wanted.findIndex((line, i) => line !== actual[i]),
  );
  const from = wanted.length <= shownLines ? 0 : Math.max(0, firstOdd - 5);
  const shown = actual.slice(from, from + shownLines);
  const range =
    shown.length === actual.length
      ? place
      : `lines ${String(near + from + 1)}-${String(near + from + shown.length)}, where the first difference is`;
  return `${done}The nearest is at ${range}; take old_text from there:\n${shown.join('\n')}`;
}

const shownLines = 25;
/** Lines compared letter by letter when none is the same: 5,000 take some 50 ms. */
const comparedLinesMax = 5000;

/** Index of the line where a text like `wanted` begins; null: nothing is like it. */
function nearestWindow(lines: readonly string[], wanted: readonly string[]): number | null {
  const places = new Map<string, number[]>();
  for (const [i, line] of lines.entries()) {
    const key = squash(line);
    const known = places.get(key);
    if (known) known.push(i);
    else places.set(key, [i]);
  }
  const votes = new Map<number, number>();
  for (const [j, line] of wanted.entries()) {
    const key = squash(line);
    // A line that stands everywhere says nothing of the place.
    const here = places.get(key) ?? [];
    if (here.length > 100) continue;
    for (const i of here)
      votes.set(i - j, (votes.get(i - j) ?? 0) + (/\w/.test(key) ? Math.min(key.length, 40) : 1) / here.length);
  }
  let best: number | null = null;
  let most = 1;
  for (const [start, count] of votes) {
    if (count > most) {
      best = start;
      most = count;
    }
  }
  if (best !== null) return Math.min(Math.max(0, best), lines.length - 1);

  const longest = wanted.reduce((a, b) => (b.trim().length > a.trim().length ? b : a), '');
  const pairs = pairsOf(squash(longest));
  let nearest: number | null = null;
  let likeness = 0.5;
  for (const [i, line] of lines.slice(0, comparedLinesMax).entries()) {
    if (line.length > 4 * longest.length + 20) continue;
    const here = likenessOf(pairs, pairsOf(squash(line)));
    if (here > likeness) {
      likeness = here;
      nearest = i;
    }
  }
  return nearest === null ? null : Math.max(0, nearest - wanted.indexOf(longest));
}

/** What kind of blanks differ; null: more than blanks does. */
function blankDifference(actual: readonly string[], wanted: readonly string[]): string | null {
  if (actual.length !== wanted.length || actual.some((line, i) => squash(line) !== squash(wanted[i] ?? '')))
    return null;
  const kinds = new Set<string>();
  for (const [i, line] of actual.entries()) {
    const other = wanted[i] ?? '';
    if (line === other) continue;
    const [indent, otherIndent] = [/^\s*/.exec(line)?.[0] ?? '', /^\s*/.exec(other)?.[0] ?? ''];
    if (line.trim() === '') kinds.add('an empty line holds other blanks');
    else if (indent !== otherIndent) kinds.add(indentDifference(indent, otherIndent));
    else if (line.trimEnd() === other.trimEnd())
      kinds.add(line.length > other.length ? `line ends in blanks in the file` : 'old_text has blanks at a line end');
    else kinds.add('blanks within a line');
  }
  return kinds.size === 0 ? 'empty lines around it' : [...kinds].join(', ');
}

function indentDifference(file: string, given: string): string {
  if (file.includes('\t') !== given.includes('\t'))
    return `the file indents with ${file.includes('\t') ? 'tabs' : 'spaces'}, old_text with ${given.includes('\t') ? 'tabs' : 'spaces'}`;
  return 'indentation';
}

function trimBlankLines(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => line.trim() !== '');
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return first < 0 ? [''] : lines.slice(first, last + 1);
}

function squash(line: string): string {
  return line.trim().replace(/\s+/g, ' ');
}

function pairsOf(text: string): ReadonlySet<string> {
  const pairs = new Set<string>();
  for (let i = 0; i + 1 < text.length; i++) pairs.add(text.slice(i, i + 2));
  return pairs;
}

/** Dice's coefficient over pairs of letters. */
function likenessOf(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 || b.size === 0) return 0;
  let common = 0;
  for (const pair of a) if (b.has(pair)) common++;
  return (2 * common) / (a.size + b.size);
}

function escapeRegex(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
