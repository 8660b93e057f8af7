/**
 * A result as it stands in the prompt: head and tail of what is too long, with the way to the rest. Tools bound their texts themselves,
 * with better words; this holds whatever they do, by tokens too: base64, minified files and scripts other than Latin have more of them.
 */
import { limits } from '../core/limits.ts';
import { charsWithin, tokensIn } from '../core/tokens.ts';

/** What the words at a cut take. */
const noteTokens = 60;
const noteChars = 200;

/** null: it fits as it is. `handle` null: the rest is kept nowhere. */
export function boundedText(text: string, handle: string | null): string | null {
  const { resultTokens, resultChars } = limits;
  // A character is one token at most.
  if (text.length <= resultTokens || (text.length <= resultChars && tokensIn(text) <= resultTokens)) return null;
  const half = {
    tokens: Math.floor((resultTokens - noteTokens) / 2),
    chars: Math.floor((resultChars - noteChars) / 2),
  };
  const headMax = charsWithin(text, half, 'start');
  const tailMax = charsWithin(text, half, 'end');
  // At ends of lines, where that costs little.
  const lineEnd = text.lastIndexOf('\n', headMax - 1) + 1;
  const head = text.slice(0, lineEnd > headMax / 2 ? lineEnd : headMax);
  const tailFrom = text.length - tailMax;
  const lineStart = text.indexOf('\n', tailFrom) + 1;
  const tail = text.slice(lineStart > 0 && lineStart - tailFrom < tailMax / 2 ? lineStart : tailFrom);
  const cut = text.length - head.length - tail.length;
  const gap = head.endsWith('\n') ? '' : '\n';
  const way = handle === null ? 'ask for less at once to see them' : `recall with handle ${handle} reads them`;
  return `${head}${gap}[${String(cut)} of ${String(text.length)} characters cut here; ${way}]\n${tail}`;
}
