/** Limits of the symbol index, each with its reason. */
export const indexLimits = {
  /** UTF-16 units of a file that is parsed: above, it is data or made by a machine, and its words are enough. */
  parsedChars: 1_000_000,
  /** A line longer than this, or lines this long on average: minified. */
  lineChars: 10_000,
  lineMeanChars: 400,
  /** Units at the start of a file where it may say that it is generated. */
  markerChars: 2_000,
  /** Definitions of one file: enough for any that a person wrote. */
  fileDefinitions: 20_000,
  /** Keys of one data file: the first ones tell what it is about. */
  fileKeys: 1_000,
  nameChars: 200,
  /** Open files whose trees are kept: some 23 bytes for each byte of text. */
  followedFiles: 16,
  /** Of the parser's memory, which never shrinks: a thread above it is replaced. */
  heapBytes: 256 * 1024 * 1024,
} as const;
