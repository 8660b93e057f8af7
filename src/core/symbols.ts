/** The words of the symbol index and of what it picks for the model. The index is `symbols/`; the picking `context/select.ts`. */

export const symbolKinds = [
  'function', 'method', 'class', 'interface', 'type', 'enum', 'constant', 'variable', 'field', 'module', 'macro', 'heading', 'key',
] as const; // prettier-ignore
export type SymbolKind = (typeof symbolKinds)[number];

/** What holds other symbols, which rank by themselves. */
export const containerKinds: ReadonlySet<SymbolKind> = new Set<SymbolKind>([
  'class',
  'interface',
  'module',
  'enum',
  'type',
  'heading',
]);

/** From 1, both included. */
export interface LineSpan {
  readonly startLine: number;
  readonly endLine: number;
}
/** Lines of a file. `path` as the tools name it. */
export interface CodeRange extends LineSpan {
  readonly path: string;
}

/** Something that has a name and a place. Lines include decorators and an `export` before it, not the comment above. */
export interface Definition extends CodeRange {
  readonly name: string;
  readonly kind: SymbolKind;
  /** `Parser.parse`: the names around it with its own, by dots. */
  readonly qualified: string;
  /** Where the name itself stands. */
  readonly nameLine: number;
  /** UTF-16 units from the start of `nameLine`, from 0. */
  readonly nameColumn: number;
  /** Its head on one line, without the body: `async upload(file: File): Promise<Receipt>`. */
  readonly signature: string;
  /** The first sentence or line of its comment; '' when it has none. */
  readonly doc: string;
}

/** A line where a name stands. */
export interface CodeReference {
  readonly path: string;
  readonly line: number;
  /** The line itself, cut to `limits.searchLineChars`. */
  readonly text: string;
  /** The definition that it stands in: `Parser.parse`; '' at the top of a file. */
  readonly within: string;
}

export interface IndexStatus {
  readonly state: 'starting' | 'indexing' | 'ready' | 'cancelled' | 'failed';
  /** Files that count by now, and all that were found. */
  readonly indexed: number;
  readonly files: number;
  readonly definitions: number;
  /** `failed`, or files that count by their words only: what happened, for a person. */
  readonly message: string | null;
}

/** Why a piece of code was picked; `of` are words, names or paths, the most telling first. */
export interface Reason {
  readonly kind:
    /** The person asked for it: pinned, or added by `@`. */
    | 'pinned'
    /** The text names it. */
    | 'named'
    /** A stack frame, a failing test or a problem points at it. */
    | 'place'
    /** Words of the task stand in it. */
    | 'words'
    /** Words of the task stand in its path. */
    | 'path'
    /** Past commits with these words changed it; `of` are their first lines. */
    | 'history'
    /** Past commits changed it together with these files. */
    | 'together'
    /** It uses these, or is used by them. */
    | 'uses'
    | 'used_by'
    /** It stands beside these files. */
    | 'near'
    /** Its name is like those of these files. */
    | 'alike';
  readonly of: readonly string[];
}

/** What to look for. Everything is optional but some text or file. */
export interface CodeQuery {
  /** In words, the most important first; 1 is the weight of the task itself. */
  readonly texts: readonly { readonly text: string; readonly weight: number }[];
  /** Files that were looked at, oldest first. */
  readonly seen: readonly string[];
  /** Files that were changed in this session, oldest first, with the text of the change where it is known. */
  readonly edited: readonly { readonly path: string; readonly text: string }[];
  /** Files that the person has open, the active one first. */
  readonly open: readonly string[];
  /** What results point at. */
  readonly places: readonly { readonly path: string; readonly line: number }[];
  /** Never among the answers: what the person dropped. */
  readonly without: readonly CodeRef[];
  /** How many of each are wanted. */
  readonly filesMax: number;
  readonly symbolsMax: number;
}

/** A symbol by its qualified name, or a whole file. */
export interface CodeRef {
  readonly path: string;
  /** null: the file. */
  readonly symbol: string | null;
}

export interface RankedFile {
  readonly path: string;
  readonly score: number;
  readonly why: readonly Reason[];
}
export interface RankedSymbol extends Definition {
  readonly score: number;
  readonly why: readonly Reason[];
  /** UTF-16 units of its lines, line ends included. */
  readonly chars: number;
  /** Of a long one that is no container: where in it the query's words stand, the most telling lines first. */
  readonly focus: readonly LineSpan[];
  /** Of the file's text that the lines are of. */
  readonly version: string;
}
/** Best first; the same for the same files, history and query. */
export interface CodeRanking {
  readonly files: readonly RankedFile[];
  readonly symbols: readonly RankedSymbol[];
  /** Every file counted; else the index is still being made. */
  readonly complete: boolean;
}

/** How much of a symbol is shown. */
export type PieceForm = 'body' | 'part' | 'signature' | 'outline';

/** A piece of code as the model was shown it. */
export interface ContextPiece extends CodeRange {
  readonly form: PieceForm;
  /** Qualified name; null for a file as a whole. */
  readonly symbol: string | null;
  /** Exactly what was shown, without line numbers. */
  readonly text: string;
  /** Estimated: 4 characters each. */
  readonly tokens: number;
  readonly why: readonly Reason[];
}

/** What was shown before and is no longer so. */
export interface StalePiece extends CodeRange {
  readonly symbol: string | null;
  /** `moved`: the same text stands `by` lines further down now. `changed`: what followed the lines does. */
  readonly now: 'changed' | 'moved' | 'gone';
  readonly by: number;
}
