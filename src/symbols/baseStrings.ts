/** Many strings in one piece of memory, found by a hash table that is part of it, so that nothing is built when they are loaded. */

export interface Strings {
  readonly count: number;
  /** UTF-8, one after the other. */
  readonly bytes: Buffer;
  /** Where each begins; one more than there are strings. */
  readonly offsets: Uint32Array;
  /** Open addressing, a power of two; number + 1, 0: free. */
  readonly slots: Uint32Array;
}

export function stringsOf(offsets: Uint32Array, bytes: Uint8Array, slots: Uint32Array): Strings {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { count: offsets.length - 1, offsets, bytes: buffer, slots };
}

export const noStrings: Strings = stringsOf(new Uint32Array(1), new Uint8Array(0), new Uint32Array(1));

export function stringAt({ bytes, offsets }: Strings, index: number): string {
  return bytes.toString('utf8', offsets[index], offsets[index + 1]);
}

/** -1: it is not among them. */
export function indexOfString({ bytes, offsets, slots }: Strings, text: string): number {
  const mask = slots.length - 1;
  let hash = hashSeed;
  let wide = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    wide |= unit;
    hash = Math.imul(hash ^ unit, hashFactor);
  }
  const encoded = wide > 127 ? Buffer.from(text) : null;
  for (let at = spread(hash) & mask; ; at = (at + 1) & mask) {
    const index = (slots[at] ?? 0) - 1;
    if (index < 0) return -1;
    const from = offsets[index] ?? 0;
    const length = (offsets[index + 1] ?? 0) - from;
    if (length !== (encoded ?? text).length) continue;
    let same = 0;
    if (encoded === null) while (same < length && bytes[from + same] === text.charCodeAt(same)) same++;
    else while (same < length && bytes[from + same] === encoded[same]) same++;
    if (same === length) return index;
  }
}

/** Collects strings, each once, copies of others among them without being decoded. */
export class StringsBuilder {
  #bytes: Uint8Array;
  #offsets: Uint32Array;
  #length = 0;
  #count = 0;

  constructor(countGuess: number, bytesGuess: number) {
    this.#offsets = new Uint32Array(countGuess + 1);
    this.#bytes = new Uint8Array(bytesGuess);
  }

  get count(): number {
    return this.#count;
  }

  add(text: string): number {
    this.#reserve(text.length * 3);
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(this.#length));
    return this.#end(written);
  }

  copy(from: Strings, index: number): number {
    const start = from.offsets[index] ?? 0;
    const end = from.offsets[index + 1] ?? 0;
    this.#reserve(end - start);
    const to = this.#bytes;
    for (let i = start, at = this.#length; i < end; i++, at++) to[at] = from.bytes[i] ?? 0; // short ones: sooner than a call
    return this.#end(end - start);
  }

  finish(): Strings {
    const offsets = this.#offsets.slice(0, this.#count + 1);
    const bytes = this.#bytes.slice(0, this.#length);
    const strings = stringsOf(offsets, bytes, new Uint32Array(slotsFor(this.#count)));
    const { slots } = strings;
    const mask = slots.length - 1;
    for (let index = 0; index < this.#count; index++) {
      let at = hashAt(strings, index) & mask;
      while (slots[at] !== 0) at = (at + 1) & mask;
      slots[at] = index + 1;
    }
    return strings;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes > this.#bytes.length) {
      const larger = new Uint8Array(2 * (this.#length + bytes));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    if (this.#count + 2 > this.#offsets.length) {
      const larger = new Uint32Array(2 * (this.#count + 2));
      larger.set(this.#offsets);
      this.#offsets = larger;
    }
  }

  #end(bytes: number): number {
    this.#length += bytes;
    this.#offsets[this.#count + 1] = this.#length;
    return this.#count++;
  }
}

/** Half of them stay free, so that a miss ends soon. */
function slotsFor(count: number): number {
  let size = 2;
  while (size < 2 * count) size *= 2;
  return size;
}

/** As `indexOfString` finds it: of UTF-16 units. */
function hashAt(strings: Strings, index: number): number {
  const { bytes, offsets } = strings;
  let hash = hashSeed;
  for (let i = offsets[index] ?? 0, end = offsets[index + 1] ?? 0; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte > 127) return hashOf(stringAt(strings, index));
    hash = Math.imul(hash ^ byte, hashFactor);
  }
  return spread(hash);
}

function hashOf(text: string): number {
  let hash = hashSeed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), hashFactor);
  return spread(hash);
}

const hashSeed = 0x811c9dc5;
const hashFactor = 0x01000193;
const encoder = new TextEncoder();

function spread(hash: number): number {
  return (hash ^ (hash >>> 15)) >>> 0;
}
