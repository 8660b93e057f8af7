/** Redaction of what comes in pieces: whole lines are told, and what may go on in the next line waits for it. */
import type { RedactedStream } from '../core/ports.ts';
import { openBlockAt } from './redactBlocks.ts';

/** Held at most: more without a line end is no text, and longer than any secret. */
const heldCharsMax = 128 * 1024;
/** Of a text that is told though it has no end yet, this much stays: longer than any token. */
const tailChars = 16 * 1024;

export function redactStream(redact: (text: string) => string, onText: (text: string) => void): RedactedStream {
  let held = '';
  const tell = (text: string): void => {
    const clean = redact(text);
    if (clean !== '') onText(clean);
  };
  return {
    write(text) {
      held += text;
      if (!text.includes('\n') && held.length < heldCharsMax) return;
      const from = held.length >= heldCharsMax ? cutBefore(held, held.length - tailChars) : openAt(held);
      if (from <= 0) return;
      const told = held.slice(0, from);
      held = held.slice(from);
      tell(told);
    },
    end() {
      const rest = held;
      held = '';
      tell(rest);
    },
  };
}

/** Where that begins which the next lines may still belong to: the last line, an open key block, lines of base64, an assignment. */
function openAt(text: string): number {
  let from = text.lastIndexOf('\n') + 1;
  for (let lines = 0; from > 0 && lines < heldLinesMax; lines++) {
    const start = text.lastIndexOf('\n', from - 2) + 1;
    if (!goesOn.test(text.slice(start, from - 1).slice(-400))) break;
    from = start;
  }
  const block = openBlockAt(text.slice(0, from));
  return block === null ? from : text.lastIndexOf('\n', block) + 1;
}

/** Lines of base64 that are held: a key, not a picture. */
const heldLinesMax = 400;

/** Ends in base64, or in an operator, a name, a comma, a quote that waits for its value. */
const goesOn =
  /(?:[A-Za-z0-9+/=_-]{24}|[:=|>,(\\{[]|[|>][-+\d]{1,2}|(?:login|user|account|machine)[ \t]+\S+|name["']?[ \t]*:[ \t]*\S+)\s*$/i;

/** A long text is cut at a blank, and never inside what is held together. */
function cutBefore(text: string, at: number): number {
  const block = openBlockAt(text.slice(0, at));
  const end = block === null ? at : Math.min(at, block);
  const blank = Math.max(text.lastIndexOf('\n', end), text.lastIndexOf(' ', end));
  return blank > 0 ? blank + 1 : end > 0 ? end : at;
}
