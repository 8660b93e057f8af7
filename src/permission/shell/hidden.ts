/** Characters that make a line look like another: invisible ones, ones that turn its direction, letters of another script that look alike. */

const invisible =
  /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}\u00a0\u115f\u1160\u1680\u2000-\u200a\u202f\u205f\u2800\u3000\u3164\ufe00-\ufe0f\uffa0\u{e0100}-\u{e01ef}]/u;
/** Signs that are read as those of the shell but are none, or the other way round. */
const lookAlikeSign =
  /[\u2010-\u2015\u2018-\u201f\u2024\u2044\u2212\u2215\u2216\u2223\u2236\u2260\u2264\u2265\u037e\u01c3\u02d0\u0589\u05c3\u066a\u0964\uff01-\uff5e\u29f8\u29f9\ufe52-\ufe6b\ua789\u275b-\u275e]/u;
const mixedScripts =
  /(?=[^\s]*[A-Za-z])[^\s]*[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u;
const plainLetters = /^[\p{ASCII}]*$/u;

/** What is odd about the characters of a line, for a person; null: nothing. */
export function hiddenIn(text: string): string | null {
  if (plainLetters.test(text) && !invisible.test(text)) return null;
  const unseen = invisible.exec(text)?.[0];
  if (unseen !== undefined)
    return `it holds the character ${codePoint(unseen)}, which is not seen or changes what is seen`;
  const alike = lookAlikeSign.exec(text)?.[0];
  if (alike !== undefined && !isQuotedWords(text, alike))
    return `it holds ${codePoint(alike)}, which looks like another sign`;
  return mixedScripts.test(text) ? 'it mixes letters of two scripts that look alike' : null;
}

/** As a person is shown it: nothing hides. */
export function escaped(text: string): string {
  return text.replace(new RegExp(invisible, 'gu'), (char) => `<${codePoint(char)}>`);
}

/** Typographic signs inside a quoted text with spaces are words, such as a commit message. */
function isQuotedWords(text: string, sign: string): boolean {
  const outside = text.replace(/'[^']*\s[^']*'|"[^"$`]*\s[^"$`]*"/g, '');
  return !outside.includes(sign) && !lookAlikeSign.test(outside);
}

function codePoint(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
