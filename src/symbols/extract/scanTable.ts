/** A language's syntax, made ready for a scan: what each character may start. */
import type { Syntax } from './scanSyntax.ts';

/** Classes of characters. */
export const charClass = {
  other: 0,
  letter: 1,
  digit: 2,
  space: 3,
  newline: 4,
  opening: 5,
  bracketOpen: 6,
  bracketClose: 7,
} as const;

/** What an opening stands for. */
export type Rule =
  | { readonly kind: 'line'; readonly open: readonly number[] }
  | { readonly kind: 'block'; readonly open: readonly number[]; readonly close: readonly number[] }
  | {
      readonly kind: 'string';
      readonly open: readonly number[];
      readonly close: readonly number[];
      readonly lines: boolean;
      readonly plain: boolean;
    }
  | { readonly kind: 'template' | 'directive' | 'lifetime' | 'slash'; readonly open: readonly number[] };

export interface ScanTable {
  readonly syntax: Syntax;
  /** By UTF-16 unit. */
  readonly classes: Uint8Array;
  /** By the unit that they start with; those to be tried first come first. */
  readonly rules: readonly (readonly Rule[])[];
}

const tables = new WeakMap<Syntax, ScanTable>();
const nothing: Syntax = { dollar: true };

export function scanTable(syntax: Syntax | null): ScanTable {
  const wanted = syntax ?? nothing;
  let table = tables.get(wanted);
  if (table === undefined) tables.set(wanted, (table = makeTable(wanted)));
  return table;
}

function makeTable(syntax: Syntax): ScanTable {
  const classes = letterClasses().slice();
  if (syntax.dollar === undefined) classes[codeOf('$')] = charClass.other;
  const rules: Rule[][] = Array.from({ length: 128 }, () => []);
  const add = (rule: Rule): void => {
    const first = rule.open[0] ?? 0;
    classes[first] = charClass.opening;
    rules[first]?.push(rule);
  };
  for (const [open, close] of syntax.block ?? []) add({ kind: 'block', open: units(open), close: units(close) });
  if (syntax.directives === true) add({ kind: 'directive', open: units('#') });
  for (const open of syntax.line ?? []) add({ kind: 'line', open: units(open) });
  if (syntax.lifetimes === true) add({ kind: 'lifetime', open: units("'") });
  for (const { open, close, lines, plain } of syntax.strings ?? [])
    add({ kind: 'string', open: units(open), close: units(close), lines: lines === true, plain: plain === true });
  if (syntax.script === true) {
    add({ kind: 'slash', open: units('/') });
    add({ kind: 'template', open: units('`') });
  }
  return { syntax, classes, rules };
}

let letters: Uint8Array | null = null;

function letterClasses(): Uint8Array {
  if (letters !== null) return letters;
  const classes = new Uint8Array(65_536);
  const all = new Uint16Array(65_536 - 128).map((_, index) => index + 128);
  // Halves of surrogate pairs are no letters by themselves.
  const text = Buffer.from(all.buffer).toString('utf16le');
  for (const { 0: run, index } of text.matchAll(/[\p{ID_Continue}]+/gu))
    classes.fill(charClass.letter, index + 128, index + 128 + run.length);
  classes.fill(charClass.other, 0xd800, 0xe000);
  classes.fill(charClass.letter, codeOf('a'), codeOf('z') + 1);
  classes.fill(charClass.letter, codeOf('A'), codeOf('Z') + 1);
  classes.fill(charClass.digit, codeOf('0'), codeOf('9') + 1);
  for (const letter of '_$') classes[codeOf(letter)] = charClass.letter;
  for (const space of ' \t\r\f\v\u00a0\ufeff\u2028\u2029') classes[codeOf(space)] = charClass.space;
  classes[codeOf('\n')] = charClass.newline;
  for (const open of '([{') classes[codeOf(open)] = charClass.bracketOpen;
  for (const close of ')]}') classes[codeOf(close)] = charClass.bracketClose;
  return (letters = classes);
}

function units(text: string): number[] {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
}

function codeOf(character: string): number {
  return character.charCodeAt(0);
}
