/** How many tokens a text is, nearly: no tokenizer is at hand for every model. What the server counted corrects it. */

/**
 * Prose and code come to about four characters a token; digits, punctuation, base64 and scripts other than Latin to fewer. Each rather too
 * many than too few: a request that does not fit is refused.
 */
export function tokensIn(text: string): number {
  return Math.ceil(weigh(text, 0, 1, Infinity, Infinity).tokens);
}

/** How many characters from the start, or from the end, come to at most so many tokens and characters; none is cut in half. */
export function charsWithin(
  text: string,
  { tokens, chars: most }: { readonly tokens: number; readonly chars: number },
  from: 'start' | 'end',
): number {
  const { chars } = from === 'start' ? weigh(text, 0, 1, tokens, most) : weigh(text, text.length - 1, -1, tokens, most);
  const edge = from === 'start' ? chars : text.length - chars;
  const isSplit = isHigh(text.charCodeAt(edge - 1)) && isLow(text.charCodeAt(edge));
  return isSplit ? chars - 1 : chars;
}

/** Words of a language and names are shorter; keys, hashes and encoded bytes are not words to a tokenizer. */
const wordChars = 24;

function weigh(
  text: string,
  first: number,
  step: 1 | -1,
  tokensMax: number,
  charsMax: number,
): { readonly tokens: number; readonly chars: number } {
  let tokens = 0;
  let run = 0;
  let wasSpace = false;
  let chars = 0;
  for (let at = first; at >= 0 && at < text.length && chars < charsMax; at += step) {
    const code = text.charCodeAt(at);
    const isWord = isLetter(code) || isDigit(code);
    const isSpace = code === 32 || code === 9 || code === 13;
    run = isWord ? run + 1 : 0;
    let weight = 0.5;
    if (isWord) weight = run > wordChars ? 0.5 : isDigit(code) ? 0.4 : 0.23;
    else if (isSpace) weight = wasSpace ? 0.03 : 0.15;
    else if (code === 10) weight = 0.25;
    else if (code >= 0x2e80) weight = 1;
    if (tokens + weight > tokensMax) break;
    tokens += weight;
    wasSpace = isSpace;
    chars++;
  }
  return { tokens, chars };
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isHigh(code: number): boolean {
  return code >= 0xd800 && code < 0xdc00;
}

function isLow(code: number): boolean {
  return code >= 0xdc00 && code < 0xe000;
}
