/** What shows that a task is done: checks that passed after the last change. */
import type { Evidence } from '../core/event.ts';
import { toArray } from '../core/list.ts';
import type { Turn } from './fold.ts';

const checkWords =
  /(^|[\s:/._-])(tests?|spec|check|lint|build|compile|typecheck|type-check|types|verify|validate|ci|tsc|eslint|ruff|mypy|pyright|jest|vitest|mocha|ava|tap|pytest|tox|nox|unittest|rspec|phpunit|ctest|clippy|vet|bench)\b/i;

/** Programs that name tests without running them: `cat test/a.ts` proves nothing. */
const lookers = new Set(
  'cat cd cp diff echo find git grep head less ls mkdir mv printf pwd rg rm sed sort stat tail touch tree wc which'.split(
    ' ',
  ),
);

/**
 * A command line whose exit code says whether something holds. Lines whose exit code is that of another program (a pipe into
 * `tail`, `|| true`, `; echo`) or not awaited (`&`) prove nothing and do not count.
 */
export function isCheck(line: string): boolean {
  const plain = line.replace(/\d?>&\d|&>\s*\S+|\d?>\s*\S+/g, ' ');
  if (/[|;&\n]/.test(plain.replaceAll('&&', ' '))) return false;
  return plain.split('&&').some((part) => !lookers.has(part.trim().split(/\s/, 1)[0] ?? '') && checkWords.test(part));
}

/**
 * Whether a line that passed says that another one holds too: each part of it ran there, with nothing but more to look at. `a && b` covers
 * `b`, `pytest x y` covers `pytest x`; an option more may leave things out.
 */
export function covers(passed: string, line: string): boolean {
  const ran = partsOf(passed);
  return partsOf(line).every((part) =>
    ran.some(
      (one) =>
        one[0] === part[0] &&
        part.every((word) => one.includes(word)) &&
        one.every((word) => part.includes(word) || !word.startsWith('-')),
    ),
  );
}

function partsOf(line: string): readonly (readonly string[])[] {
  return line.split('&&').map((part) => part.trim().split(/\s+/));
}

/** The last run of each check of the turn, oldest first. */
export function evidenceOf(turn: Turn): readonly Evidence[] {
  const last = new Map<string, Evidence>();
  for (const { line, exitCode, seq, atMs } of toArray(turn.checks)) {
    last.delete(line);
    if (exitCode === 0) for (const [known, { passed }] of last) if (!passed && covers(line, known)) last.delete(known);
    const end =
      exitCode === 0
        ? 'passed'
        : exitCode === null
          ? 'did not end by itself'
          : `failed with exit code ${String(exitCode)}`;
    last.set(line, { text: `${line}: ${end}`, atMs, seq, passed: exitCode === 0, stale: seq < turn.changedAt });
  }
  return [...last.values()];
}

/** **Invariant:** "verified" needs evidence newer than the last change, and none that fails since. */
export function isVerified(turn: Turn, evidence: readonly Evidence[]): boolean {
  const current = evidence.filter(({ stale }) => !stale);
  if (current.some(({ passed }) => !passed)) return false;
  return turn.changes.length === 0 || current.some(({ passed }) => passed);
}
