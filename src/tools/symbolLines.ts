/** How the tools on symbols say what they found: by file, a line each. */
import { JourneymanError } from '../core/error.ts';
import type { CodeIndex } from '../core/ports.ts';
import type { Definition } from '../core/symbols.ts';
import { isSecret } from '../permission/names.ts';

/** Only what names such a file is told of it. */
export function mayShow(path: string, asked: string | null): boolean {
  return !isSecret(path) || (asked !== null && isSecret(asked));
}

/** Grouped by file, as `search_text` does: the path, then `line kind signature  doc`. */
export function definitionLines(definitions: readonly Definition[], nested: boolean): readonly string[] {
  const lines: string[] = [];
  let path: string | null = null;
  for (const one of definitions) {
    if (one.path !== path) lines.push(one.path);
    path = one.path;
    const depth = nested ? one.qualified.slice(0, -one.name.length).split('.').length - 1 : 0;
    lines.push(`${'  '.repeat(depth)}${definitionLine(one)}`);
  }
  return lines;
}

/** `41-96 method Parser.parse: parse(text: string): Node  Reads a text.` */
function definitionLine({ startLine, endLine, kind, qualified, signature, doc }: Definition): string {
  const range = startLine === endLine ? String(startLine) : `${String(startLine)}-${String(endLine)}`;
  const head = signature.length > signatureChars ? `${signature.slice(0, signatureChars)}…` : signature;
  const said = doc.length > docChars ? `${doc.slice(0, docChars)}…` : doc;
  return `${range} ${kind} ${qualified}${head === '' ? '' : `: ${head}`}${said === '' ? '' : `  // ${said}`}`;
}

const signatureChars = 160;
const docChars = 120;

/** What the answer leaves out, or may: the last line of a result; '' where it is whole. */
export function indexNote(index: CodeIndex): string {
  const { state, indexed, files, message } = index.status();
  if (state === 'ready') return '';
  if (state === 'failed')
    throw new JourneymanError(
      'unavailable',
      `The symbol index could not be made${message === null ? '' : `: ${message}`}. Use search_text.`,
    );
  return `[the index is ${state === 'cancelled' ? 'not complete' : 'still being made'}: ${String(indexed)} of ${String(files)} files count; search_text sees all]`;
}
