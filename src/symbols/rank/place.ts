/** What a path says of a file: its words, and whether it is code that a task is likely to change. */
import { partsOf, stem, termsOf } from '../terms.ts';

export interface PathFacts {
  /** Its terms and their weights: a file's own name counts most. */
  readonly terms: ReadonlyMap<string, number>;
  /** What its own name is made of, each once: `tool`, `call` for `src/toolCalls.ts`. */
  readonly name: readonly string[];
  readonly isAside: boolean;
  /** Documents, settings and data: changed together with code, and asked for by their names. */
  readonly isBeside: boolean;
}

export function pathFacts(path: string): PathFacts {
  const known = remembered.get(path);
  if (known) return known;
  if (remembered.size >= rememberedMax) remembered.clear();
  const facts = {
    terms: pathTerms(path),
    name: nameTerms(path),
    isAside: isAside(path),
    isBeside: besideName.test(path),
  };
  remembered.set(path, facts);
  return facts;
}
const remembered = new Map<string, PathFacts>();
/** Files of a large repository; beyond it what was known is found out again. */
const rememberedMax = 100_000;

/** With the slash at its end; empty at the root. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

function nameTerms(path: string): readonly string[] {
  const name = withoutEnding(path.slice(path.lastIndexOf('/') + 1));
  return [...new Set(name.split(/[^\p{L}\p{N}]+/u).flatMap((word) => partsOf(word).map(stem)))];
}

/** Every ending: `a.test.ts` is `a`. */
function withoutEnding(path: string): string {
  return path.replace(/(?<=[^/.])(\.\w+)+$/, '');
}

function pathTerms(path: string): ReadonlyMap<string, number> {
  const terms = new Map<string, number>();
  const parts = withoutEnding(path).split('/');
  for (const [at, part] of parts.entries()) {
    const weight = at === parts.length - 1 ? 1 : 0.6;
    for (const word of part.split(/[^\p{L}\p{N}_$]+/u))
      for (const term of termsOf(word)) terms.set(term, Math.max(terms.get(term) ?? 0, weight));
  }
  return terms;
}

/** Tests, examples, documents, generated and foreign code: named in a task now and then, changed for its sake seldom. */
function isAside(path: string): boolean {
  return asideFolder.test(path) || asideName.test(path);
}

const asideFolder =
  /(^|\/)(__tests__|__mocks__|__fixtures__|tests?|testing|testdata|specs?|e2e|fixtures?|mocks?|examples?|samples?|docs?|vendor|node_modules|third[_-]?party|dist|build|target)(\/|$)/i;
const besideName = /\.(md|mdx|rst|adoc|txt|json|jsonc|json5|ya?ml|toml|ini|cfg|conf|properties|lock|xml|svg|csv|tsv)$/i;
const asideName =
  /[._-](test|tests|spec|e2e|bench|stories)\.\w+$|(^|\/)test_[^/]*\.\w+$|_test\.\w+$|(Test|Tests|IT|Spec)\.(java|kt|scala|cs|php|swift)$|(^|\/)(conftest\.py|changelog[^/]*)$|\.d\.ts$|\.min\.\w+$|\.(pb|g|generated)\.\w+$|[._]generated?\.\w+$|_pb2(_grpc)?\.py$/i;
