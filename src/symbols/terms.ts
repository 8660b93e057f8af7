/** What a word is made of, so that "parsing change sets" finds `parseChangeSet`: its parts, stemmed, and neighbours joined. */

/** `parseChangeSets` → `pars`, `chang`, `set`, `parsechang`, `changeset`, `parsechangeset`. The same for the same word, always. */
export function termsOf(word: string): readonly string[] {
  const known = remembered.get(word);
  if (known !== undefined) return known;
  if (remembered.size >= rememberedMax) remembered.clear();
  const terms = findTerms(word);
  remembered.set(word, terms);
  return terms;
}

/** As `termsOf`, remembering nothing: for whoever asks for each word once. */
export function findTerms(word: string): readonly string[] {
  const parts = partsOf(word);
  const terms = new Set(parts.map(stem));
  for (let i = 1; i < parts.length; i++) terms.add(pairTerm(parts[i - 1] ?? '', parts[i] ?? ''));
  if (parts.length > 2) terms.add(stem(parts.join('')));
  return [...terms];
}

/** The term of two parts, or two words of a sentence, one behind the other. */
export function pairTerm(first: string, second: string): string {
  return stem(`${first}${second}`);
}

/** `HTTPServer2_port` → `http`, `server`, `port`. One letter alone says nothing. */
export function partsOf(word: string): readonly string[] {
  return ascii.test(word) ? plainParts(word) : anyParts(word);
}

function anyParts(word: string): readonly string[] {
  return word
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part.length > 1);
}

/** As `anyParts`, ten times as fast: nearly all words are made of these letters, and an index has half a million of them. */
function plainParts(word: string): readonly string[] {
  const lower = word.toLowerCase();
  const parts: string[] = [];
  let start = 0;
  let before = none;
  let here = kindOf(word, 0);
  for (let i = 0; i < word.length; i++) {
    const after = kindOf(word, i + 1);
    const isHump = here === upper && (before === small || before === digit || (before === upper && after === small));
    if (isHump || here === none) {
      if (i - start > 1) parts.push(lower.slice(start, i));
      start = here === none ? i + 1 : i;
    }
    before = here;
    here = after;
  }
  if (word.length - start > 1) parts.push(lower.slice(start));
  return parts;
}

const ascii = /^[\0-\x7f]*$/;
const [none, small, upper, digit] = [0, 1, 2, 3];

function kindOf(word: string, at: number): number {
  const unit = word.charCodeAt(at);
  if (unit >= 97 && unit <= 122) return small;
  if (unit >= 65 && unit <= 90) return upper;
  return unit >= 48 && unit <= 57 ? digit : none;
}

/** English endings only: plural, -ing, -ed, a last e; short words stay as they are. */
export function stem(word: string): string {
  if (word.length <= 4)
    return word.length === 4 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.endsWith('sses')) return word.slice(0, -2);
  if (word.endsWith('ing') && word.length > 6) return withoutLastE(single(word.slice(0, -3)));
  if (word.endsWith('ed') && word.length > 5) return withoutLastE(single(word.slice(0, -2)));
  const one = word.endsWith('s') && !word.endsWith('ss') && !word.endsWith('us') ? word.slice(0, -1) : word;
  return withoutLastE(one);
}

function withoutLastE(word: string): string {
  return word.length > 3 && word.endsWith('e') ? word.slice(0, -1) : word;
}

/** `stopp` → `stop`; `pass` and `call` keep theirs. */
function single(word: string): string {
  const last = word.at(-1);
  return last !== undefined && last === word.at(-2) && !'sl'.includes(last) ? word.slice(0, -1) : word;
}

const remembered = new Map<string, readonly string[]>();
/** Words of a large repository; beyond it what was known is found out again. */
const rememberedMax = 300_000;
