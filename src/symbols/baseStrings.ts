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
  return { count: offsets.length - 1, offsets, bytes: asBuffer(bytes), slots };
}

export const noStrings: Strings = stringsOf(new Uint32Array(1), new Uint8Array(0), new Uint32Array(1));

export function stringAt({ bytes, offsets }: Strings, index: number): string {
  return bytes.toString('utf8', offsets[index], offsets[index + 1]);
}

/** Of a part of a text, without making it a string of its own. -1: it is not among them. */
export function indexOfString(strings: Strings, text: string, from = 0, to = text.length): number {
  return strings.count === 0 ? -1 : indexHashed(strings, hashOf(text, from, to), text, from, to);
}

function indexHashed(strings: Strings, hash: number, text: string, from: number, to: number): number {
  const { bytes, offsets, slots } = strings;
  const mask = slots.length - 1;
  const units = to - from;
  let encoded: Buffer | null = null;
  for (let at = hash & mask; ; at = (at + 1) & mask) {
    const index = (slots[at] ?? 0) - 1;
    if (index < 0) return -1;
    const start = offsets[index] as number;
    const length = (offsets[index + 1] as number) - start;
    if (encoded === null) {
      if (length < units) continue;
      let same = 0;
      let unit = 0;
      while (same < units && (unit = text.charCodeAt(from + same)) < 128 && bytes[start + same] === unit) same++;
      if (same === units && length === units) return index;
      if (same === units || unit < 128) continue;
      encoded = Buffer.from(text.slice(from, to)); // what is not of ASCII is compared as it is written
    }
    if (length === encoded.length && encoded.equals(bytes.subarray(start, start + length))) return index;
  }
}

/** Strings that become more; to be read like others at any time. */
export class StringsBuilder implements Strings {
  bytes: Buffer;
  offsets: Uint32Array;
  slots: Uint32Array;
  count = 0;
  #length = 0;

  constructor(countGuess: number, bytesGuess: number) {
    this.offsets = new Uint32Array(countGuess + 2);
    this.bytes = Buffer.alloc(bytesGuess);
    this.slots = new Uint32Array(slotsFor(countGuess));
  }

  /** Its number, a new one where it is not among them yet. */
  idOf(text: string, from = 0, to = text.length): number {
    const hash = hashOf(text, from, to);
    const known = indexHashed(this, hash, text, from, to);
    return known < 0 ? this.#add(hash, text, from, to) : known;
  }

  /** One that is not among them. */
  add(text: string): number {
    return this.#add(hashOf(text, 0, text.length), text, 0, text.length);
  }

  /** Of letters that are all of ASCII. */
  idOfAscii(letters: Uint8Array, count: number): number {
    this.#reserve(count);
    const { bytes, offsets, slots } = this;
    let hash = hashSeed;
    for (let i = 0; i < count; i++) hash = Math.imul(hash ^ (letters[i] as number), hashFactor);
    hash = spread(hash);
    const mask = slots.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const index = (slots[at] as number) - 1;
      if (index < 0) break;
      const start = offsets[index] as number;
      if ((offsets[index + 1] as number) - start !== count) continue;
      let same = 0;
      while (same < count && bytes[start + same] === letters[same]) same++;
      if (same === count) return index;
    }
    let length = this.#length;
    for (let i = 0; i < count; i++) bytes[length++] = letters[i] as number;
    return this.#end(length, hash);
  }

  /** One of others, without decoding it. */
  copy(other: Strings, index: number): number {
    const start = other.offsets[index] ?? 0;
    const end = other.offsets[index + 1] ?? 0;
    this.#reserve(end - start);
    const { bytes } = this;
    let length = this.#length;
    for (let i = start; i < end; i++) bytes[length++] = other.bytes[i] ?? 0; // short ones: sooner than a call
    return this.#end(length, hashAt(other, index));
  }

  finish(): Strings {
    return stringsOf(this.offsets.slice(0, this.count + 1), this.bytes.subarray(0, this.#length), this.slots);
  }

  #add(hash: number, text: string, from: number, to: number): number {
    this.#reserve(3 * (to - from));
    const { bytes } = this;
    let length = this.#length;
    for (let i = from; i < to; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 127) {
        length = this.#length + bytes.write(text.slice(from, to), this.#length);
        break;
      }
      bytes[length++] = unit;
    }
    return this.#end(length, hash);
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes > this.bytes.length) {
      const larger = Buffer.alloc(2 * (this.#length + bytes));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    if (this.count + 2 > this.offsets.length) {
      const larger = new Uint32Array(2 * (this.count + 2));
      larger.set(this.offsets);
      this.offsets = larger;
    }
    if (2 * (this.count + 1) > this.slots.length) {
      this.slots = new Uint32Array(4 * this.slots.length);
      for (let index = 0; index < this.count; index++) this.#enter(index, hashAt(this, index));
    }
  }

  #end(length: number, hash: number): number {
    this.#length = length;
    this.offsets[this.count + 1] = length;
    this.#enter(this.count, hash);
    return this.count++;
  }

  #enter(index: number, hash: number): void {
    const { slots } = this;
    const mask = slots.length - 1;
    let at = hash & mask;
    while (slots[at] !== 0) at = (at + 1) & mask;
    slots[at] = index + 1;
  }
}

/** Half of them stay free, so that a miss ends soon. */
function slotsFor(count: number): number {
  let size = 16;
  while (size < 2 * (count + 1)) size *= 2;
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

function hashOf(text: string, from = 0, to = text.length): number {
  let hash = hashSeed;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ text.charCodeAt(i), hashFactor);
  return spread(hash);
}

const hashSeed = 0x811c9dc5;
const hashFactor = 0x01000193;

function spread(hash: number): number {
  return (hash ^ (hash >>> 15)) >>> 0;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
