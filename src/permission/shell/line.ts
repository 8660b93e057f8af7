/** What a command line is made of, whichever shell it is written for: the words of `permission/shell`. */

export const shellKinds = ['bash', 'zsh', 'powershell', 'cmd'] as const;
export type ShellKind = (typeof shellKinds)[number];

export interface Word {
  /** As the program gets it, as far as that can be known; what an expansion brings in is left out. */
  readonly text: string;
  /** As it is written. */
  readonly raw: string;
  /** Holds an expansion: what the program gets is not known. */
  readonly dynamic: boolean;
  /** Unquoted `*`, `?` or `[`. */
  readonly glob: boolean;
  /** Unquoted `{`: one word that may become several. */
  readonly brace: boolean;
  /** Begins with an unquoted `~`. */
  readonly home: boolean;
  /** Names of the variables in it. */
  readonly variables: readonly string[];
}

export interface Redirect {
  /** `>`, `>>`, `<`, `>&`, `&>`, `<<`, `<<<`, `<>`, `>|` */
  readonly sign: string;
  readonly target: Word;
}

export interface Assignment {
  readonly name: string;
  readonly value: Word;
}

/** One simple command, wherever in the line it stands: at the top, in a substitution, a function, a branch. */
export interface Command {
  readonly words: readonly Word[];
  readonly assignments: readonly Assignment[];
  readonly redirects: readonly Redirect[];
  /** Its input comes from the command before it, a file or the line itself. */
  readonly fed: 'pipe' | 'text' | null;
  /** It stands in a pipeline: a change of folder ends with it. */
  readonly inPipe: boolean;
  /** As it is written. */
  readonly text: string;
}

export interface ShellLine {
  readonly commands: readonly Command[];
  /** What keeps the line from being read as plain commands, for a person: "a `$`"; null: it is plain. */
  readonly unread: string | null;
  /** What makes it dangerous however its commands are judged: "a function that calls itself". */
  readonly alarm: string | null;
}

/** The name of a program without its folder. */
export function lastPart(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
