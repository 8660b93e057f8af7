/** Lines of code where a name stands: comments and strings are left out as far as the scanner knows the language. */
import { scan } from './extract/scan.ts';
import { SourceBuffer } from './extract/scanSource.ts';
import { syntaxOf } from './extract/scanSyntax.ts';
import { scanTable } from './extract/scanTable.ts';
import { Tokens } from './extract/scanTokens.ts';
import { WordCounter } from './extract/scanWordCounter.ts';

/** Lines from 0, each once. */
export function codeLines(
  text: string,
  language: string | null,
  name: string,
): readonly { readonly line: number; readonly text: string }[] {
  // prettier-ignore
  if (!text.includes(name)) return [];
  const src = source.load(text);
  const places = new Places(text, name);
  places.begin(src);
  tokens.begin(1024);
  scan(src, text.length, scanTable(syntaxOf(language)), places, tokens);
  const lines: { readonly line: number; readonly text: string }[] = [];
  let line = 0;
  let start = 0;
  for (const place of places.found) {
    if (place < start) continue; // a second one on the line that was told last
    for (let end = text.indexOf('\n', start); end >= 0 && end < place; end = text.indexOf('\n', start)) {
      line++;
      start = end + 1;
    }
    const end = text.indexOf('\n', place);
    lines.push({ line, text: text.slice(start, end < 0 ? undefined : end).replace(/\r$/, '') });
    if (end < 0) break;
    line++;
    start = end + 1;
  }
  return lines;
}

/** Stands where words are counted, and notes where one of them is. */
class Places extends WordCounter {
  readonly found: number[] = [];
  readonly #text: string;
  readonly #name: string;

  constructor(text: string, name: string) {
    super();
    this.#text = text;
    this.#name = name;
  }

  override add(start: number, end: number, _hash: number, prose: boolean): void {
    if (!prose && end - start === this.#name.length && this.#text.startsWith(this.#name, start)) this.found.push(start);
  }
}

const source = new SourceBuffer();
const tokens = new Tokens();
