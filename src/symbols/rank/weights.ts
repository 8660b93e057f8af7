/** How much each signal counts: fitted on past commits by `npm run bench:context -- --fit`, and the same for every repository. */

/** Of a file, each signal between 0 and 1. The names are those of `scores.ts`. */
export const fileWeights = {
  text: 2.7,
  path: 1,
  name: 0,
  commits: 1.4,
  recent: 0.1,
  named: 1,
  best: 0.6,
  next: 0.3,
  body: 1.7,
  spelt: 0.3,
  /** Nearness to what came out best of the words alone. */
  together: 0.5,
  near: 1.9,
  imported: 0.6,
  importing: 0,
  used: 0.1,
  using: 0.7,
  /** Nearness to what was seen and changed in the session. */
  seenTogether: 2.9,
  seenNear: 1.5,
  seenImported: 0,
  seenImporting: 0,
  seenUsed: 0.2,
  seenUsing: 0.4,
  /** Words and names of what was changed. */
  changedText: 3,
  changedName: 0.6,
} as const;

/** Of a symbol in one of the best files. */
export const symbolWeights = {
  body: 3.6,
  name: 0,
  head: 0,
  around: 1.2,
  spelt: 0.5,
  mixed: 1.4,
  file: 0.7,
  /** Of the logarithm of its words. */
  size: 0.9,
  local: 0,
  used: 0,
  using: 0,
} as const;

/** What kinds of symbols tasks change, beside all that. */
export const kindWeights = {
  function: 1.9,
  method: 2,
  class: 0,
  interface: 1,
  type: 1.2,
  enum: 1.1,
  constant: 1.5,
  variable: 1,
  field: 0,
  module: 0,
  macro: 1,
  heading: 0,
  key: 0,
} as const;
