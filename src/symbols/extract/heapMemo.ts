/** What a walk found in the parts of a tree, so that the next walk need not go into those that an edit left as they were. */
import type { FoundImport } from './cursorWalk.ts';
import type { FoundDefinition } from './definitions.ts';

/** Bytes of the text of a part that is worth remembering. */
export const partBytes = 256;

/** What decides, beside the part itself, what is found in it: a rule looks at two nodes around its own at most. */
export interface PartPlace {
  readonly symbol: number;
  /** Symbols of the node around it, and of the one around that. */
  readonly above: number;
  readonly over: number;
  readonly scopes: number;
}

/** Of one walk, in the order of the walk. */
interface Told {
  /** `partNumbers` numbers each. */
  readonly parts: number[];
  readonly definitions: FoundDefinition[];
  readonly imports: FoundImport[];
}

/** Numbers of a part: what it is and where it stood, and how far its own parts, definitions and imports go. */
const part = { address: 0, start: 1, symbol: 2, above: 3, over: 4, scopes: 5, end: 6, from: 7, to: 8, importFrom: 9, importTo: 10 }; // prettier-ignore
const partNumbers = 11;

/** Of one tree. What the parser did not have to read again keeps its address from the tree before, as long as that one is there. */
export class HeapMemo {
  /** null: no walk has come to its end. */
  #told: Told | null = null;
  #before: Told | null;
  #now: Told = { parts: [], definitions: [], imports: [] };
  /** Parts of the walk before are behind it. */
  #behind = 0;

  /** `before`: of the tree that this one was made of by an edit. */
  constructor(before: HeapMemo | null) {
    this.#before = before === null ? null : before.#told;
  }

  /** `walk` fills what it is given, and asks for and tells of parts. */
  remember(walk: (definitions: FoundDefinition[], imports: FoundImport[]) => void): Omit<Told, 'parts'> {
    this.#before = this.#told ?? this.#before;
    this.#now = { parts: [], definitions: [], imports: [] };
    this.#behind = 0;
    walk(this.#now.definitions, this.#now.imports);
    this.#told = this.#now;
    this.#before = null;
    return this.#now;
  }

  /** Whether all that is in the part was found before; then it is told again, from where the part stands now. */
  knows(address: number, start: number, place: PartPlace): boolean {
    const before = this.#before;
    if (before === null) return false;
    const { parts } = before;
    let at = this.#behind;
    while (at < parts.length && parts[at] !== address) at += partNumbers;
    if (at >= parts.length) return false;
    const isSame =
      parts[at + part.symbol] === place.symbol &&
      parts[at + part.above] === place.above &&
      parts[at + part.over] === place.over &&
      parts[at + part.scopes] === place.scopes;
    if (!isSame) return false;
    this.#behind = parts[at + part.end] as number;
    this.#repeat(before, at, start - (parts[at + part.start] as number));
    return true;
  }

  /** All that is found until it is closed is in this part. */
  open(address: number, start: number, place: PartPlace): number {
    const { parts, definitions, imports } = this.#now;
    return (
      parts.push(
        address,
        start,
        place.symbol,
        place.above,
        place.over,
        place.scopes,
        0,
        definitions.length,
        0,
        imports.length,
        0,
      ) - partNumbers
    );
  }

  close(opened: number): void {
    const { parts, definitions, imports } = this.#now;
    parts[opened + part.end] = parts.length;
    parts[opened + part.to] = definitions.length;
    parts[opened + part.importTo] = imports.length;
  }

  #repeat(before: Told, from: number, movedBytes: number): void {
    const { parts, definitions, imports } = this.#now;
    const at = (place: number): number => before.parts[from + place] as number;
    const movedParts = parts.length - from;
    const movedDefinitions = definitions.length - at(part.from);
    const movedImports = imports.length - at(part.importFrom);
    const moved = [
      0,
      movedBytes,
      0,
      0,
      0,
      0,
      movedParts,
      movedDefinitions,
      movedDefinitions,
      movedImports,
      movedImports,
    ];
    for (let i = from, end = at(part.end), place = 0; i < end; i++, place = place === partNumbers - 1 ? 0 : place + 1) {
      parts.push((before.parts[i] as number) + (moved[place] as number));
    }
    const by = movedBytes >> 1;
    for (let i = at(part.from), to = at(part.to); i < to; i++) {
      const one = before.definitions[i];
      if (one !== undefined) definitions.push(by === 0 ? one : movedDefinition(one, by));
    }
    for (let i = at(part.importFrom), to = at(part.importTo); i < to; i++) {
      const one = before.imports[i];
      if (one !== undefined) imports.push({ read: one.read, start: one.start + by, end: one.end + by });
    }
  }
}

function movedDefinition(one: FoundDefinition, by: number): FoundDefinition {
  return {
    rule: one.rule,
    name: one.name,
    nameStart: one.nameStart + by,
    start: one.start + by,
    end: one.end + by,
    head: one.head + by,
    scopes: one.scopes,
    owner: one.owner,
  };
}
