/** What a file is, before it is parsed: written by a person, or by a machine, for which its words are enough. */
import { indexLimits } from '../indexLimits.ts';

/** Too large, generated or minified. `path` and the text as they stand. */
export function isMachineMade(path: string, text: string): boolean {
  return text.length > indexLimits.parsedChars || isLockFile(path) || isGenerated(text) || isMinified(text);
}

/** How many lines a text has: what stands after the last end of line is one when it is not empty. */
export function countLines(text: string): number {
  let lines = text === '' || text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

const bracketSteps = new Int8Array(128);
for (const [open, close] of ['()', '[]', '{}']) {
  bracketSteps[open?.charCodeAt(0) ?? 0] = 1;
  bracketSteps[close?.charCodeAt(0) ?? 0] = -1;
}

/**
 * Nested as no person nests, which takes a parser time with the square of the depth when something is missing. Brackets in
 * comments and strings count too: they seldom go on and on without their other half.
 */
export function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const step = unit < 128 ? (bracketSteps[unit] as number) : 0;
    if (step === 0) continue;
    depth += step;
    if (depth < 0) depth = 0;
    else if (depth > indexLimits.nesting) return true;
  }
  return false;
}

function isLockFile(path: string): boolean {
  return /(?:^|[\\/])(?:package-lock|npm-shrinkwrap|pnpm-lock|composer)\.(?:json|yaml|lock)$/.test(path);
}

const comment = String.raw`^[ \t\uFEFF]*(?:<\?php\s+)?(?://|/\*|\*|#|--|<!--|;|%|"""|''')`;
const marker = String.raw`(?:code generated .*do not edit|@generated\b|(?:is|was) (?:automatically |auto-?)generated\b|\bauto-?generated\b.*\bdo not\b|do not edit.*\bgenerated\b)`;
const generated = new RegExp(`${comment}.*${marker}`, 'im');

function isGenerated(text: string): boolean {
  return generated.test(text.slice(0, indexLimits.markerChars));
}

/** A short file may well have long lines. */
function isMinified(text: string): boolean {
  if (text.length <= indexLimits.lineChars) return false;
  let lines = 0;
  for (let start = 0; start < text.length; lines++) {
    const end = text.indexOf('\n', start);
    if ((end < 0 ? text.length : end) - start > indexLimits.lineChars) return true;
    start = end < 0 ? text.length : end + 1;
  }
  return text.length / lines > indexLimits.lineMeanChars;
}
