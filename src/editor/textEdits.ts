/** What the workbench says of a changed document, as edits of whole lines. Pure. */
import type { LineEdit, Lines } from '../review/ledger.ts';
import { splitLines } from '../workspace/lines.ts';

/** A `TextDocumentContentChangeEvent`, as far as it is needed. */
export interface TextChange {
  readonly range: { readonly start: TextPlace; readonly end: TextPlace };
  readonly text: string;
}

interface TextPlace {
  readonly line: number;
  readonly character: number;
}

/** Several changes of one event follow on each other: each names the lines as the one before left them. */
export function wholeLines(lines: Lines, { range: { start, end }, text }: TextChange): LineEdit {
  const last = lines[end.line] ?? '';
  const head = (lines[start.line] ?? '').slice(0, start.character);
  const tail = withoutReturn(last).slice(end.character);
  const pieces = splitLines(`${head}${text.replace(/\r\n?/g, '\n')}${tail}`);
  const ending = lines.length > 1 && lines[0]?.endsWith('\r') === true ? '\r' : '';
  const lastEnding = last.endsWith('\r') ? '\r' : '';
  return {
    start: start.line,
    end: end.line + 1,
    lines: pieces.map((piece, i) => piece + (i < pieces.length - 1 ? ending : lastEnding)),
  };
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
