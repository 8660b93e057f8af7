/** Weights under which the right ones of many choices come out likely: a softmax over each, with none below zero. */

export interface Choice {
  readonly names: readonly string[];
  /** Features of each of what there is to choose from. */
  readonly rows: readonly (readonly number[])[];
  /** Places of the right ones. */
  readonly right: readonly number[];
}

const rounds = 150;
const rate = 0.2;
/** What large weights cost, so that few tasks do not decide them. */
const cost = 0.003;

/** Adam on the mean log-likelihood; the same choices, the same weights. */
export function fitted(choices: readonly Choice[]): Float64Array {
  const usable = choices.filter(({ right, rows }) => right.length > 0 && rows.length > 0);
  const count = usable[0]?.rows[0]?.length ?? 0;
  const weights = new Float64Array(count).fill(0.5);
  const [mean, spread] = [new Float64Array(count), new Float64Array(count)];
  for (let round = 1; round <= rounds; round++) {
    const slope = new Float64Array(count);
    for (const choice of usable) addSlope(choice, weights, slope);
    for (let i = 0; i < count; i++) {
      const one = (slope[i] ?? 0) / usable.length + 2 * cost * (weights[i] ?? 0);
      mean[i] = 0.9 * (mean[i] ?? 0) + 0.1 * one;
      spread[i] = 0.999 * (spread[i] ?? 0) + 0.001 * one * one;
      const step = (mean[i] ?? 0) / (1 - 0.9 ** round) / (Math.sqrt((spread[i] ?? 0) / (1 - 0.999 ** round)) + 1e-8);
      weights[i] = Math.max(0, (weights[i] ?? 0) - rate * step);
    }
  }
  return weights;
}

export function scoresOf({ rows }: Choice, weights: Float64Array): readonly number[] {
  return rows.map((row) => row.reduce((sum, value, i) => sum + value * (weights[i] ?? 0), 0));
}

function addSlope(choice: Choice, weights: Float64Array, slope: Float64Array): void {
  const scores = scoresOf(choice, weights);
  const most = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const likely = scores.map((score) => Math.exp(score - most));
  const sum = likely.reduce((a, b) => a + b, 0);
  const add = (row: readonly number[] | undefined, by: number): void => {
    for (let i = 0; i < slope.length; i++) slope[i] = (slope[i] ?? 0) + by * (row?.[i] ?? 0);
  };
  for (const [at, one] of likely.entries()) if (one / sum > 1e-4) add(choice.rows[at], one / sum);
  for (const at of choice.right) add(choice.rows[at], -1 / choice.right.length);
}
