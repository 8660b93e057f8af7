/** Output of a command as it comes: its head and its tail are kept, the middle is counted; control sequences are taken out. */

export interface CappedOutput {
  readonly add: (data: Buffer) => void;
  /** The text with a line in place of what was dropped. Lines and bytes count all of it. */
  end(): { readonly text: string; readonly bytes: number; readonly lines: number };
}

/** `bytesMax` is shared out one third to the head, two thirds to the tail: errors stand at the end. */
export function cappedOutput(bytesMax: number, onText: (text: string) => void): CappedOutput {
  const headMax = Math.floor(bytesMax / 3);
  const tailMax = bytesMax - headMax;
  const head: Buffer[] = [];
  let headBytes = 0;
  let tail: Buffer[] = [];
  let tailBytes = 0;
  let bytes = 0;
  let newlines = 0;
  let endsLine = true;
  const decoder = new TextDecoder();
  let held = '';

  const add = (data: Buffer): void => {
    bytes += data.length;
    for (const byte of data) if (byte === 10) newlines++;
    if (data.length > 0) endsLine = data.at(-1) === 10;
    const rest = data.subarray(Math.max(0, Math.min(data.length, headMax - headBytes)));
    if (rest.length < data.length) {
      head.push(data.subarray(0, data.length - rest.length));
      headBytes += data.length - rest.length;
    }
    if (rest.length > 0) {
      tail.push(rest);
      tailBytes += rest.length;
      if (tailBytes > 2 * tailMax) {
        tail = [Buffer.concat(tail).subarray(-tailMax)];
        tailBytes = tailMax;
      }
    }
    const text = held + decoder.decode(data, { stream: true });
    held = unfinished.exec(text)?.[0] ?? '';
    const shown = live(text.slice(0, text.length - held.length));
    if (shown !== '') onText(shown);
  };

  return {
    add,
    end() {
      const lines = newlines + (endsLine ? 0 : 1);
      const all = Buffer.concat(tail);
      const kept = all.subarray(-tailMax);
      if (headBytes + kept.length >= bytes)
        return { text: plain(Buffer.concat([...head, kept]).toString('utf8')), bytes, lines };
      // Whole lines on both sides of the gap, so that no half line is taken for a whole one.
      const start = upToLastLine(plain(Buffer.concat(head).toString('utf8')));
      const last = fromFirstLine(plain(kept.toString('utf8')));
      const dropped = lines - countLines(start) - countLines(last);
      const gap = `[… ${String(dropped)} of ${String(lines)} lines dropped, ${String(bytes)} bytes in all …]\n`;
      return { text: `${start}${gap}${last}`, bytes, lines };
    },
  };
}

/** A line longer than this is cut in the middle after all: dropping it whole could drop everything. */
const lineCharsKept = 4000;

function upToLastLine(text: string): string {
  const end = text.lastIndexOf('\n') + 1;
  return text.length - end > lineCharsKept ? `${text}\n` : text.slice(0, end);
}

function fromFirstLine(text: string): string {
  const start = text.indexOf('\n') + 1;
  return start === 0 || start > lineCharsKept ? text : text.slice(start);
}

function countLines(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') || text === '' ? 1 : 0);
}

const control =
  /\x1b\][^\x07\x1b]*(?:\x07|\x1b\\|$)|\x1b[PX^_][^\x1b]*(?:\x1b\\|$)|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g;

/** The begin of a control sequence, or of a line end, whose rest is still to come. */

const unfinished = /(?:\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]{0,500}|[ -/]*)?|\r+)$/;

/** As it comes, nothing can be taken back: what a progress line overwrites stays as a line of its own. */
function live(text: string): string {
  return text.replace(control, '').replace(/\r+\n/g, '\n').replace(/\r+/g, '\n');
}

/** Without colours, titles and cursor moves; a progress line that was overwritten by `\r` leaves its last state. */
function plain(text: string): string {
  const clean = text.replace(control, '');
  if (!clean.includes('\r')) return clean;
  return clean
    .split('\n')
    .map((line) => line.replace(/\r+$/, ''))
    .map((line) => line.slice(line.lastIndexOf('\r') + 1))
    .join('\n');
}
