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
  /** Commits that are read of a repository: in most, two years or more; older ones tell little of the code as it stands. */
  historyCommits: 4000,
  /** Files of one commit: above, it is a move, a release or a new format, and says nothing of what belongs together. */
  commitFilesMax: 40,
  commitMessageChars: 1500,
  commitSubjectChars: 200,
  /** A message or name above it is cut. */
  commitFieldBytes: 64 * 1024,
  /** One program of git's: the first reading of a very large repository takes some seconds; what is missing is read later. */
  historyMs: 30_000,
  historyBytes: 64 * 1024 * 1024,
  /** Commits and HEADs in memory, about 1 kB a commit: several repositories, or one at many places of its past. */
  historyKnown: 40_000,
  historyLists: 8,
} as const;
