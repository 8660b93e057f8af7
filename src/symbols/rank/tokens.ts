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
    for (const { 0: word, index } of text.matchAll(/[\p{L}_$][\p{L}\p{N}_$]*/gu)) {
      let id = this.#ids.get(word);
      if (id === undefined) {
        id = this.#ids.size;
        this.#ids.set(word, id);
        this.#words.push(word);
      }
      ids.push(id);
      offsets.push(index);
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

const commentLine = /^\s*(?:\/\/|\/?\*|#|--|;)/;

/** Of all files kept together, about 16 MB. */
const tokensMax = 2_000_000;
