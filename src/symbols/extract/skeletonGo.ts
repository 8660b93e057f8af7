/** Skeletons of Go: bodies of functions, arguments and values are cut. */
import { hashOf, tokenKind, type Tokens } from './scanTokens.ts';
import { cutBetween, textUnitsMax } from './skeletonCut.ts';
import type { SkeletonWriter } from './skeletonWriter.ts';

const words = (text: string): ReadonlySet<number> => new Set(text.split(' ').map(hashOf));
const funcWord = hashOf('func');
const aggregates = words('struct interface');
/** Their brackets hold declarations. */
const groups = words('const var type import');

export function skeletonOfGo(tokens: Tokens, out: SkeletonWriter): boolean {
  const { kinds, starts, ends, hashes, partners } = tokens;
  let i = 0;
  while (i < tokens.size) {
    const kind = kinds[i] as number;
    const before = i > 0 ? (kinds[i - 1] as number) : 0;
    if (kind === tokenKind.name && hashes[i] === funcWord) {
      i = functionBody(tokens, i + 1);
      if (kinds[i] === 123 && i < tokens.size) {
        cutBetween(tokens, out, i);
        i = (partners[i] as number) + 1;
      }
      continue;
    }
    if (kind === 123) {
      const isAggregate = before === tokenKind.name && aggregates.has(hashes[i - 1] as number);
      if (!isAggregate) {
        cutBetween(tokens, out, i);
        i = partners[i] as number;
      }
    } else if (kind === 40) {
      const isCall = before === tokenKind.name ? !groups.has(hashes[i - 1] as number) : before === 41 || before === 93;
      // Methods of interfaces stand on lines of their own.
      if (isCall && kinds[nameStart(tokens, i - 1) - 1] !== tokenKind.newline) {
        cutBetween(tokens, out, i);
        i = partners[i] as number;
      } else if (isCall) i = partners[i] as number;
    } else if (kind === tokenKind.text && (ends[i] as number) - (starts[i] as number) > textUnitsMax)
      out.cut((starts[i] as number) + 1, (ends[i] as number) - 1);
    i++;
  }
  return true;
}

/** Where the name with dots starts that ends at `at`. */
function nameStart({ kinds }: Tokens, at: number): number {
  let i = at;
  while (i > 1 && kinds[i - 1] === 46 && kinds[i - 2] === tokenKind.name) i -= 2;
  return i;
}

/** After `func`: the `{` of its body, or the end of its type. */
function functionBody({ kinds, hashes, partners, size }: Tokens, at: number): number {
  let i = at;
  while (i < size) {
    const kind = kinds[i] as number;
    if (kind === 123) {
      const isAggregate = kinds[i - 1] === tokenKind.name && aggregates.has(hashes[i - 1] as number);
      if (!isAggregate) return i;
      i = (partners[i] as number) + 1;
    } else if (kind === 40 || kind === 91) i = (partners[i] as number) + 1;
    else if (kind === tokenKind.newline || kind === 44 || kind === 41 || kind === 125 || kind === 59 || kind === 61)
      return i;
    else i++;
  }
  return i;
}
