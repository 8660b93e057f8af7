/** The code that was picked for the model, as it reads it; and what each piece of it costs. */
import type { ContextPiece, StalePiece } from '../core/symbols.ts';

/** What the frame around the pieces costs, and a file that pieces are of. */
export const frameTokens = 60;

export function fileTokens(path: string): number {
  return tokensOf(path.length + 1);
}

/** Without its file's line: what stands in the prompt for it. */
export function pieceTokens(piece: Omit<ContextPiece, 'tokens' | 'why'>): number {
  return tokensOf(pieceText(piece).length + 1);
}

/** Before the text is known; never less than `pieceTokens` of it. */
export function estimatedTokens(startLine: number, endLine: number, chars: number, symbol: string | null): number {
  const label = String(startLine).length + String(endLine).length + (symbol?.length ?? 0) + 5;
  return tokensOf(label + chars + (endLine - startLine + 1) * (String(endLine).length + 1) + 1);
}

/** '' where there is nothing to say. */
export function codeText(pieces: readonly ContextPiece[], stale: readonly StalePiece[], complete: boolean): string {
  const parts: string[] = [];
  if (stale.length > 0) parts.push(staleText(stale));
  if (pieces.length > 0) {
    parts.push(complete ? picked : `${picked} ${unfinished}`);
    let path: string | null = null;
    for (const piece of pieces) {
      if (piece.path !== path) parts.push(piece.path);
      path = piece.path;
      parts.push(pieceText(piece));
    }
  }
  return parts.length === 0 ? '' : `<code>\n${parts.join('\n')}\n</code>`;
}

const picked = 'Picked automatically from the workspace as it stands now; it may be incomplete or beside the point.';
const unfinished = 'The index is still being made: more may turn up later.';
/** Of more it is said how many. */
const staleMax = 30;

export function charsIn(tokens: number): number {
  return tokens * 4;
}

function tokensOf(chars: number): number {
  return Math.ceil(chars / 4);
}

function pieceText({ startLine, endLine, form, symbol, text }: Omit<ContextPiece, 'tokens' | 'why'>): string {
  const name = symbol === null ? '' : ` ${symbol}`;
  if (form === 'signature') return `${String(startLine)} signature: ${text}`;
  if (form === 'outline') return `${String(startLine)}-${String(endLine)} signatures${name}:\n${text}`;
  const numbered = text.split('\n').map((line, at) => `${String(startLine + at)}\t${line}`);
  return [`${rangeOf(startLine, endLine)}${name}${form === 'part' ? ' (part)' : ''}`, ...numbered].join('\n');
}

function staleText(stale: readonly StalePiece[]): string {
  const lines = stale.slice(0, staleMax).map(staleLine);
  if (stale.length > staleMax) lines.push(`${String(stale.length - staleMax)} more places above read otherwise now.`);
  return lines.join('\n');
}

function staleLine({ path, startLine, endLine, symbol, now, by }: StalePiece): string {
  const what = `${path}:${rangeOf(startLine, endLine)}${symbol === null ? '' : ` \`${symbol}\``} above`;
  const shift = `${String(Math.abs(by))} ${Math.abs(by) === 1 ? 'line' : 'lines'} ${by > 0 ? 'down' : 'up'}`;
  if (now === 'gone') return `${path} above is gone.`;
  if (now === 'moved') return `${what} stands ${shift} now, otherwise unchanged.`;
  return `${what} has changed since${by === 0 ? '' : `, and what followed it stands ${shift}`}; read it again before editing there.`;
}

function rangeOf(startLine: number, endLine: number): string {
  return startLine === endLine ? String(startLine) : `${String(startLine)}-${String(endLine)}`;
}
