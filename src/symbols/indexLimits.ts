/** Limits of the symbol index, each with its reason. */
export const indexLimits = {
  /** UTF-16 units of a file that is parsed: above, it is data or made by a machine, and its words are enough. */
  parsedChars: 1_000_000,
  /** A line longer than this, or lines this long on average: minified. */
  lineChars: 10_000,
  lineMeanChars: 400,
  /** Units at the start of a file where it may say that it is generated. */
  markerChars: 2_000,
  /** Open brackets: a parser that looks for what is missing takes time with their square. */
  nesting: 1_000,
  /** Definitions of one file: enough for any that a person wrote. */
  fileDefinitions: 20_000,
  /** Keys of one data file: the first ones tell what it is about. */
  fileKeys: 1_000,
  nameChars: 200,
  /** Open files whose trees are kept: some 23 bytes for each byte of text. */
  followedFiles: 16,
  /** An open file up to this long is parsed as a whole after an edit that leaves it broken: that takes no longer than 5 ms. */
  reparsedChars: 30_000,
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

  /** One file in the thread that reads it: the largest that is parsed takes some 200 ms; what takes this long never ends. */
  fileMs: 3000,
  /** Files handed to a thread at once, and their text: enough that handing over costs nothing, few enough that an edit waits for 20 ms. */
  batchFiles: 32,
  batchChars: 256 * 1024,
  /** Work without a look at what was asked meanwhile. */
  sliceMs: 15,
  /** Files of a workspace: more is a disk, not a project. */
  filesMax: 200_000,
  /** Facts of texts that were replaced: the other branch. */
  cachedFactsBytes: 32 * 1024 * 1024,
  /** Changes that are told within this time are looked at together: a checkout tells of hundreds. */
  changedMs: 30,
  /** An answer waits this long for files that have just changed: one takes some milliseconds, a checkout is not waited for. */
  catchUpMs: 250,
  /** Paths told at once, above which all files are compared: that takes no longer then. */
  changedMax: 500,
  statusMs: 250,
  /** Files that were read since it was written down, so few that reading them again is cheaper than writing it all. */
  looseFiles: 100,
  /** Without any change, before more than these are written down; and at the latest while the index is made for the first time. */
  idleMs: 10_000,
  savedMs: 60_000,
  /** Share of files read since the index was frozen, above which look-ups get slower than freezing it again is. */
  looseShare: 0.05,
  /** An index that nobody opened: 90 days. A file that a killed process left half written: an hour. */
  unusedMs: 90 * 24 * 3_600_000,
  leftoverMs: 3_600_000,
  /** Files whose text is read to find where a name stands in them. */
  referenceFiles: 2000,
  /** An answer of the index's thread: a large repository takes half a second; after this it is replaced. */
  answerMs: 20_000,
  restarts: 3,
} as const;
