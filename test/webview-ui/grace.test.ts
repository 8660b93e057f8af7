import { describe, expect, it } from 'vitest';
import { Grace } from '../../webview-ui/grace.ts';

function graceAfter(question: string | null, shownAtMs: number): Grace {
  const grace = new Grace();
  grace.shown(question, shownAtMs);
  return grace;
}

describe('a fresh question', () => {
  it('takes keys after half a second', () => {
    const grace = graceAfter('a', 1000);
    expect([grace.takesKey(1499), grace.takesKey(1500)]).toEqual([false, true]);
  });

  it('takes no keys while a person types elsewhere, nor shortly after', () => {
    const grace = graceAfter('a', 1000);
    grace.typed(3000);
    expect([grace.takesKey(3400), grace.takesKey(3500)]).toEqual([false, true]);
  });

  it('takes no click that began before it could be read', () => {
    const grace = graceAfter('a', 1000);
    grace.pressed(1400);
    expect(grace.takesClick(1900)).toBe(false);
    grace.pressed(1600);
    expect(grace.takesClick(1700)).toBe(true);
  });

  it('waits anew when it changes, not when it is drawn again', () => {
    const grace = graceAfter('a', 1000);
    grace.shown('a', 2000);
    expect(grace.takesKey(2000)).toBe(true);
    grace.shown('b', 2000);
    expect([grace.takesKey(2100), grace.takesKey(2500)]).toEqual([false, true]);
  });

  it('that is gone takes nothing', () => {
    const grace = graceAfter(null, 1000);
    grace.pressed(9000);
    expect([grace.takesKey(9000), grace.takesClick(9000)]).toEqual([false, false]);
  });
});
