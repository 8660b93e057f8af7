/** Counts the words of one file by what stands at them: no string is made before the file ends, and then one for all. */
import type { WordTable } from '../facts.ts';

const smallSlots = 4096;
const wordCharsMax = 60;
const countMax = 65_535;

export class WordCounter {
  #slots = new Int32Array(smallSlots);
  #mask = smallSlots - 1;
  #size = 0;
  #hashes = new Int32Array(smallSlots);
  #starts = new Uint32Array(smallSlots);
  #lengths = new Uint8Array(smallSlots);
  #code = new Uint32Array(smallSlots);
  #prose = new Uint32Array(smallSlots);
  #bytes = Buffer.alloc(smallSlots * (wordCharsMax + 1));
  #src: Uint16Array = new Uint16Array(0);

  begin(src: Uint16Array): void {
    this.#src = src;
    this.#size = 0;
    if (this.#slots.length > 16 * smallSlots) this.#slots = new Int32Array(smallSlots);
    else this.#slots.fill(0);
    this.#mask = this.#slots.length - 1;
  }

  add(start: number, end: number, hash: number, prose: boolean): void {
    const length = end - start;
    if (length < 2 || length > wordCharsMax) return;
    const src = this.#src;
    const slots = this.#slots;
    const mask = this.#mask;
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const word = (slots[slot] as number) - 1;
      if (word < 0) {
        this.#addNew(slot, start, length, hash, prose);
        return;
      }
      if (this.#hashes[word] !== hash || this.#lengths[word] !== length) continue;
      let first = this.#starts[word] as number;
      let at = start;
      while (at < end && src[first] === src[at]) {
        first++;
        at++;
      }
      if (at < end) continue;
      const counts = prose ? this.#prose : this.#code;
      counts[word] = (counts[word] as number) + 1;
      return;
    }
  }

  table(): WordTable {
    const size = this.#size;
    const code = new Uint16Array(size);
    const prose = new Uint16Array(size);
    for (let word = 0; word < size; word++) {
      code[word] = Math.min(this.#code[word] ?? 0, countMax);
      prose[word] = Math.min(this.#prose[word] ?? 0, countMax);
    }
    return { text: this.#text(), code, prose };
  }

  #text(): string {
    const bytes = this.#bytes;
    const src = this.#src;
    const size = this.#size;
    let at = 0;
    for (let word = 0; word < size; word++) {
      let from = this.#starts[word] as number;
      const end = from + (this.#lengths[word] as number);
      while (from < end) {
        const unit = src[from++] as number;
        if (unit > 255) return this.#wideText();
        bytes[at++] = unit;
      }
      bytes[at++] = 10;
    }
    return at === 0 ? '' : bytes.toString('latin1', 0, at - 1);
  }

  #wideText(): string {
    const words: string[] = [];
    for (let word = 0; word < this.#size; word++) {
      const start = this.#starts[word] ?? 0;
      words.push(String.fromCharCode(...this.#src.subarray(start, start + (this.#lengths[word] ?? 0))));
    }
    return words.join('\n');
  }

  #addNew(slot: number, start: number, length: number, hash: number, prose: boolean): void {
    const word = this.#size++;
    if (word >= this.#hashes.length) this.#widen();
    this.#slots[slot] = word + 1;
    this.#hashes[word] = hash;
    this.#starts[word] = start;
    this.#lengths[word] = length;
    this.#code[word] = prose ? 0 : 1;
    this.#prose[word] = prose ? 1 : 0;
    if (this.#size * 2 > this.#slots.length) this.#rehash();
  }

  #widen(): void {
    const length = this.#hashes.length * 2;
    this.#hashes = widened(this.#hashes, new Int32Array(length));
    this.#starts = widened(this.#starts, new Uint32Array(length));
    this.#lengths = widened(this.#lengths, new Uint8Array(length));
    this.#code = widened(this.#code, new Uint32Array(length));
    this.#prose = widened(this.#prose, new Uint32Array(length));
    this.#bytes = Buffer.alloc(length * (wordCharsMax + 1));
  }

  #rehash(): void {
    const slots = (this.#slots = new Int32Array(this.#slots.length * 4));
    const mask = (this.#mask = slots.length - 1);
    for (let word = 0; word < this.#size; word++) {
      const hash = this.#hashes[word] as number;
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = word + 1;
    }
  }
}

function widened<T extends Int32Array | Uint32Array | Uint8Array>(old: T, wide: T): T {
  wide.set(old);
  return wide;
}
