/** The part of the index that no longer changes: columns of numbers in one piece of memory, which is also the file on disk. */
import { crc32 } from 'node:zlib';
import { noStrings, stringsOf, type Strings } from './baseStrings.ts';

/** What is stored beside the columns. */
export interface BaseMeta {
  /** Of what made it: another one says other things of the same files. */
  readonly version: string;
  readonly folders: readonly string[];
  /** By number, from 1. */
  readonly languages: readonly string[];
}

/** Files are sorted by path; a `From` column says where the rows of each file, word or term begin, and has one row more. */
export interface Columns {
  readonly sizes: Float64Array;
  readonly mtimes: Float64Array;
  readonly languages: Uint8Array;
  /** `isParsed`, `isWhole`. */
  readonly flags: Uint8Array;
  readonly lines: Uint32Array;
  readonly lengths: Uint32Array;

  readonly defFrom: Uint32Array;
  readonly defName: Uint32Array;
  /** Place in `symbolKinds`; + `isLocal`. */
  readonly defKind: Uint8Array;
  readonly defStart: Uint32Array;
  readonly defEnd: Uint32Array;
  readonly defHead: Uint32Array;
  readonly defNameStart: Uint32Array;
  readonly defStartLine: Uint32Array;
  readonly defEndLine: Uint32Array;
  readonly defNameLine: Uint32Array;
  /** Counted from the first one of its file. */
  readonly defParent: Int32Array;
  /** Definitions by the word that names them. */
  readonly namedFrom: Uint32Array;
  readonly named: Uint32Array;

  /** Files by the word that stands in them. */
  readonly postFrom: Uint32Array;
  readonly postFile: Uint32Array;
  readonly postCode: Uint16Array;
  readonly postProse: Uint16Array;
  /** Words by the file that they stand in: rising, differences of 7 bits a byte. */
  readonly wordFrom: Uint32Array;
  readonly wordBytes: Uint8Array;
  /** Words by their terms. */
  readonly termFrom: Uint32Array;
  readonly termWord: Uint32Array;

  /** What a file imports, as it says it. */
  readonly importFrom: Uint32Array;
  readonly importName: Uint32Array;
  /** What that is among these files, and the same backwards. */
  readonly edgeFrom: Uint32Array;
  readonly edgeTo: Uint32Array;
  readonly backFrom: Uint32Array;
  readonly backTo: Uint32Array;
}

export interface Base {
  readonly bytes: Uint8Array;
  readonly meta: BaseMeta;
  readonly columns: Columns;
  readonly paths: Strings;
  readonly versions: Strings;
  readonly words: Strings;
  readonly terms: Strings;
  readonly imports: Strings;
}

export type StringColumns = Pick<Base, 'paths' | 'versions' | 'words' | 'terms' | 'imports'>;

export const isParsed = 1;
export const isWhole = 2;
export const isLocal = 128;

/** Raised with every change of what the columns hold. */
const format = 1;
const magic = 0x584d_594a; // 'JYMX'
const headerBytes = 20;

const stringNames = ['paths', 'versions', 'words', 'terms', 'imports'] as const;
const types = { Uint8Array, Uint16Array, Uint32Array, Int32Array, Float64Array } as const;
const typeNames = Object.keys(types) as (keyof typeof types)[];
type Section = readonly [type: keyof typeof types, offset: number, length: number];
interface Head extends BaseMeta {
  readonly sections: Readonly<Record<string, Section>>;
}
type Column = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;

export function writeBase(meta: BaseMeta, columns: Columns, strings: StringColumns): Base {
  const all: Record<string, Column> = { ...columns };
  for (const name of stringNames) {
    all[`${name}.offsets`] = strings[name].offsets;
    all[`${name}.bytes`] = strings[name].bytes;
    all[`${name}.slots`] = strings[name].slots;
  }
  const sections: Record<string, Section> = {};
  const place = (from: number): number => {
    let at = aligned(from);
    for (const [name, column] of Object.entries(all)) {
      sections[name] = [typeOf(column), at, column.length];
      at = aligned(at + column.byteLength);
    }
    return at;
  };
  place(0);
  // The offsets are part of the head, so it is given room to grow by their digits.
  const room = aligned(headerBytes + Buffer.byteLength(JSON.stringify({ ...meta, sections })) + 10 * Object.keys(all).length); // prettier-ignore
  const size = place(room);
  const bytes = Buffer.from(new ArrayBuffer(size));
  const head = JSON.stringify({ version: meta.version, folders: meta.folders, languages: meta.languages, sections });
  bytes.writeUInt32LE(magic, 0);
  bytes.writeUInt32LE(format, 4);
  bytes.writeUInt32LE(size, 12);
  bytes.writeUInt32LE(bytes.write(head, headerBytes), 16);
  for (const [name, column] of Object.entries(all)) {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), sections[name]?.[1]);
  }
  bytes.writeUInt32LE(checksum(bytes), 8);
  return baseIn(bytes, meta, sections);
}

/** null: not whole, of another format, or damaged. */
export function readBase(bytes: Buffer): Base | null {
  if (bytes.length < headerBytes || bytes.readUInt32LE(0) !== magic || bytes.readUInt32LE(4) !== format) return null;
  if (bytes.readUInt32LE(12) !== bytes.length || bytes.readUInt32LE(8) !== checksum(bytes)) return null;
  const head = JSON.parse(bytes.toString('utf8', headerBytes, headerBytes + bytes.readUInt32LE(16))) as Head;
  return baseIn(bytes, { version: head.version, folders: head.folders, languages: head.languages }, head.sections);
}

function baseIn(bytes: Buffer, meta: BaseMeta, sections: Readonly<Record<string, Section>>): Base {
  const column = (name: string): Column => {
    const [type, offset, length] = sections[name] ?? (['Uint8Array', 0, 0] as const);
    return new types[type](bytes.buffer as ArrayBuffer, bytes.byteOffset + offset, length);
  };
  const columns = Object.fromEntries(
    Object.keys(sections)
      .filter((name) => !name.includes('.'))
      .map((name) => [name, column(name)]),
  ) as unknown as Columns;
  const strings = (name: string): Strings =>
    stringsOf(
      column(`${name}.offsets`) as Uint32Array,
      column(`${name}.bytes`) as Uint8Array,
      column(`${name}.slots`) as Uint32Array,
    );
  return {
    bytes,
    meta,
    columns,
    paths: strings('paths'),
    versions: strings('versions'),
    words: strings('words'),
    terms: strings('terms'),
    imports: strings('imports'),
  };
}

function typeOf(column: Column): keyof typeof types {
  return typeNames.find((name) => column instanceof types[name]) ?? 'Uint8Array';
}

/** Of all but itself. */
function checksum(bytes: Buffer): number {
  return crc32(bytes.subarray(12), crc32(bytes.subarray(0, 8)));
}

function aligned(at: number): number {
  return (at + 7) & ~7;
}

function noBase(): Base {
  const meta: BaseMeta = { version: '', folders: [], languages: [] };
  const none = { numbers: new Uint32Array(0), from: new Uint32Array(1), bytes: new Uint8Array(0), dates: new Float64Array(0) }; // prettier-ignore
  const { numbers, from, bytes, dates } = none;
  return writeBase(
    meta,
    {
      sizes: dates,
      mtimes: dates,
      languages: bytes,
      flags: bytes,
      lines: numbers,
      lengths: numbers,
      defFrom: from,
      defName: numbers,
      defKind: bytes,
      defStart: numbers,
      defEnd: numbers,
      defHead: numbers,
      defNameStart: numbers,
      defStartLine: numbers,
      defEndLine: numbers,
      defNameLine: numbers,
      defParent: new Int32Array(0),
      namedFrom: from,
      named: numbers,
      postFrom: from,
      postFile: numbers,
      postCode: new Uint16Array(0),
      postProse: new Uint16Array(0),
      wordFrom: from,
      wordBytes: bytes,
      termFrom: from,
      termWord: numbers,
      importFrom: from,
      importName: numbers,
      edgeFrom: from,
      edgeTo: numbers,
      backFrom: from,
      backTo: numbers,
    },
    { paths: noStrings, versions: noStrings, words: noStrings, terms: noStrings, imports: noStrings },
  );
}

export const emptyBase: Base = noBase();
