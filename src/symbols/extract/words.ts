/** The words of a text and how often each stands in code and in prose: in comments and strings. */
import type { WordTable } from '../facts.ts';
import { scan } from './scan.ts';
import { SourceBuffer } from './scanSource.ts';
import { syntaxOf, type Syntax } from './scanSyntax.ts';
import { scanTable } from './scanTable.ts';
import { Tokens } from './scanTokens.ts';
import { WordCounter } from './scanWordCounter.ts';

export { syntaxOf, type Syntax };

const source = new SourceBuffer();
const counter = new WordCounter();
/** Only the last of them are kept: a word needs no more. */
const lastTokens = new Tokens();

/** `syntax` null (see `syntaxOf`): nothing is known of comments and strings, all counts as code. */
export function scanWords(text: string, syntax: Syntax | null): WordTable {
  const src = source.load(text);
  counter.begin(src);
  lastTokens.begin(1024);
  scan(src, text.length, scanTable(syntax), counter, lastTokens);
  return counter.table();
}
