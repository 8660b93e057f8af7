/** Which problems of a text were not there before: by what they say, since lines move. */
import type { Problem } from '../core/change.ts';

/** Errors first, then by line. Of several alike, as many as there were before are old. */
export function newProblems(now: readonly Problem[], before: readonly Problem[]): readonly Problem[] {
  const old = new Map<string, number>();
  for (const problem of before) old.set(keyOf(problem), (old.get(keyOf(problem)) ?? 0) + 1);
  const fresh = now.filter((problem) => {
    const left = old.get(keyOf(problem)) ?? 0;
    old.set(keyOf(problem), left - 1);
    return left <= 0;
  });
  return fresh.toSorted((a, b) => rank(a) - rank(b) || a.line - b.line);
}

function keyOf({ severity, message, source }: Problem): string {
  return JSON.stringify([severity, source, message]);
}

function rank({ severity }: Problem): number {
  return severity === 'error' ? 0 : 1;
}
