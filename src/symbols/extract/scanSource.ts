/** Texts as arrays of their UTF-16 units, in memory that is used again for the next text. */

const keptUnitsMax = 1 << 21;

export class SourceBuffer {
  #units = new Uint16Array(1 << 16);
  #bytes = Buffer.from(this.#units.buffer);

  /** Longer than the text; holds until the next call. */
  load(text: string): Uint16Array {
    let units = this.#units;
    let bytes = this.#bytes;
    if (units.length < text.length + 4) {
      units = new Uint16Array(1 << Math.ceil(Math.log2(text.length + 4)));
      bytes = Buffer.from(units.buffer);
      if (units.length <= keptUnitsMax) {
        this.#units = units;
        this.#bytes = bytes;
      }
    }
    bytes.write(text, 0, bytes.length, 'utf16le');
    units.fill(0, text.length, text.length + 4);
    return units;
  }
}
