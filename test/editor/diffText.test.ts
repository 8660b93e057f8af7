import { describe, expect, it } from 'vitest';
import { boundedDiff } from '../../src/editor/diffText.ts';

function file(name: string, lines: number): string {
  return `diff --git a/${name} b/${name}\n--- a/${name}\n+++ b/${name}\n${'+line\n'.repeat(lines)}`;
}

describe('a diff cut to a size', () => {
  it('stays as it is where it fits', () => {
    expect(boundedDiff(file('a.ts', 3), 1000)).toBe(file('a.ts', 3));
  });

  it('keeps small files whole and cuts the large ones at a line', () => {
    const small = file('small.ts', 2);
    const cut = boundedDiff(file('big.ts', 500) + small, 1000);
    expect(cut.endsWith(small)).toBe(true);
    expect(cut.slice(0, -small.length)).toMatch(
      /^diff --git a\/big.ts b\/big.ts\n--- a\/big.ts\n\+\+\+ b\/big.ts\n(\+line\n)+\[355 more lines of this file are left out\]\n$/,
    );
  });

  it('names the files that have no room', () => {
    const all = Array.from({ length: 200 }, (_, i) => file(`src/${String(i)}.ts`, 100));
    const cut = boundedDiff(all.join(''), 1000);
    expect(cut.match(/^diff --git/gm)).toHaveLength(2);
    expect(cut).toContain('[also changed, left out here: src/2.ts, src/3.ts, ');
    expect(cut).toContain('src/101.ts, and 98 more]\n');
  });
});
