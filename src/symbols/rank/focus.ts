/** Of a long symbol the lines that a query is most likely about: where its words stand close together. */
import type { LineSpan } from '../../core/symbols.ts';
import type { StoredDefinition } from '../view.ts';
import { firstAt, type Tokens } from './tokens.ts';

/** A shorter one is looked at as a whole. */
const linesMin = 200;
/** Lines on both sides of the line that a range is around. */
const around = 14;
const rangesMax = 4;
/** Of what the best range has. */
const shareMin = 0.3;

/** The most telling first, lines from 1; none for a short symbol. `weightOf`: what a word says of the query. */
export function focusOf(
  { ids, offsets, lines }: Tokens,
  { start, end, startLine, endLine }: StoredDefinition,
  weightOf: (token: number) => number,
): readonly LineSpan[] {
  const count = endLine - startLine + 1;
  if (count < linesMin) return [];
  const scores = new Float64Array(count);
  let line = 0;
  const seen = new Set<number>();
  for (let at = firstAt(offsets, start); (offsets[at] ?? Infinity) < end; at++) {
    while ((lines[startLine + line + 1] ?? Infinity) <= (offsets[at] ?? 0)) {
      line++;
      seen.clear();
    }
    const token = ids[at] ?? 0;
    const weight = weightOf(token);
    if (weight === 0 || seen.has(token)) continue;
    seen.add(token); // said twice in a line, it says no more
    scores[line] = (scores[line] ?? 0) + weight;
  }
  const ranges: LineSpan[] = [];
  let most = 0;
  while (ranges.length < rangesMax) {
    const { middle, score } = densest(scores);
    most = Math.max(most, score);
    if (score <= 0 || score < shareMin * most) break;
    const [from, to] = [Math.max(0, middle - around), Math.min(count - 1, middle + around)];
    ranges.push({ startLine: startLine + from + 1, endLine: startLine + to + 1 });
    scores.fill(0, from, to + 1);
  }
  return ranges;
}

/** The line around which most is said, what is nearer to it counting more; of equal ones the first. */
function densest(scores: Float64Array): { readonly middle: number; readonly score: number } {
  let best = { middle: 0, score: 0 };
  for (let middle = 0; middle < scores.length; middle++) {
    let score = 0;
    for (let off = -around; off <= around; off++)
      score += (scores[middle + off] ?? 0) * (1 - Math.abs(off) / (around + 1));
    if (score > best.score + 1e-9) best = { middle, score };
  }
  return best;
}
