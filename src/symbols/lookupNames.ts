/** How well a name is what somebody typed for it. */

/**
 * 0: itself; 1: but for case; 2: it begins so; 3: a part of it begins so; 4: the letters are beginnings of its parts, in order; 5: they
 * stand in it in order, from the first on; Infinity: it is another name.
 */
export function nameRanker(typed: string): (name: string) => number {
  const wanted = typed.toLowerCase();
  const first = [wanted.charCodeAt(0), wanted.toUpperCase().charCodeAt(0)];
  const last = wanted.at(-1) ?? '';
  return (name) => {
    if (name === typed) return 0;
    if (typed === '' || name.length < typed.length) return Infinity;
    // Most names are others already by this.
    const starts = first.includes(name.charCodeAt(0));
    const low = name.toLowerCase();
    if (!low.includes(last)) return Infinity;
    if (low === wanted) return 1;
    if (starts && low.startsWith(wanted)) return 2;
    for (let at = low.indexOf(wanted, 1); at > 0; at = low.indexOf(wanted, at + 1)) if (isHump(name, at)) return 3;
    if (!isWithin(low, wanted)) return Infinity;
    if (low.length === name.length && byHumps(name, low, wanted)) return 4;
    return starts && 3 * wanted.length >= low.length ? 5 : Infinity;
  };
}

/** A part begins here: `parse|Source`, `HTTP|Server`, `max_|size`, `v|2`. */
function isHump(name: string, at: number): boolean {
  const here = name[at] ?? '';
  const before = name[at - 1] ?? '_';
  if (!isLetter(here)) return /\d/.test(here) && !/\d/.test(before);
  if (!isLetter(before)) return true;
  if (!isUpper(here)) return false;
  const after = name[at + 1] ?? '';
  return !isUpper(before) || (isLetter(after) && !isUpper(after));
}

/** Each run of letters that were typed stands at the beginning of a part: `prSo` or `ps` for `parseSource`. */
function byHumps(name: string, low: string, wanted: string): boolean {
  const humps: number[] = [];
  for (let i = 0; i < name.length; i++) if (isHump(name, i)) humps.push(i);
  if (low[humps[0] ?? 0] !== wanted[0] || wanted.length > 255) return false;
  const failed = new Set<number>();
  const from = (hump: number, typed: number): boolean => {
    if (typed === wanted.length) return true;
    const key = hump * 256 + typed;
    if (hump === humps.length || failed.has(key)) return false;
    const start = humps[hump] ?? 0;
    const end = humps[hump + 1] ?? name.length;
    let length = 0;
    while (start + length < end && typed + length < wanted.length && low[start + length] === wanted[typed + length]) length++; // prettier-ignore
    for (; length > 0; length--) if (from(hump + 1, typed + length)) return true;
    if (from(hump + 1, typed)) return true;
    failed.add(key);
    return false;
  };
  return from(0, 0);
}

function isWithin(low: string, wanted: string): boolean {
  let at = 0;
  for (const letter of wanted) {
    at = low.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

function isLetter(unit: string): boolean {
  return unit.toLowerCase() !== unit.toUpperCase();
}

function isUpper(unit: string): boolean {
  return isLetter(unit) && unit === unit.toUpperCase();
}
