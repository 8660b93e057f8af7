/** What a definition is called in one line, and what its comment says of it: read from the text around it, when it is asked for. */
import { commentsOf, docOf, endOfAttribute, endOfComment, endOfQuoted, type Comments } from './describeDoc.ts';
import type { StoredDefinition } from './view.ts';

/** A head longer than this is read on in the file itself; half a screen's width more than most lines. */
const signatureChars = 200;
/** How far a head is read: the comments and blanks in it are dropped. */
const headCharsMax = 4000;

export interface Description {
  /** The head on one line, without decorators and comments: `async upload(file: File): Promise<Receipt>`. */
  readonly signature: string;
  /** The first sentence of its comment or docstring; '' when it has none. */
  readonly doc: string;
}

/** Pure, and total: offsets outside of the text are taken as its ends. */
export function describe(
  text: string,
  definition: Pick<StoredDefinition, 'start' | 'end' | 'head' | 'nameStart'>,
  language: string | null,
): Description {
  const comments = commentsOf(language);
  const end = within(definition.end, 0, text.length);
  const start = within(definition.start, 0, end);
  const nameStart = within(definition.nameStart, start, end);
  const first = withoutAttributes(text, start, nameStart, comments);
  const head = definition.head > nameStart ? within(definition.head, first, end) : end;
  return {
    signature: withoutTail(onOneLine(text, first, Math.min(head, first + headCharsMax), comments)),
    doc: docOf(text, { start, first, head, end }, comments),
  };
}

/** Behind decorators, annotations, attributes and the comments between them; never behind the name. */
function withoutAttributes(text: string, start: number, nameStart: number, comments: Comments): number {
  let at = start;
  for (;;) {
    while (at < nameStart && isBlank(text.charCodeAt(at))) at++;
    const after = endOfComment(text, at, comments) ?? endOfAttribute(text, at, nameStart, comments);
    if (after === null || after > nameStart) return at;
    at = after;
  }
}

function onOneLine(text: string, from: number, to: number, comments: Comments): string {
  let line = '';
  let at = from;
  while (at < to && line.length <= signatureChars) {
    const code = text.charCodeAt(at);
    const commented = endOfComment(text, at, comments);
    if (commented !== null || isBlank(code)) {
      at = commented ?? at + 1;
      if (line !== '' && !line.endsWith(' ')) line += ' ';
      continue;
    }
    const after = code === 34 || code === 39 || code === 96 ? endOfQuoted(text, at, to) : at + 1;
    line += text.slice(at, after);
    at = after;
  }
  // Where each parameter has a line of its own.
  line = line.replace(/(?<=[([]) | (?=[)\]])|, ?(?=[)\]])/g, '').trimEnd();
  return at < to || line.length > signatureChars ? `${line.slice(0, signatureChars - 1).trimEnd()}…` : line;
}

/** What opens a body, or ends a statement, says nothing. */
function withoutTail(signature: string): string {
  let line = signature;
  for (;;) {
    const shorter = line.replace(/(?:=>|[{:=;,]|(?<=[\s)])do)$/, '').trimEnd();
    if (shorter === line || shorter === '') return line;
    line = shorter;
  }
}

function within(offset: number, low: number, high: number): number {
  return Math.max(low, Math.min(offset, high));
}

function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 0xa0;
}
