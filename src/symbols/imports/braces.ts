/** Several imports written as one: `a::{b, c::{d, self}}`. */

/** More names than these are left out, and so is what is nested deeper. */
const namesMax = 200;
const depthMax = 8;

/** Each path by itself; `self` and `this` are the path before the braces. */
export function inBraces(path: string, separator: string): readonly string[] {
  const found: string[] = [];
  expand('', path, separator, found, 0);
  return found;
}

function expand(before: string, path: string, separator: string, found: string[], depth: number): void {
  if (found.length >= namesMax || depth > depthMax) return;
  const open = path.indexOf('{');
  if (open === -1) {
    const name = path.trim();
    const isBefore = name === '' || /^(?:self|this)\b/.test(name);
    found.push(isBefore && before !== '' ? before.slice(0, -separator.length) : before + name);
    return;
  }
  const close = path.lastIndexOf('}');
  const prefix = before + path.slice(0, open).replace(/\s/g, '');
  for (const part of atCommas(path.slice(open + 1, close === -1 ? path.length : close)))
    if (part.trim() !== '') expand(prefix, part, separator, found, depth + 1);
}

/** Commas within inner braces part nothing. */
function atCommas(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '{') depth++;
    else if (char === '}') depth--;
    else if (char === ',' && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}
