/** How comments and strings look in each language: all that is needed to tell code from prose, and brackets from mere characters. */
export interface Syntax {
  /** Start a comment that goes to the end of its line. */
  readonly line?: readonly string[];
  readonly block?: readonly (readonly [open: string, close: string])[];
  /** Block comments hold block comments. */
  readonly nested?: true;
  /** A `line` comment starts only at the start of a word: `$#` and `a#b` are none. */
  readonly spaced?: true;
  /** Longer openings first. */
  readonly strings?: readonly StringSyntax[];
  /** `$` belongs to words. */
  readonly dollar?: true;
  /** Ends of lines are tokens. */
  readonly newlines?: true;
  /** `/` may start a regular expression; '`' starts a template with code in `${}`. */
  readonly script?: true;
  /** `<` and `/` may be of an element, never of a regular expression. */
  readonly elements?: true;
  /** `'a` is no string but a lifetime or symbol, `'a'` is a character. */
  readonly lifetimes?: true;
  /** `r#"…"#` or `R"x(…)x"`. */
  readonly raw?: 'rust' | 'cpp';
  /** A line that starts with `#` is a directive. */
  readonly directives?: true;
  /** All of it is prose. */
  readonly prose?: true;
}

export interface StringSyntax {
  readonly open: string;
  readonly close: string;
  /** It may hold ends of lines; where not, it ends with its line at the latest. */
  readonly lines?: true;
  /** A backslash is nothing special in it. */
  readonly plain?: true;
}

const double: StringSyntax = { open: '"', close: '"' };
const single: StringSyntax = { open: "'", close: "'" };
const triple: StringSyntax = { open: '"""', close: '"""', lines: true };
const tripleSingle: StringSyntax = { open: "'''", close: "'''", lines: true };
const doubleLines: StringSyntax = { open: '"', close: '"', lines: true };

const slashes = { line: ['//'], block: [['/*', '*/']] } as const;
const script: Syntax = { ...slashes, strings: [double, single], dollar: true, script: true };
const c: Syntax = { ...slashes, strings: [double, single], directives: true };

const syntaxes: Readonly<Record<string, Syntax>> = {
  typescript: script,
  javascript: { ...script, elements: true },
  tsx: { ...script, elements: true },
  python: { line: ['#'], strings: [triple, tripleSingle, double, single], newlines: true },
  go: { ...slashes, strings: [double, single, { open: '`', close: '`', lines: true, plain: true }], newlines: true },
  rust: { ...slashes, nested: true, strings: [doubleLines], lifetimes: true, raw: 'rust' },
  java: { ...slashes, strings: [triple, double, single], dollar: true },
  c,
  cpp: { ...c, raw: 'cpp' },
  csharp: {
    ...slashes,
    strings: [
      { open: '@"', close: '"', lines: true, plain: true },
      { open: '@$"', close: '"', lines: true, plain: true },
      { ...triple, plain: true },
      double,
      single,
    ],
    directives: true,
  },
  ruby: { line: ['#'], block: [['=begin', '=end']], spaced: true, strings: [double, single] },
  php: { line: ['//', '#'], block: [['/*', '*/']], spaced: true, strings: [double, single] },
  kotlin: { ...slashes, nested: true, strings: [triple, double, single] },
  scala: { ...slashes, nested: true, strings: [triple, double], lifetimes: true },
  swift: { ...slashes, nested: true, strings: [triple, double] },
  dart: { ...slashes, nested: true, strings: [triple, tripleSingle, double, single] },
  zig: { line: ['//'], strings: [{ open: '\\\\', close: '\n', plain: true }, double, single] },
  bash: { line: ['#'], spaced: true, strings: [double, { ...single, plain: true }] },
  lua: {
    line: ['--'],
    block: [['--[[', ']]']],
    strings: [{ open: '[[', close: ']]', lines: true, plain: true }, double, single],
  },
  elixir: { line: ['#'], strings: [triple, tripleSingle, double] },
  html: { block: [['<!--', '-->']] },
  css: { block: [['/*', '*/']], strings: [double, single] },
  json: {},
  yaml: { line: ['#'], spaced: true },
  toml: { line: ['#'], strings: [{ ...triple }, { ...tripleSingle, plain: true }, double, { ...single, plain: true }] },
  markdown: { prose: true },
};

/** null: nothing is known of its comments, all of it counts as code. */
export function syntaxOf(language: string | null): Syntax | null {
  return language === null ? null : (syntaxes[language] ?? null);
}
