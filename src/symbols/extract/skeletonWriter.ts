/** The text of a skeleton as it is made: the source without what is cut, and the way back from its offsets to the source's. */
import type { Tokens } from './scanTokens.ts';

/** Ends of lines, and `; { , ( [`. */
const ends = new Set([10, 13, 59, 123, 44, 40, 91]);

export class SkeletonWriter {
  text: Uint16Array = new Uint16Array(1 << 16);
  length = 0;
  #src: Uint16Array = new Uint16Array(0);
  #tokens: Tokens | null = null;
  #comment = 0;
  #at = 0;
  /** Where each piece starts, here and in the source; -1 - start for text that stands for a piece that was cut. */
  #starts = new Int32Array(1 << 12);
  #sources = new Int32Array(1 << 12);
  #pieces = 0;
  #last = 0;

  begin(src: Uint16Array, length: number, tokens: Tokens): void {
    // What is put in is never longer than what it stands for, but for a space at each comment.
    if (this.text.length < length + 16) this.text = new Uint16Array(1 << Math.ceil(Math.log2(length + 16)));
    this.#src = src;
    this.#tokens = tokens;
    this.length = this.#comment = this.#at = this.#pieces = this.#last = 0;
    this.#piece(0);
  }

  /** Leaves out `[from, to)`; cuts rise and do not overlap. */
  cut(from: number, to: number): void {
    this.#copyTo(from);
    this.#skipTo(to);
    this.#piece(to);
  }

  /** Leaves out `[from, to)` and puts `text`, not longer, in its place; it stands for what begins at `meant`. */
  replace(from: number, to: number, text: string, meant: number): void {
    this.#copyTo(from);
    this.#piece(-1 - meant);
    this.#put(text);
    this.#skipTo(to);
    this.#piece(to);
  }

  finish(length: number): void {
    this.#copyTo(length);
  }

  toText(): string {
    return Buffer.from(this.text.buffer, this.text.byteOffset, this.length * 2).toString('utf16le');
  }

  /** Offset in the source of what starts at `offset` here. */
  startAt(offset: number): number {
    const piece = this.#pieceAt(offset);
    const source = this.#sources[piece] as number;
    return source < 0 ? -1 - source : source + offset - (this.#starts[piece] as number);
  }

  /** Offset in the source of the end of what ends at `offset` here. */
  endAt(offset: number): number {
    if (offset <= 0) return 0;
    const piece = this.#pieceAt(offset - 1);
    const source = this.#sources[piece] as number;
    if (source >= 0) return source + offset - (this.#starts[piece] as number);
    // What was put in ends where what it stands for ends.
    return piece + 1 < this.#pieces ? (this.#sources[piece + 1] as number) : -1 - source;
  }

  #pieceAt(offset: number): number {
    const starts = this.#starts;
    let piece = this.#last;
    if ((starts[piece] as number) > offset) {
      let low = 0;
      let high = piece;
      while (low + 1 < high) {
        const middle = (low + high) >> 1;
        if ((starts[middle] as number) <= offset) low = middle;
        else high = middle;
      }
      piece = low;
    }
    while (piece + 1 < this.#pieces && (starts[piece + 1] as number) <= offset) piece++;
    return (this.#last = piece);
  }

  #copyTo(end: number): void {
    const tokens = this.#tokens;
    if (tokens !== null)
      while (this.#comment < tokens.comments) {
        const from = tokens.commentStarts[this.#comment] as number;
        if (from >= end) break;
        const to = tokens.commentEnds[this.#comment++] as number;
        if (from < this.#at || this.#isPartOfCode(from)) continue;
        this.#copy(from);
        this.#at = to;
        const needed = this.#parting(from, to);
        if (needed !== '') {
          this.#piece(-1 - from);
          this.#put(needed);
        }
        this.#piece(to);
      }
    if (end > this.#at) this.#copy(end);
  }

  #copy(end: number): void {
    const src = this.#src;
    const text = this.text;
    let to = this.length;
    const from = this.#at;
    if (end - from > 64) {
      text.set(src.subarray(from, end), to);
      to += end - from;
    } else for (let at = from; at < end; at++) text[to++] = src[at] as number;
    this.length = to;
    this.#at = end;
  }

  /** Behind code on its line that does not end of itself: some grammars count such a comment to it. */
  #isPartOfCode(from: number): boolean {
    let at = from - 1;
    while (at >= 0 && (this.#src[at] === 32 || this.#src[at] === 9)) at--;
    return at >= 0 && !ends.has(this.#src[at] as number);
  }

  /** What has to stay of a comment, so that it still parts what it parted. */
  #parting(from: number, to: number): string {
    const next = this.#src[to];
    if (next === 10 || next === 13) return '';
    for (let at = from; at < to; at++) if (this.#src[at] === 10) return '\n';
    const isParted = next === 32 || next === 9 || from === 0 || (this.#src[from - 1] as number) <= 32;
    return isParted ? '' : ' ';
  }

  #skipTo(to: number): void {
    const tokens = this.#tokens;
    if (tokens !== null)
      while (this.#comment < tokens.comments && (tokens.commentStarts[this.#comment] as number) < to) this.#comment++;
    this.#at = to;
  }

  #put(text: string): void {
    for (let index = 0; index < text.length; index++) this.text[this.length++] = text.charCodeAt(index);
  }

  #piece(source: number): void {
    if (this.#pieces > 0 && this.#starts[this.#pieces - 1] === this.length) {
      // Nothing stands in the last one.
      this.#sources[this.#pieces - 1] = source;
      return;
    }
    if (this.#pieces >= this.#starts.length) {
      const starts = new Int32Array(this.#starts.length * 2);
      const sources = new Int32Array(this.#sources.length * 2);
      starts.set(this.#starts);
      sources.set(this.#sources);
      this.#starts = starts;
      this.#sources = sources;
    }
    this.#starts[this.#pieces] = this.length;
    this.#sources[this.#pieces++] = source;
  }
}
