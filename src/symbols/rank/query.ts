/** What a query asks for: terms with weights, the names and the paths that it spells out. */
import type { CodeQuery } from '../../core/symbols.ts';
import { pairTerm, partsOf, stem, termsOf } from '../terms.ts';

export interface Wanted {
  /** By term (`terms.ts`); more of a word counts less and less. */
  readonly terms: ReadonlyMap<string, number>;
  /** The word that a term was first said by. */
  readonly said: ReadonlyMap<string, string>;
  /** Names as they are spelt, where they look like code: with a capital inside, an underscore, or between backticks. */
  readonly names: ReadonlySet<string>;
  /** Ends of paths, in lower case: `src/a.ts`, `a.ts`. */
  readonly paths: ReadonlySet<string>;
}

export function wantedBy(query: CodeQuery): Wanted {
  const weights = new Map<string, number>();
  const names = new Set<string>();
  const paths = new Set<string>();
  const said = new Map<string, string>();
  const bump = (term: string, weight: number, word: string): void => {
    if (stopTerms.has(term)) return;
    weights.set(term, (weights.get(term) ?? 0) + weight);
    if (!said.has(term)) said.set(term, word);
  };
  const add = (text: string, weight: number): void => {
    let last = '';
    let end = 0;
    for (const { 0: word, index } of text.matchAll(wordPattern)) {
      if (looksLikeCode(word)) names.add(word);
      const parts = partsOf(word);
      for (const term of termsOf(word)) bump(term, weight, word);
      const [part] = parts;
      // "change set" may be `changeSet`.
      if (
        parts.length === 1 &&
        part !== undefined &&
        last !== '' &&
        index - end === 1 &&
        !/[.,;:!?\n]/.test(text.charAt(end))
      )
        bump(pairTerm(last, part), weight, `${last} ${part}`);
      last = parts.length === 1 && part !== undefined ? part : '';
      end = index + word.length;
    }
  };
  for (const { text, weight } of query.texts) {
    const [title = '', ...rest] = text.trimStart().split('\n');
    add(title, 2 * weight);
    let left = bodyChars;
    for (const line of rest) {
      if (left <= 0) break;
      add(line.slice(0, left), weight / 2);
      left -= line.length;
    }
    for (const [, quoted = ''] of text.slice(0, quotedChars).matchAll(/`([^`\n]{2,80})`/g)) {
      add(quoted, weight);
      if (/^[\p{L}_$][\p{L}\p{N}_$.]*$/u.test(quoted)) names.add(quoted.slice(quoted.lastIndexOf('.') + 1));
    }
    for (const [path] of text.matchAll(pathPattern)) paths.add(path.toLowerCase());
  }
  return {
    said,
    terms: new Map([...weights].map(([term, weight]) => [term, Math.log1p(weight)])),
    names,
    paths,
  };
}

const wordPattern = /[\p{L}_$][\p{L}\p{N}_$]*/gu;
const pathPattern = /(?:[\w.@-]+\/)*[\w@-]+(?:\.[\w-]+)*\.[a-z]\w{0,5}\b/gi;
/** A task says what it wants at its beginning; what follows are logs and reasons. */
const bodyChars = 1200;
const quotedChars = 8000;

function looksLikeCode(word: string): boolean {
  return word.length > 3 && /\p{Ll}\p{Lu}|\p{L}_\p{L}|\$/u.test(word);
}

/** Words of every task and every sentence. */
const stopTerms: ReadonlySet<string> = new Set(
  'the and or of to in for on with is are be was were this that it its as by from at not no when if then than into can should will would do does did has have had but so we you which also only use using used add adds added fix fixes fixed make makes made change changes changed remove removed update updated support new now more some any all other via like just get set one two same still there where what how why because eg ie etc them they their our your my such may might must need needs'
    .split(' ')
    .flatMap((word) => partsOf(word).map(stem)),
);
