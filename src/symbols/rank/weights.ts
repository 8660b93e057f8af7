/**
 * How much each signal counts: fitted on past commits (`test/bench/context`), the same for every repository. Fitted on three of its four
 * repositories and asked of the fourth, the results differ from these by less than two points.
 */

/** Of a file, each signal between 0 and 1. */
export interface FileWeights {
  readonly text: number;
  readonly path: number;
  readonly commits: number;
  readonly recent: number;
  /** The query names the file (the commits' texts do not: set by hand); some symbol of it. */
  readonly named: number;
  readonly spelt: number;
  /** Its best symbol, and the two after that. */
  readonly best: number;
  readonly next: number;
  /** The most that the words of one symbol say. */
  readonly body: number;
  /** Nearness to what came out best of the words alone. */
  readonly together: number;
  readonly near: number;
  readonly alike: number;
  readonly imported: number;
  readonly importing: number;
  readonly used: number;
  readonly using: number;
}

/** Nothing was looked at yet. */
export const aloneWeights: FileWeights = {
  text: 2.97,
  path: 1.06,
  commits: 1.41,
  recent: 0.2,
  named: 3,
  spelt: 0.31,
  best: 0.18,
  next: 0.21,
  body: 1.6,
  together: 0.7,
  near: 1.77,
  alike: 0.59,
  imported: 0.5,
  importing: 0,
  used: 0.16,
  using: 0.52,
};

/** Files were seen or changed. */
export const alongWeights: FileWeights = {
  text: 1.9,
  path: 1.08,
  commits: 1.05,
  recent: 0,
  named: 3,
  spelt: 0,
  best: 1,
  next: 0,
  body: 1.2,
  together: 0.34,
  near: 0.92,
  alike: 0.22,
  imported: 0.17,
  importing: 0.05,
  used: 0,
  using: 0.1,
};

/** Nearness to what was seen and changed, and the words and names of what was changed. */
export const seenWeights = {
  together: 2.8,
  near: 1.5,
  alike: 0.95,
  imported: 0.03,
  used: 0.15,
  using: 0.38,
  changedText: 3.09,
  changedName: 0.36,
} as const;

/** Of its score, what a document or a file of data keeps that the query does not name. */
export const besideShare = 0.6;

/** Of a symbol in one of the best files. */
export const symbolWeights = {
  body: 3.29,
  around: 1.4,
  spelt: 0.52,
  mixed: 1.79,
  file: 0.41,
  /** Of the logarithm of its words. */
  size: 0.94,
  local: 0.11,
  used: 0.36,
  using: 0.83,
} as const;

/** What kinds of symbols tasks change, beside all that. */
export const kindWeights = {
  function: 1.99,
  method: 2.2,
  class: 0,
  interface: 1.02,
  type: 1.21,
  enum: 1.59,
  constant: 1.48,
  variable: 1,
  field: 0.5,
  module: 0,
  macro: 1.5,
  heading: 0,
  key: 0,
} as const;
