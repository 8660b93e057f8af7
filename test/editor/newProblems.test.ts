import { describe, expect, it } from 'vitest';
import type { Problem } from '../../src/core/change.ts';
import { newProblems } from '../../src/editor/newProblems.ts';

function problem(line: number, message: string, severity: Problem['severity'] = 'error'): Problem {
  return { line, severity, message, source: 'ts' };
}

describe('new problems', () => {
  it('are those that were not there before, wherever the old ones have moved', () => {
    const before = [problem(3, 'old'), problem(9, 'gone'), problem(5, 'warned', 'warning')];
    const now = [problem(8, 'old'), problem(20, 'warned'), problem(2, 'fresh', 'warning')];
    expect(newProblems(now, before)).toEqual([problem(20, 'warned'), problem(2, 'fresh', 'warning')]);
  });

  it('are one more of a kind than before', () => {
    expect(newProblems([problem(1, 'same'), problem(2, 'same'), problem(3, 'same')], [problem(1, 'same')])).toEqual([
      problem(2, 'same'),
      problem(3, 'same'),
    ]);
  });
});
