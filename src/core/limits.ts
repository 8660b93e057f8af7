/** Every limit of the runtime, with its unit and its reason. Settings may lower or raise those marked (setting). */
export const limits = {
  /** Requests to the model in one turn (setting): a healthy task on a real repository needs 10 to 60. */
  stepsPerTurn: 100,
  /** One turn on the clock, waiting for the person not counted (setting). */
  minutesPerTurn: 60,
  /** Of a budget in USD, while a price is not known: so many tokens stand for a dollar. With nine tenths read from cache, most models give more. */
  tokensForUsd: 500_000,
  /** Tokens the model may write in one reply, its thinking included (setting). */
  replyTokensMax: 32_000,
  /** Calls of one reply that run side by side; reads only. More gains nothing on a disk. */
  parallelReads: 8,

  /** A file read at once: above it a range must be named. 2,000 lines cover 97 % of source files. */
  readLines: 2000,
  /** Characters of one tool result in the prompt: about 7,500 tokens; and tokens, where a text has more of them than code has. */
  resultChars: 30_000,
  resultTokens: 10_000,
  /** One line of a file or of output: minified files have lines of megabytes. */
  lineChars: 2000,
  /** A file that tools open at all: larger ones are data, not source. */
  fileBytesMax: 10 * 1024 * 1024,
  /** What one call of a tool is given, as JSON: more than a reply of a model can hold, and than a file that tools open. */
  callInputChars: 10_000_000,
  listEntries: 500,
  searchMatches: 200,
  /** One line in a search result: enough to know it by; `read_file` shows it whole. */
  searchLineChars: 300,

  /** Saving a file in the editor, with all that runs on save: organizing imports in a large project takes some seconds. */
  saveMs: 15_000,
  /** Tries to save a notebook after an edit, and the wait in between: the workbench is a moment behind, under load up to a second. */
  notebookSaves: 4,
  notebookSaveWaitMs: 500,
  /** Lines that the model is told of what saving changed; of more it is told where. */
  formattedLines: 40,

  /** Places that one command may reach: a person has to read them all. */
  commandHosts: 10,
  /** A command is waited for so long unless the model names another wait; then it goes on in the background. */
  commandMs: 120_000,
  commandMsMax: 20 * 60_000,
  /** A command that is to go on in the background at once: what fails at its start, or asks, says so by then. */
  backgroundStartMs: 2000,
  /** Nothing more after what looks like a question: it waits for input. Slow programs print no question. */
  promptQuietMs: 1500,
  /** Text of a command that can be read while it runs, at least; of what came before it, only what is kept beside the log. */
  backgroundChars: 1_000_000,
  /** Passed on of a command in a second, once it has printed more than is kept: redacting a flood would take all the time there is. */
  liveCharsPerSecond: 256_000,
  /** Commands in the background of one session; and how many of them are shown, ended ones included. */
  backgroundMax: 16,
  backgroundShown: 32,
  /** Typed into a command at once. */
  typedChars: 20_000,
  /** Output kept of one command, head and tail together; the rest is counted and dropped. What is kept fits one tool result. */
  commandOutputBytes: 28_000,
  /** The whole output of one command beside the log: a build that prints more prints noise. */
  outputKeptBytes: 5 * 1024 * 1024,
  /** Between SIGTERM and SIGKILL of a process group. */
  killGraceMs: 2000,
  /** Until a sandbox has shown that it holds: a bubblewrap that starts takes 10 ms, on a machine under load a second. */
  sandboxProbeMs: 15_000,
  /** Levels of a workspace that are searched for protected names before and after each command, and folders: more take longer than most commands. */
  sandboxSearchDepth: 6,
  sandboxSearchFolders: 4000,
  /** Protected names that are locked one by one, shallow ones first, and sockets that are covered: bubblewrap takes 9,000 arguments, three for each. */
  sandboxFixed: 1000,
  sandboxSockets: 300,
  /** Sessions of a window whose loopback is kept for their next command, two open files each. */
  sandboxNetworks: 8,

  /** Until a server has taken the connection: name, network and TLS take a second, on a bad network some. */
  modelConnectMs: 20_000,
  /** First byte of a reply (setting), then between two bytes: a server that is silent for longer is asked again. */
  modelFirstByteMs: 120_000,
  modelIdleMs: 60_000,
  /** Of a server on this machine or network: it reads a long prompt in minutes, and may write a whole call before it sends it. */
  localFirstByteMs: 10 * 60_000,
  localIdleMs: 5 * 60_000,
  /** A whole reply, however steadily it drips: the longest that is allowed takes 27 minutes at 20 tokens a second. */
  /** Between two parts of a model of the editor: its provider may gather a whole call before it passes it on. */
  lmIdleMs: 3 * 60_000,
  modelTotalMs: 30 * 60_000,
  localTotalMs: 120 * 60_000,
  /** Where the test of a model calls its first word slow, and its window small: system prompt, tools and one result take half of that. */
  slowFirstByteMs: 20_000,
  windowTokensMin: 24_000,
  modelAttempts: 5,
  modelBackoffMs: 1000,
  modelBackoffMsMax: 60_000,
  /** A server may ask for hours: after so long it is asked all the same. */
  retryAfterMsMax: 5 * 60_000,
  /** Overloads in a row until a step goes to the fallback model. */
  overloadsMax: 3,
  /** A server that is gone is asked whether it is back: first, and at most as seldom. */
  serverProbeMs: 5000,
  serverProbeMsMax: 60_000,

  /** Lines around a hunk that travel with it for display. */
  hunkContext: 3,
  /** Lines that differ between two texts before the search for common ones ends: its cost grows with the square, 500 take 60 ms. */
  diffEditsMax: 500,

  /** What the panel may say at once: a long paste, not a flood. */
  messageChars: 200_000,
  attachmentsMax: 50,
  /** Text of files that goes along with a task by itself, about 15,000 tokens; and of uncommitted changes. The model can read the rest. */
  attachedChars: 60_000,
  diffChars: 60_000,
  /** New files whose text goes along with uncommitted changes. */
  newFilesMax: 50,
  /** Until the editor has found the repositories of a window, and the names in a file: a language server that starts takes 2 s. */
  gitReadyMs: 5000,
  symbolsMs: 3000,
  /** Messages that wait: more is not a queue, it is a script. */
  queueMax: 50,
  /** Changes that one word of a person decides: a rewrite of a whole repository has some thousands. */
  reviewedHunksMax: 20_000,
  /** Lines of the person's own edit that the model is shown: it can read the file for more. And problems of one file. */
  newsLines: 60,
  newsProblems: 20,
  /** What the editor says of a text that was just changed: language servers answer in 0.3 to 2 s, and often twice. */
  problemsWaitMs: 2000,
  problemsQuietMs: 300,
  /** The workbench gathers what it tells for 50 ms, and tells some of it twice: what comes sooner after a change may be of the text before. */
  problemsLateMs: 250,
  /** Files that are looked at for problems at once: each is opened as a document. */
  problemsFilesMax: 20,
  /** Problems told of one file; more of them have one cause. */
  problemsPerFile: 50,
  /** Lines of a change as the person edited it that the log keeps: the model reads the file where it needs more. */
  reviewedLines: 200,
  /** Earlier states of a file that undo and redo find again, and their lines together: what an editor keeps of undo steps is more. */
  rememberedStates: 100,
  rememberedLines: 1_000_000,
  /** Steps of a plan, and its checks: the model is told to make seven. */
  planItemsMax: 30,
  /** One step of a plan, or one check: more is a detail of it. */
  planTextChars: 10_000,
  /** Conflicts of one restore that a person says a word on: each is one line in the panel. */
  restoreChoicesMax: 10_000,
  /** A copy of one file in a checkpoint: larger ones are data, and are told as not kept. */
  checkpointFileBytes: 10 * 1024 * 1024,
  /** Copies of files that no version control knows, made before a command; beyond it they are told as not kept. */
  checkpointTreeBytes: 64 * 1024 * 1024,
  /** Files of one command whose states are kept: more is an installation or another branch, and is told as not kept. */
  checkpointFilesMax: 5000,
  /** Files whose names and dates are known before a command: a large repository has 100,000; beyond it a command's changes go unseen. */
  treeFilesMax: 200_000,
  /** Folders watched for changes, one system watch each on Linux, which has 65,536 for all programs; beyond it dates are compared. */
  treeWatchesMax: 16_384,
  /** Names that the wild cards of one command are matched against before it runs without a question: more take 100 ms. */
  wildCardEntries: 20_000,
  /** Until the system has told all changes that it saw: it takes 1 ms; after this, dates are compared. */
  treeSettleMs: 2000,
  /** An exported session that is read in at all, unpacked; and one line of it, which a kept file of the largest size fits. */
  importBytesMax: 512 * 1024 * 1024,
  importLineBytes: 64 * 1024 * 1024,
  /** What the catalogue holds of a session to be searched, newest kept; and of one message. */
  searchedChars: 32_000,
  searchedMessageChars: 2000,
  /** Logs that are looked at side by side for a list: more gains nothing on a disk, and takes as many open files. */
  parallelLogs: 16,
  /**
   * Code that a turn begins with, picked for its task (setting): three to ten functions; a later step gets a quarter of it. With
   * 8,000 nine percent more of what tasks change stands there, and 50 steps cost a seventh more (`bench:context`, `bench:tokens`).
   */
  contextTokens: 4000,
  /** For an index that is still being made, once in a session; then for picking: queries take 0.1 to 0.4 s, the first of a process on a busy machine ten times that. */
  indexWaitMs: 2500,
  selectMs: 3000,
  /** Names in one answer: more is a list to search in, not to read. And what is asked of the index where all of a file counts. */
  foundSymbols: 30,
  foundReferences: 100,
  outlinedSymbols: 300,
  outlineSymbols: 5000,
  /** One hook (its own "timeout"), and at most; what it may say, and print: more than a page is no reason. */
  hookMs: 60_000,
  hookMsMax: 600_000,
  hookTextChars: 10_000,
  /** Each word of a command is looked at as a file, before and after it runs. */
  hookCommandChars: 4000,
  hookOutputChars: 1_000_000,
  /** How often hooks can have one turn go on that would have ended. */
  hookStopsMax: 3,
  /** A settings file that is read at all: thousands of rules. */
  settingsBytesMax: 256 * 1024,
  /** A file that tells the agent something: larger ones are data. */
  guideBytesMax: 256 * 1024,
  /** Instructions of one folder in the prompt with what they import, about 4,000 tokens; and how deep an import imports. */
  instructionChars: 16_000,
  importDepth: 5,
  /** A note: more is a document; and how many are kept for a person, and for a project, before the least used gives way. */
  noteChars: 4000,
  noteTitleChars: 100,
  notesMax: 100,
  /** What of them stands in the prompt, about 1,000 tokens, sent with every request; and a note that stands there whole. */
  manifestNotes: 40,
  manifestChars: 4000,
  manifestNoteChars: 200,
  /** Words by which past sessions are looked for: each is a search of their list. And what is told of one task, or of its end. */
  pastWords: 8,
  episodeChars: 1500,
  /** Prompt files that are offered; and lines of the AGENTS.md that `/init` asks for: it is sent with every request. */
  promptFilesMax: 200,
  initLines: 60,
  /** Folders that are looked at for instructions before each request, the last that were come to; each takes some 0.1 ms. */
  guideFolders: 100,
  /** Skills that the agent is told of, and characters of what each is for, about 100 tokens: they are sent with every request. */
  skillsMax: 50,
  skillDescriptionChars: 400,
  /** Levels of one call's input: tools take three, and some thousand cannot be written down again. */
  inputDepthMax: 100,
  /** A command line that is judged word by word: a file that is written by a here-document fits; more is dangerous at once. */
  judgedLineChars: 40_000,
  /** Input of one call in the audit: a file that is written whole stands in the session's log. */
  auditInputChars: 4000,
  /** What `recall` finds at once, and shows of each around the words. */
  recallHits: 8,
  recallHitChars: 240,
  /** Replies that stay word for word when room is made in the conversation. */
  compactKeepsReplies: 3,
  /** What a model is taken to hold where nobody says: those of Anthropic, and others. */
  windowTokens: 200_000,
  windowTokensOther: 32_000,
  /** Shares of the window: room is made once a request with its reply passes the first, until it is below the second. */
  roomAtShare: 0.95,
  roomToShare: 0.5,
  /** Room that leaves more than this is not worth a summary: the next request would want it again. */
  roomGain: 0.9,
  /** The most of the window that a reply is given room for, and that the record of the session may take. */
  replyShare: 0.2,
  recordShare: 0.35,
  /** What stands twice in the conversation is left out for its cost from so many tokens on: each time breaks the cache and is a row in the panel. */
  repeatedTokensMin: 4000,
  /** A summary of what is left out, with the thinking before it. */
  summaryTokens: 4000,
  /** How often room is made for one request that the server refuses for its length. */
  overflowsMax: 2,
  /** Pieces that one word of a person pins or drops; what `@` is looked for by, and what it offers: a list that fits the panel. */
  adjustedMax: 500,
  mentionChars: 200,
  mentionsShown: 12,
  /** Names that `@` is matched against, of those that have its letters in order: more of them tell no better ones apart. */
  mentionNames: 2000,
  /** A language server that is still loading its project may take minutes; the index answers meanwhile. */
  languageServerMs: 5000,

  /** The end of a running command's output that the panel keeps; the whole comes with the result. */
  liveOutputChars: 8000,
} as const;
