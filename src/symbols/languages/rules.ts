/** How the definitions and imports of a language are told from its syntax tree, as data that any walk over the tree can follow. */
import type { SymbolKind } from '../../core/symbols.ts';

/**
 * A way from a node down to one below it, steps parted by spaces:
 * `name` the first child in the field `name` · `:a|b` its first named child of one of these types · `value:a|b` the child in
 * that field, when it is of one of these types · `declarator*` the same field again and again as long as there is one (none at
 * all is fine), `declarator*:a|b` when the last is of one of these types. A way that cannot be gone to its end leads nowhere.
 * Several ways: the first that leads somewhere.
 */
export type Way = string;
export type Ways = Way | readonly Way[];

/** Holds when the way leads to a node of one of the types (any without) whose text fits; `not`: when it does not hold. */
export interface Condition {
  readonly at: Way;
  readonly types?: readonly string[];
  /** Never sticky or global. */
  readonly text?: RegExp;
  readonly not?: true;
}

export interface DefinitionRule {
  readonly kind: SymbolKind;
  /** Its kind instead, directly in a class, interface, enum or type, no function in between. */
  readonly member?: SymbolKind;
  /** To the node whose text, without quotes around it, is the name; where it leads nowhere there is no definition. */
  readonly name: Ways;
  /** To the name of the type that it belongs to, for what stands outside of it. */
  readonly owner?: Ways;
  /** To where its body begins; nowhere: it has none. */
  readonly body?: Ways;
  /** All have to hold. */
  readonly when?: readonly Condition[];
  /** Types that its parent may have, then those of the parent's parent, and so on. */
  readonly under?: readonly (readonly string[])[];
  /** Only outside of `scopes`. */
  readonly top?: true;
  /** At most so many definitions around it. */
  readonly depth?: number;
  /** Another name for what is defined inside it: no parent of that, and nothing at all when that has the same name. */
  readonly alias?: true;
}

export interface LanguageRules {
  /** By type of named node; of several rules the first that fits. */
  readonly definitions: Readonly<Record<string, DefinitionRule | readonly DefinitionRule[]>>;
  /** Named nodes that are functions, or hold code that runs: what is below them is local. */
  readonly scopes: readonly string[];
  /**
   * A definition that is the only named child of its type in a parent of these types has the range of that parent, and so on
   * upwards: `export`, decorators, `const`, `template <class T>`.
   */
  readonly wrappers?: readonly string[];
  /**
   * Named nodes that belong to the definition whose range starts next after them: attributes, decorators that stand before it as
   * siblings. Comments between them do not count.
   */
  readonly leading?: readonly string[];
  /** A named sibling of these types directly after what has the definition's range is its body, and within that range. */
  readonly trailing?: readonly string[];
  /** By type of named node: how its text says what is imported. */
  readonly imports?: Readonly<Record<string, ImportRule>>;
}

export interface ImportRule {
  readonly when?: readonly Condition[];
  /** Of `readImports` in `extract/imports.ts`. */
  readonly read: ImportReader;
}

/** How the text of an import is read. */
export type ImportReader =
  /** What stands in the first quotes, or in `<…>`. */
  | 'quoted'
  /** What stands in the last quotes. */
  | 'lastQuoted'
  /** All that stands in quotes. */
  | 'allQuoted'
  /** `import a.b.C`, `using A.B;`: the first name with dots after the first word. */
  | 'dotted'
  | 'python'
  | 'rust'
  | 'php'
  | 'scala'
  | 'elixir'
  | 'bash'
  /** `src` or `href` of an element. */
  | 'attribute';
