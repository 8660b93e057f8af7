/** The terms of many words at once, told from their bytes without making a string of each: an index of a large repository has half a million. */
import { stringAt, type Strings, type StringsBuilder } from './baseStrings.ts';
import { findTerms } from './terms.ts';

/** Numbers of the terms of one word, each once; the array is used again for the next word. */
export type FindTerms = (words: Strings, word: number) => readonly number[];

/** The same as `findTerms` says; the terms are added to `terms`. */
export function termFinder(terms: StringsBuilder): FindTerms {
  const found: number[] = [];
  const add = (term: number): void => {
    if (!found.includes(term)) found.push(term);
  };
  return (words, word) => {
    found.length = 0;
    const start = words.offsets[word] ?? 0;
    const end = words.offsets[word + 1] ?? 0;
    const parts = readParts(words.bytes, start, end);
    if (parts < 0) {
      for (const term of findTerms(stringAt(words, word))) add(terms.idOf(term));
      return found;
    }
    for (let part = 0; part < parts; part++) add(idOfStem(terms, part, part + 1));
    for (let part = 1; part < parts; part++) add(idOfStem(terms, part - 1, part + 1));
    if (parts > 2) add(idOfStem(terms, 0, parts));
    return found;
  };
}

/** Of the word at hand: its parts one behind the other, in small letters, and where each begins. */
let letters = new Uint8Array(256);
let partStarts = new Uint32Array(256);
/** The term at hand. */
let stemmed = new Uint8Array(256);

/** How many there are; -1: it holds letters that are not those of ASCII. */
function readParts(bytes: Uint8Array, start: number, end: number): number {
  if (end - start >= letters.length) {
    letters = new Uint8Array(2 * (end - start));
    stemmed = new Uint8Array(letters.length);
    partStarts = new Uint32Array(letters.length);
  }
  let parts = 0;
  let length = 0;
  let partStart = 0;
  let before = none;
  let here = kindOf(start < end ? (bytes[start] as number) : 0);
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte > 127) return -1;
    const after = kindOf(i + 1 < end ? (bytes[i + 1] as number) : 0);
    const isHump = here === upper && (before === small || before === digit || (before === upper && after === small));
    if (isHump || here === none) {
      // One letter alone says nothing.
      if (length - partStart > 1) {
        partStarts[parts++] = partStart;
        partStart = length;
      } else length = partStart;
    }
    if (here !== none) letters[length++] = here === upper ? byte + 32 : byte;
    before = here;
    here = after;
  }
  if (length - partStart > 1) partStarts[parts++] = partStart;
  else length = partStart;
  partStarts[parts] = length;
  return parts;
}

const [none, small, upper, digit] = [0, 1, 2, 3];

function kindOf(byte: number): number {
  if (byte >= 97 && byte <= 122) return small;
  if (byte >= 65 && byte <= 90) return upper;
  return byte >= 48 && byte <= 57 ? digit : none;
}

function idOfStem(terms: StringsBuilder, firstPart: number, endPart: number): number {
  const from = partStarts[firstPart] as number;
  const length = (partStarts[endPart] as number) - from;
  for (let i = 0; i < length; i++) stemmed[i] = letters[from + i] as number;
  return terms.idOfAscii(stemmed, stemLength(stemmed, length));
}

const [e, d, g, i, l, n, s, u, y] = Buffer.from('edgilnsuy');

/** As `stem` of `terms.ts`; what is left of the word stands where it began. */
function stemLength(word: Uint8Array, length: number): number {
  const last = word[length - 1];
  const second = word[length - 2];
  const third = word[length - 3];
  if (length <= 4) return length === 4 && last === s && second !== s ? 3 : length;
  if (third === i && second === e && last === s) {
    word[length - 3] = y as number;
    return length - 2;
  }
  if (word[length - 4] === s && third === s && second === e && last === s) return length - 2;
  if (third === i && second === n && last === g && length > 6) return withoutLastE(word, single(word, length - 3));
  if (second === e && last === d && length > 5) return withoutLastE(word, single(word, length - 2));
  return withoutLastE(word, last === s && second !== s && second !== u ? length - 1 : length);
}

function withoutLastE(word: Uint8Array, length: number): number {
  return length > 3 && word[length - 1] === e ? length - 1 : length;
}

function single(word: Uint8Array, length: number): number {
  const last = word[length - 1];
  return last === word[length - 2] && last !== s && last !== l ? length - 1 : length;
}
