/** Values that are known to be secret, in the forms in which they travel: plain, escaped, in URLs, in base64. */
import type { KnownSecret } from '../core/ports.ts';
import type { Found } from './redact.ts';

/** Shorter ones stand in too many texts by chance. */
const charsMin = 8;

export interface KnownForms {
  /** Each with the name of its secret, longest first. */
  readonly plain: readonly (readonly [form: string, what: string])[];
  /** These go on over line ends. */
  readonly base64: readonly (readonly [form: string, what: string])[];
}

export function formsOf(known: readonly KnownSecret[]): KnownForms {
  const plain = new Map<string, string>();
  const base64 = new Map<string, string>();
  for (const { name, value } of known) {
    const text = value.trim();
    if (text.length < charsMin) continue;
    for (const form of plainForms(text)) plain.set(form, name);
    for (const form of base64Forms(text)) base64.set(form, name);
  }
  const sorted = (forms: ReadonlyMap<string, string>) => [...forms].sort(([a], [b]) => b.length - a.length);
  return { plain: sorted(plain), base64: sorted(base64) };
}

export function findKnown(text: string, { plain, base64 }: KnownForms): readonly Found[] {
  const found = plain.flatMap(([form, what]) =>
    occurrences(text, form).map((at) => ({ start: at, end: at + form.length, what })),
  );
  if (base64.length === 0) return found;
  const { joined, at } = withoutLineEnds(text);
  for (const [form, what] of base64)
    for (const start of occurrences(joined, form))
      found.push({ start: at(start), end: at(start + form.length - 1) + 1, what });
  return found;
}

function plainForms(value: string): readonly string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const url = encodeURIComponent(value);
  const strict = url.replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
  return [
    value,
    json,
    json.replaceAll('/', '\\/'),
    JSON.stringify(json).slice(1, -1),
    ...[url, strict, strict.replaceAll('%20', '+')].flatMap((form) => [
      form,
      form.replace(/%[0-9A-F]{2}/g, (one) => one.toLowerCase()),
    ]),
  ];
}

/** Where in a longer text it begins decides which of three forms it has; what its neighbours have a part in is left out. */
function base64Forms(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8');
  return [0, 1, 2].flatMap((offset) => {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes]);
    const core = shifted.toString('base64').slice(Math.ceil((offset * 4) / 3), Math.floor((shifted.length * 4) / 3));
    const url = core.replaceAll('+', '-').replaceAll('/', '_');
    return [core, url];
  });
}

function occurrences(text: string, form: string): readonly number[] {
  const places: number[] = [];
  for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + form.length)) places.push(at);
  return places;
}

/** Line ends, escaped ones too, with the blanks that indent the next line. */
function withoutLineEnds(text: string): { readonly joined: string; readonly at: (place: number) => number } {
  if (!/\n|\\n/.test(text)) return { joined: text, at: (place) => place };
  const pieces: string[] = [];
  const joinedStarts: number[] = [];
  const textStarts: number[] = [];
  let joinedChars = 0;
  let from = 0;
  const add = (to: number): void => {
    if (to > from) {
      pieces.push(text.slice(from, to));
      joinedStarts.push(joinedChars);
      textStarts.push(from);
      joinedChars += to - from;
    }
  };
  for (const { 0: gap, index } of text.matchAll(/(?:\\r)?\\n[ \t]*|\r?\n[ \t]*(?:\d{1,6}\t)?/g)) {
    add(index);
    from = index + gap.length;
  }
  add(text.length);
  const at = (place: number): number => {
    let low = 0;
    let high = joinedStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((joinedStarts[middle] ?? 0) <= place) low = middle;
      else high = middle - 1;
    }
    return (textStarts[low] ?? 0) + place - (joinedStarts[low] ?? 0);
  };
  return { joined: pieces.join(''), at };
}
