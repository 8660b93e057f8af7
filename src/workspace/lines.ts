/** Text as lines, the way hunks count them: what stands between `\n`s, so that joining gives back every byte. */

/** `''` is one empty line; a final newline leaves an empty last line; a `\r` stays part of its line. */
export function splitLines(text: string): string[] {
  return text.split('\n');
}

export function joinLines(lines: readonly string[]): string {
  return lines.join('\n');
}

/** Lines as a reader counts them: the empty piece after a final newline is none. */
export function countTextLines(text: string): number {
  if (text === '') return 0;
  let count = text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** Width of the leading blanks, a tab as four; null for a line that holds nothing else. */
export function indentOf(line: string): number | null {
  let width = 0;
  for (const char of line) {
    if (char === ' ') width += 1;
    else if (char === '\t') width += 4;
    else return char === '\r' ? null : width;
  }
  return null;
}

export function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
