/** The tokens of one file in arrays that are used again for the next. */

/** Kinds of tokens below the codes of characters; every other token is the one character that its kind is the code of. */
export const tokenKind = {
  name: 1,
  number: 2,
  text: 3,
  /** `${` of a template and its `}`. */
  holeOpen: 4,
  holeClose: 5,
  directive: 6,
  newline: 10,
} as const;

export class Tokens {
  kinds = new Uint8Array(0);
  starts = new Int32Array(0);
  ends = new Int32Array(0);
  /** Of names: see `hashOf`. */
  hashes = new Int32Array(0);
  /** Of brackets: the place of the other one. */
  partners = new Int32Array(0);
  /** In order; an end of line after `//` does not belong to it. */
  commentStarts = new Int32Array(0);
  commentEnds = new Int32Array(0);
  size = 0;
  comments = 0;
  /** Brackets that were open at once. */
  deepest = 0;
  /** Every bracket has its partner. */
  balanced = true;

  begin(capacity: number): void {
    this.size = 0;
    this.comments = 0;
    this.deepest = 0;
    this.balanced = true;
    if (this.kinds.length >= capacity && this.kinds.length < capacity * 64) return;
    const length = Math.max(1024, 1 << Math.ceil(Math.log2(capacity)));
    this.kinds = new Uint8Array(length);
    this.starts = new Int32Array(length);
    this.ends = new Int32Array(length);
    this.hashes = new Int32Array(length);
    this.partners = new Int32Array(length);
    this.commentStarts = new Int32Array((length >> 1) + 1);
    this.commentEnds = new Int32Array((length >> 1) + 1);
  }
}

/** As the scan hashes names. */
export function hashOf(word: string): number {
  let hash = 0;
  for (let index = 0; index < word.length; index++) hash = (Math.imul(hash, 0x01000193) ^ word.charCodeAt(index)) | 0;
  return hash;
}
