/** In which order files are read when somebody asks before the index is made: those whose paths say most of what is asked. */
import type { CodeQuery } from '../../core/symbols.ts';
import { pathSignal } from './fileSignals.ts';
import { pathFacts } from './place.ts';
import { wantedBy } from './query.ts';

/** Of tests, documents and data. */
const asideShare = 0.2;

/** The likely ones last, as a stack is read; all others keep their order before them. */
export function likelyLast<File extends { readonly path: string }>(
  files: readonly File[],
  query: CodeQuery,
): readonly File[] {
  const paths = files.map(({ path }) => path);
  const wanted = wantedBy(query);
  const aside = Uint8Array.from(paths, (path) => (pathFacts(path).isAside || pathFacts(path).isBeside ? 1 : 0));
  const scores = pathSignal(paths, wanted, aside, paths.length);
  return files
    .map((file, at) => {
      const path = file.path.toLowerCase();
      const isNamed = [...wanted.paths].some((end) => path === end || path.endsWith(`/${end}`));
      const said = (scores[at] ?? 0) * (aside[at] === 1 ? asideShare : 1);
      return { file, score: isNamed ? Infinity : said };
    })
    .sort((a, b) => (a.score === b.score ? 0 : a.score - b.score))
    .map(({ file }) => file);
}
