/** The words of a text and where they stand, kept for the files that were looked at last. */

export interface Tokens {
  /** Numbers of the words (`tokenId`), in order, and where each begins. */
  readonly ids: Uint32Array;
  readonly offsets: Uint32Array;
  /** Where each line begins. */
  readonly lines: Uint32Array;
  /** 1: a line that begins as comments do. */
  readonly comments: Uint8Array;
  /** UTF-16 units of the text. */
  readonly length: number;
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

export class TokenCache {
  readonly #known = new Map<string, Tokens>();
  readonly #ids = new Map<string, number>();
  readonly #words: string[] = [];
  #size = 0;

  /** Number of a word that stands in some text looked at; undefined: in none. */
  tokenId(word: string): number | undefined {
    return this.#ids.get(word);
  }

  word(id: number): string {
    return this.#words[id] ?? '';
  }

  /** Above every number given. */
  get count(): number {
    return this.#ids.size;
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
    for (let at = 0; at < text.length;) {
      if (partOf(text.charCodeAt(at)) !== letter) {
        at++;
        continue;
      }
      const from = at;
      while (at < text.length && partOf(text.charCodeAt(at)) !== other) at++;
      const word = text.slice(from, at);
      let id = this.#ids.get(word);
      if (id === undefined) {
        id = this.#ids.size;
        this.#ids.set(word, id);
        this.#words.push(word);
      }
      ids.push(id);
      offsets.push(from);
    }
    const lines = [0];
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.push(at + 1);
    const comments = Uint8Array.from(lines, (start) => (commentLine.test(text.slice(start, start + 80)) ? 1 : 0));
    return {
      ids: Uint32Array.from(ids),
      offsets: Uint32Array.from(offsets),
      lines: Uint32Array.from(lines),
      comments,
      length: text.length,
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

const commentLine = /^\s*(?:\/\/|\/?\*|#|--|;)/;

/** Of all files kept together, about 16 MB. */
const tokensMax = 2_000_000;
