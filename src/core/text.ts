/** Words cut to what fits where they are shown. */
import { limits } from './limits.ts';

/** The first line, at most 80 characters: what a session or a message is called by. */
export function firstLine(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length > 80 ? `${line.slice(0, 79).trimEnd()}…` : line;
}

/** The last line that holds anything. */
export function lastLine(text: string): string {
  const end = text.trimEnd();
  return end.slice(end.lastIndexOf('\n') + 1).trimStart();
}

/** What stands in place of a secret wherever texts are shown; no file holds it unless somebody wrote it there. */
export function markerIn(text: string): string | null {
  return /\[redacted: [^\]\n]{1,80}\]/.exec(text)?.[0] ?? null;
}

/** A line of a file as the model sees it: without `\r`, and not without end. */
export function shownLine(line: string): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  return text.length <= limits.lineChars
    ? text
    : `${text.slice(0, limits.lineChars)}[${String(text.length - limits.lineChars)} more characters]`;
}
