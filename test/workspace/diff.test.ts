import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Hunk } from '../../src/core/change.ts';
import { applyHunks, changeFile } from '../../src/workspace/diff.ts';

const hash = 'h';

function diff(before: string | null, after: string): readonly Hunk[] {
  return changeFile('a.ts', before === null ? null : { text: before, hash }, after, 'call').hunks;
}

/** What a person decides on: place, minus lines, plus lines. */
function shown(before: string | null, after: string): readonly string[] {
  return diff(before, after).map(({ startLine, where, removed, added }) =>
    [
      `${String(startLine)} ${where ?? ''}`,
      ...removed.map((line) => `-${line}`),
      ...added.map((line) => `+${line}`),
    ].join('\n'),
  );
}

describe('a change of a file', () => {
  it('has one hunk a place, with id, context and the definition around it', () => {
    const before = 'import a;\n\nclass Queue {\n  start() {\n    one();\n    two();\n  }\n}\n';
    const after = 'import a;\nimport b;\n\nclass Queue {\n  start() {\n    one();\n    three();\n  }\n}\n';
    expect(changeFile('src/q.ts', { text: before, hash }, after, 'call', 2)).toEqual({
      path: 'src/q.ts',
      beforeHash: 'h',
      hunks: [
        {
          id: 'call:2.1',
          startLine: 2,
          removed: [],
          added: ['import b;'],
          before: ['import a;'],
          after: ['', 'class Queue {', '  start() {'],
        },
        {
          id: 'call:2.2',
          startLine: 6,
          removed: ['    two();'],
          added: ['    three();'],
          before: ['class Queue {', '  start() {', '    one();'],
          after: ['  }', '}'],
          where: 'start()',
        },
      ],
    });
  });

  it('creates a file as one hunk, its final newline included', () => {
    expect(changeFile('a.ts', null, 'a\nb\n', 'call')).toEqual({
      path: 'a.ts',
      beforeHash: null,
      hunks: [{ id: 'call:1.1', startLine: 1, removed: [], added: ['a', 'b', ''], before: [], after: [] }],
    });
  });

  it('shows a new function whole, not from one brace to the next', () => {
    const before = 'function a() {\n  x();\n}\n\nfunction c() {\n  z();\n}\n';
    const after = 'function a() {\n  x();\n}\n\nfunction b() {\n  y();\n}\n\nfunction c() {\n  z();\n}\n';
    expect(shown(before, after)).toEqual(['5 \n+function b() {\n+  y();\n+}\n+']);
  });

  it('keeps a rewritten body in one piece and an import apart from it', () => {
    const before = 'import a;\n\nfunction f() {\n  if (a) {\n    b();\n  }\n  c();\n}\n';
    const after = 'import a2;\n\nfunction f() {\n  if (a2) {\n    b2();\n  }\n  c2();\n}\n';
    expect(shown(before, after)).toEqual([
      '1 \n-import a;\n+import a2;',
      '4 f()\n-  if (a) {\n-    b();\n-  }\n-  c();\n+  if (a2) {\n+    b2();\n+  }\n+  c2();',
    ]);
  });

  it('sees a changed line end and a lost final newline', () => {
    expect(shown('a\r\nb\n', 'a\nb')).toEqual(['1 \n-a\r\n+a', '3 \n-']);
  });

  it.each([
    ['export async function load(url: string) {', 'load()'],
    ['def load(self, url):', 'load()'],
    ['func (s *Server) Start(ctx context.Context) error {', 'Start()'],
    ['pub fn parse(text: &str) -> Ast {', 'parse()'],
    ['export const load = async (url: string) => {', 'load()'],
    ['  private async load(url: string): Promise<void> {', 'load()'],
    ['export abstract class Shape<T> extends Base {', 'Shape'],
  ])('names the definition in `%s`', (line, name) => {
    const indent = /^\s*/.exec(line)?.[0] ?? '';
    expect(diff(`${line}\n${indent}  old\n`, `${line}\n${indent}  new\n`)[0]?.where).toBe(name);
  });

  it.each(['if (ready) {', 'for (const a of b) {', 'const a = {', '- the class that counts:', 'return call({'])(
    'sees no definition in `%s`',
    (line) => {
      expect(diff(`${line}\n  old\n`, `${line}\n  new\n`)[0]?.where).toBeUndefined();
    },
  );

  it('takes two texts with little in common as one hunk', () => {
    const before = Array.from({ length: 3000 }, (_, i) => `a${String(i)}`).join('\n');
    const after = Array.from({ length: 3000 }, (_, i) => `b${String(i)}`).join('\n');
    expect(diff(before, after).length).toBe(1);
  });
});

describe('applying hunks', () => {
  const line = fc.constantFrom('', 'a', 'b', '  a', '  }', '}', 'a\r', '\r', '{');
  const text = fc.array(line, { maxLength: 12 }).map((lines) => lines.join('\n'));

  it('of all gives the new text, of none the old one', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const hunks = diff(before, after);
        expect(applyHunks(before, hunks)).toBe(after);
        expect(applyHunks(before, [])).toBe(before);
        expect(hunks.length > 0).toBe(before !== after);
        // In order, and apart: two at one place could not be told apart.
        for (const [i, { startLine }] of hunks.entries()) {
          const last = hunks[i - 1];
          expect(startLine - (last?.removed.length ?? 0)).toBeGreaterThan(last?.startLine ?? 0);
        }
      }),
    );
  });

  it('of any subset takes exactly these, and the rest can still be diffed in', () => {
    fc.assert(
      fc.property(text, text, fc.infiniteStream(fc.boolean()), (before, after, coins) => {
        const hunks = diff(before, after);
        const picked = hunks.filter(() => coins.next().value);
        const old = before.split('\n');
        const expected: string[] = [];
        let at = 0;
        for (const hunk of hunks) {
          expected.push(...old.slice(at, hunk.startLine - 1), ...(picked.includes(hunk) ? hunk.added : hunk.removed));
          at = hunk.startLine - 1 + hunk.removed.length;
        }
        expected.push(...old.slice(at));
        expect(applyHunks(before, picked)).toBe(expected.join('\n'));
      }),
    );
  });

  it('of a new file gives its text', () => {
    fc.assert(
      fc.property(text, (after) => {
        expect(applyHunks(null, diff(null, after))).toBe(after);
      }),
    );
  });

  it('refuses another text', () => {
    expect(() => applyHunks('x\n', diff('a\n', 'b\n'))).toThrow('Line 1 is not what the change was made against.');
  });
});
