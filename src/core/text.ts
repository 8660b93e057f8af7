/** Words cut to what fits where they are shown. */

/** The first line, at most 80 characters: what a session or a message is called by. */
export function firstLine(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length > 80 ? `${line.slice(0, 79).trimEnd()}…` : line;
}
