/** The words of a text and where they stand, kept for the files that were looked at last. */
import { indexOfString, stringAt, StringsBuilder } from '../baseStrings.ts';

export interface Tokens {
  /** Numbers of the words (`tokenId`), in order, and where each begins. */
  readonly ids: Uint32Array;
  readonly offsets: Uint32Array;
  /** Where each line begins. */
  readonly lines: Uint32Array;
  /** 1: a line that begins as comments do. */
  readonly comments: Uint8Array;
}

/** Place of the first token at or behind `offset`. */
export function firstAt(offsets: Uint32Array, offset: number): number {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle] ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function wordTable(): StringsBuilder {
  return new StringsBuilder(20_000, 200_000);
}

export class TokenCache {
  readonly #known = new Map<string, Tokens>();
  #words = wordTable();
  #size = 0;

  /** Number of a word that stands in some text looked at; -1: in none. */
  tokenId(word: string): number {
    return indexOfString(this.#words, word);
  }

  word(id: number): string {
    return stringAt(this.#words, id);
  }

  /** Above every number given. */
  get count(): number {
    return this.#words.count;
  }

  /** Before a look: numbers hold until the next one. */
  begin(): void {
    if (this.count <= wordsMax) return;
    this.#known.clear();
    this.#words = wordTable();
    this.#size = 0;
  }

  of(key: string, text: () => string | null): Tokens | null {
    const known = this.#known.get(key);
    if (known) {
      this.#known.delete(key);
      this.#known.set(key, known);
      return known;
    }
    const read = text();
    if (read === null) return null;
    const tokens = this.#read(read);
    this.#known.set(key, tokens);
    this.#size += tokens.ids.length;
    for (const [oldest, { ids }] of this.#known) {
      if (this.#size <= tokensMax || oldest === key) break;
      this.#known.delete(oldest);
      this.#size -= ids.length;
    }
    return tokens;
  }

  #read(text: string): Tokens {
    const ids: number[] = [];
    const offsets: number[] = [];
    const lines = [0];
    const comments = [isComment(text, 0) ? 1 : 0];
    for (let at = 0; at < text.length;) {
      const unit = text.charCodeAt(at);
      if (partOf(unit) === letter) {
        const from = at++;
        while (at < text.length && partOf(text.charCodeAt(at)) !== other) at++;
        ids.push(this.#words.idOf(text, from, at));
        offsets.push(from);
        continue;
      }
      at++;
      if (unit !== 10) continue;
      lines.push(at);
      comments.push(isComment(text, at) ? 1 : 0);
    }
    return {
      ids: new Uint32Array(ids),
      offsets: new Uint32Array(offsets),
      lines: new Uint32Array(lines),
      comments: new Uint8Array(comments),
    };
  }
}

const other = 0;
const digit = 1;
const letter = 2;
/** What a UTF-16 unit is in a word; beyond ASCII all that is no space or mark counts as a letter. */
const ascii = Uint8Array.from({ length: 128 }, (_, unit) => {
  const char = String.fromCharCode(unit);
  return /[A-Za-z_$]/.test(char) ? letter : /\d/.test(char) ? digit : other;
});

function partOf(unit: number): number {
  if (unit < 128) return ascii[unit] ?? other;
  return unit < 0xc0 || (unit >= 0x2000 && unit < 0x2070) || (unit >= 0x3000 && unit < 0x3040) || unit === 0xfeff
    ? other
    : letter;
}

/** `//`, `/*`, `*`, `#`, `--` and `;` begin a comment in some language. */
function isComment(text: string, line: number): boolean {
  let at = line;
  while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at++;
  switch (text[at]) {
    case '*':
    case '#':
    case ';':
      return true;
    case '/':
      return text[at + 1] === '/' || text[at + 1] === '*';
    case '-':
      return text[at + 1] === '-';
    default:
      return false;
  }
}

/** Of all files kept together, about 16 MB. */
const tokensMax = 2_000_000;
/** Distinct words of all files looked at: beyond it everything is forgotten, before the next look. */
const wordsMax = 1_000_000;
