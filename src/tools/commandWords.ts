/** How the tools speak of commands: output with a note after it, cut where it is long. */
import { limits } from '../core/limits.ts';

export function withNote(output: string, note: string): string {
  const text = output.trimEnd();
  return text === '' ? `[no output, ${note}]` : `${text}\n[${note}]`;
}

/** Head and tail at line ends, with what is left out between them said. */
export function headAndTail(text: string): string {
  if (text.length <= limits.commandOutputBytes) return text;
  const headMax = Math.floor(limits.commandOutputBytes / 3);
  const tailMax = limits.commandOutputBytes - headMax;
  const head = text.slice(0, text.lastIndexOf('\n', headMax) + 1 || headMax);
  const from = text.indexOf('\n', text.length - tailMax) + 1 || text.length - tailMax;
  const gap = head === '' || head.endsWith('\n') ? '' : '\n';
  return `${head}${gap}[… ${String(from - head.length)} characters left out …]\n${text.slice(from)}`;
}

export function seconds(ms: number): string {
  return ms < 10_000 ? `${String(Math.round(ms / 100) / 10)} s` : `${String(Math.round(ms / 1000))} s`;
}
