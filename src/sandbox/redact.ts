/** Takes secrets out of texts before anybody else sees them: each becomes `[redacted: what]`. Linear in time, and idempotent. */
import type { KnownSecret, Redactor } from '../core/ports.ts';
import { findBlocks } from './redactBlocks.ts';
import { findFormats } from './redactFormats.ts';
import { findKnown, formsOf, type KnownForms } from './redactKnown.ts';
import { findNamed } from './redactNamed.ts';
import { findPlaced } from './redactPlaces.ts';
import { redactStream } from './redactStream.ts';

export interface Found {
  readonly start: number;
  readonly end: number;
  readonly what: string;
}

/** A marker in place of a value may make a name before it stand beside another value: so once more, until nothing changes. */
const passesMax = 4;

/** `known`: values that are secret whatever they look like; asked anew each time, for keys are set while we run. */
export function redactor(known: () => readonly KnownSecret[]): Redactor {
  let last: { readonly known: readonly KnownSecret[]; readonly forms: KnownForms } | null = null;
  const forms = (): KnownForms => {
    const now = known();
    if (last?.known !== now) last = { known: now, forms: formsOf(now) };
    return last.forms;
  };
  const text = (said: string): string => redactForms(said, forms(), findAll);
  return {
    text,
    typed: (said) => redactForms(said, forms(), findCertain),
    stream: (onText) => redactStream(text, onText),
  };
}

export function redact(text: string, known: readonly KnownSecret[]): string {
  return redactForms(text, formsOf(known), findAll);
}

type Find = (text: string, forms: KnownForms) => readonly Found[];

const findCertain: Find = (text, forms) => [...findKnown(text, forms), ...findFormats(text), ...findBlocks(text)];
const findAll: Find = (text, forms) => [...findCertain(text, forms), ...findPlaced(text), ...findNamed(text)];

function redactForms(text: string, forms: KnownForms, find: Find): string {
  let now = text;
  for (let pass = 0; pass < passesMax; pass++) {
    const found = find(now, forms);
    if (found.length === 0) return now;
    const next = replaced(now, found);
    if (next === now) return now;
    now = next;
  }
  return now;
}

/** What overlaps becomes one, called after the first; markers stay as they are. */
function replaced(text: string, found: readonly Found[]): string {
  const sorted = [...found].sort((a, b) => a.start - b.start || b.end - a.end);
  const pieces: string[] = [];
  let at = 0;
  for (let i = 0; i < sorted.length;) {
    const first = sorted[i++];
    if (!first) break;
    let { end } = first;
    while (i < sorted.length && (sorted[i]?.start ?? end) < end) end = Math.max(end, sorted[i++]?.end ?? end);
    const value = text.slice(first.start, end);
    pieces.push(text.slice(at, first.start), marker.test(value) ? value : `[redacted: ${first.what}]`);
    at = end;
  }
  pieces.push(text.slice(at));
  return pieces.join('');
}

const marker = /^\[redacted: [^\]\n]{1,80}\]$/;
