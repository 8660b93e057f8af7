/**
 * What the rules of the review say, told in the simplest way: a file is a list of lines that are all different. Each knows whose it is,
 * and those that a change took away stay in the list, unseen, where they were.
 */
import type { Hunk, HunkId } from '../../src/core/change.ts';

interface Token {
  readonly text: string;
  /** The change that it came or went with; null: nobody's that could still be decided. */
  hunk: HunkId | null;
  /** `typed`: by the person, within the lines of that change. */
  side: 'base' | 'agent' | 'typed';
  seen: boolean;
}

export type State = 'applied' | 'asked' | 'accepted' | 'rejected' | 'edited' | 'superseded' | 'settled';

export class TokenFile {
  #tokens: Token[];
  readonly states = new Map<HunkId, State>();
  readonly #reasons = new Set<HunkId>();

  constructor(lines: readonly string[]) {
    this.#tokens = lines.map((text) => ({ text, hunk: null, side: 'base', seen: true }));
  }

  get lines(): readonly string[] {
    return this.#seen().map(({ text }) => text);
  }

  /** Without what is open. */
  get baseline(): readonly string[] {
    return this.#tokens.flatMap((token) => {
      const isThere = this.#isOpen(token.hunk) ? token.side === 'base' : token.seen;
      return isThere ? [token.text] : [];
    });
  }

  get open(): readonly HunkId[] {
    return [...this.states.keys()].filter((hunk) => this.#isOpen(hunk));
  }

  with(...states: readonly State[]): readonly HunkId[] {
    return [...this.states].flatMap(([hunk, state]) => (states.includes(state) ? [hunk] : []));
  }

  copy(): TokenFile {
    const other = new TokenFile([]);
    other.#tokens = this.#tokens.map((token) => ({ ...token }));
    for (const [hunk, state] of this.states) other.states.set(hunk, state);
    for (const hunk of this.#reasons) other.#reasons.add(hunk);
    return other;
  }

  type(start: number, end: number, texts: readonly string[]): void {
    const seen = this.#seen();
    const pieces = this.#touched(seen, start, end);
    const hunks = new Set(pieces.map(([first]) => first?.hunk ?? ''));
    const taken = seen.slice(start, end);
    const [piece] = pieces;
    const [hunk = ''] = hunks;
    const state = this.states.get(hunk);
    const isWithin = pieces.length === 1 && taken.every((token) => token.hunk === hunk);
    if (isWithin && start === end && state !== 'edited') {
      this.#insertAfter(seen[start - 1], texts.map(plain)); // new lines between those of a change part it
      return;
    }
    for (const one of hunks) if (this.states.get(one) === 'accepted') this.#settle(one);
    const open = [...hunks].filter((one) => this.states.get(one) !== 'settled');
    const isTyped = isWithin && open.length === 1 && texts.length > 0;
    const fresh = texts.map((text): Token => (isTyped ? { text, hunk, side: 'typed', seen: true } : plain(text)));
    if (start === end) this.#insertAfter(piece ? seen[start - 1] : this.#endOfPiece(seen[start - 1]), fresh);
    else this.#insertBefore(taken[0], fresh);
    for (const token of taken) {
      if (token.hunk === null || token.side === 'typed') this.#drop(token);
      else token.seen = false;
    }
    if (texts.length > 0 && !isTyped) for (const one of open) this.#settle(one, 'edited');
    else for (const one of open) this.states.set(one, this.#stands(one));
  }

  /** The agent writes, as a new change or, when saving changed its text, as a part of one. */
  write(id: HunkId, start: number, end: number, texts: readonly string[]): void {
    const seen = this.#seen();
    const pieces = this.#touched(seen, start, end);
    for (const [first] of pieces)
      if (first && first.hunk !== null && !this.#isOpen(first.hunk)) this.#settle(first.hunk);
    const open = pieces.filter(([first]) => this.#isOpen(first?.hunk ?? null));
    const hunks = new Set(open.map(([first]) => first?.hunk ?? ''));
    const taken = seen.slice(start, end);
    const fresh = texts.map((text): Token => ({ text, hunk: id, side: 'agent', seen: true }));
    if (start === end) this.#insertAfter(open.length > 0 ? seen[start - 1] : this.#endOfPiece(seen[start - 1]), fresh);
    else this.#insertBefore(taken[0], fresh);
    for (const token of taken) {
      if (token.hunk !== null && this.#isOpen(token.hunk) && token.side === 'agent') this.#drop(token);
      else if (!open.flat().includes(token)) Object.assign(token, { hunk: id, side: 'base', seen: false });
    }
    for (const token of open.flat()) if (this.#tokens.includes(token)) token.hunk = id;
    const own = new Set([...open.flat(), ...taken, ...fresh].filter((token) => this.#tokens.includes(token)));
    const first = this.#tokens.findIndex((token) => own.has(token));
    const rest = this.#tokens.filter((token) => !own.has(token));
    const side = (wanted: Token['side']): Token[] => [...own].filter((token) => token.side === wanted);
    const inOrder = (tokens: Token[]): Token[] =>
      tokens.sort((a, b) => this.#tokens.indexOf(a) - this.#tokens.indexOf(b));
    if (own.size > 0) rest.splice(first, 0, ...inOrder(side('base')), ...inOrder(side('agent')));
    this.#tokens = rest;
    if (!this.states.has(id)) this.states.set(id, 'applied');
    for (const hunk of [...hunks, id])
      if (!this.#tokens.some((token) => token.hunk === hunk)) this.states.set(hunk, 'superseded');
  }

  say(hunks: ReadonlySet<HunkId>, word: 'accepted' | 'rejected'): void {
    for (const hunk of hunks) {
      if (!this.#isOpen(hunk)) continue;
      this.#show(hunk, word === 'accepted' ? 'agent' : 'base');
      this.states.set(hunk, word);
      this.#reasons.delete(hunk);
    }
  }

  reopen(hunks: ReadonlySet<HunkId>): void {
    for (const hunk of hunks) {
      const state = this.states.get(hunk);
      if (state !== 'accepted' && state !== 'rejected' && state !== 'asked') continue;
      this.#show(hunk, 'agent');
      this.states.set(hunk, 'applied');
      this.#reasons.delete(hunk);
    }
  }

  ask(hunk: HunkId): void {
    if (!this.#isOpen(hunk)) return;
    this.states.set(hunk, 'asked');
    this.#reasons.add(hunk);
  }

  /** Nothing of it can be taken back any more. */
  settle(hunk: HunkId): void {
    this.#settle(hunk);
  }

  /** A person said yes to it before it was written. */
  decided(hunk: HunkId): void {
    this.say(new Set([hunk]), 'accepted');
    this.#settle(hunk, 'settled');
  }

  /** The change that lines `start` up to `end` belong to first, when one is open. */
  openAt(start: number, end: number): HunkId | null {
    const pieces = this.#touched(this.#seen(), start, end);
    return pieces.map(([first]) => first?.hunk ?? null).find((hunk) => this.#isOpen(hunk)) ?? null;
  }

  #seen(): Token[] {
    return this.#tokens.filter(({ seen }) => seen);
  }

  #isOpen(hunk: HunkId | null): boolean {
    const state = hunk === null ? undefined : this.states.get(hunk);
    return state === 'applied' || state === 'asked';
  }

  /** Runs of lines, seen or not, of one change: those that are written into, or stand between lines that are. */
  #touched(seen: readonly Token[], start: number, end: number): Token[][] {
    const from = start === end ? seen[start - 1] : seen[start];
    const to = start === end ? seen[start] : seen[end - 1];
    if (!from || !to) return [];
    const range = this.#tokens.slice(this.#tokens.indexOf(from), this.#tokens.indexOf(to) + 1);
    if (start === end && (from.hunk === null || range.some(({ hunk }) => hunk !== from.hunk))) return [];
    return this.#pieces().filter((piece) => piece.some((token) => range.includes(token)));
  }

  #pieces(): Token[][] {
    const pieces: Token[][] = [];
    for (const [i, token] of this.#tokens.entries()) {
      if (token.hunk === null) continue;
      if (i > 0 && this.#tokens[i - 1]?.hunk === token.hunk) pieces.at(-1)?.push(token);
      else pieces.push([token]);
    }
    return pieces;
  }

  #endOfPiece(token: Token | undefined): Token | undefined {
    return (
      this.#pieces()
        .find((piece) => token !== undefined && piece.includes(token))
        ?.at(-1) ?? token
    );
  }

  #stands(hunk: HunkId): State {
    const own = this.#tokens.filter((token) => token.hunk === hunk);
    const shows = (side: Token['side']): boolean => own.every((token) => token.seen === (token.side === side));
    if (shows('agent')) return this.#reasons.has(hunk) ? 'asked' : 'applied';
    return shows('base') ? 'rejected' : 'edited';
  }

  #show(hunk: HunkId, side: Token['side']): void {
    for (const token of this.#tokens) if (token.hunk === hunk) token.seen = token.side === side;
  }

  #settle(hunk: HunkId, state: State = 'settled'): void {
    this.#tokens = this.#tokens.filter((token) => token.hunk !== hunk || token.seen);
    for (const token of this.#tokens) if (token.hunk === hunk) Object.assign(token, { hunk: null, side: 'base' });
    this.states.set(hunk, state);
  }

  #drop(token: Token): void {
    this.#tokens = this.#tokens.filter((one) => one !== token);
  }

  #insertAfter(token: Token | undefined, fresh: readonly Token[]): void {
    this.#tokens.splice(token ? this.#tokens.indexOf(token) + 1 : 0, 0, ...fresh);
  }

  #insertBefore(token: Token | undefined, fresh: readonly Token[]): void {
    this.#tokens.splice(token ? this.#tokens.indexOf(token) : 0, 0, ...fresh);
  }
}

function plain(text: string): Token {
  return { text, hunk: null, side: 'base', seen: true };
}

/** A replacement of lines as a hunk of that text. */
export function hunkAt(
  id: HunkId,
  lines: readonly string[],
  start: number,
  end: number,
  added: readonly string[],
): Hunk {
  return { id, startLine: start + 1, removed: lines.slice(start, end), added, before: [], after: [] };
}
