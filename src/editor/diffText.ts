/** A diff of many files cut to a size, so that each file keeps a fair part of it. Pure. */

/** Below this a part of a file says nothing. */
const fileCharsMin = 400;
const namesMax = 100;

/** Small files whole, large ones cut at a line; where there are too many, the last ones only by name. */
export function boundedDiff(diff: string, charsMax: number): string {
  if (diff.length <= charsMax) return diff;
  const files = diff.split(/^(?=diff --git )/m).filter((file) => file !== '');
  const shown = files.slice(0, Math.max(1, Math.floor(charsMax / fileCharsMin)));
  const share = fairShare(
    shown.map(({ length }) => length),
    charsMax,
  );
  const rest = files.slice(shown.length).map(nameOf);
  const more = rest.length > namesMax ? `, and ${String(rest.length - namesMax)} more` : '';
  return [
    ...shown.map((file) => cut(file, share)),
    ...(rest.length > 0 ? [`[also changed, left out here: ${rest.slice(0, namesMax).join(', ')}${more}]\n`] : []),
  ].join('');
}

/** The largest part that each may have so that all together keep to the sum. */
function fairShare(lengths: readonly number[], sum: number): number {
  let left = sum;
  const sorted = [...lengths].sort((a, b) => a - b);
  for (const [at, length] of sorted.entries()) {
    const share = Math.floor(left / (sorted.length - at));
    if (length > share) return share;
    left -= length;
  }
  return sum;
}

function cut(file: string, charsMax: number): string {
  if (file.length <= charsMax) return file;
  const end = file.lastIndexOf('\n', charsMax) + 1;
  const kept = file.slice(0, end === 0 ? charsMax : end);
  const left = file.slice(kept.length).split('\n').length - 1;
  return `${kept}${kept.endsWith('\n') ? '' : '\n'}[${String(Math.max(1, left))} more lines of this file are left out]\n`;
}

function nameOf(file: string): string {
  return /^\+\+\+ b\/(.*)$/m.exec(file)?.[1] ?? /^diff --git a\/(.*?) b\//.exec(file)?.[1] ?? 'a file';
}
