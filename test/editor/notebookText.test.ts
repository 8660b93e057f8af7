import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { matched, parseNotebook, withCells, type Cell, type CellType } from '../../src/editor/notebookText.ts';

const text = `{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": 2,
   "id": "a",
   "metadata": {"tags":  ["x"]},
   "outputs": [{"output_type": "stream", "text": ["]}\\u00e4 \\"{\\n"], "value": 1.0}],
   "source": [
    "x = 1\\n",
    "y"
   ]
  },
  { "cell_type": "markdown", "id": "b", "metadata": {}, "source": "# Title" }
 ],
 "metadata": { "kernel": 1.50 },
 "nbformat": 4,
 "nbformat_minor": 5
}
`;

function cell(id: string | null, type: CellType, source: string, metadata: JsonObject = {}, hasOutputs = false): Cell {
  return { id, type, source, metadata, hasOutputs };
}

const code = cell('a', 'code', 'x = 1\ny', { tags: ['x'] }, true);
const title = cell('b', 'markdown', '# Title');

describe('a notebook as text', () => {
  it('is the same bytes with the same cells', () => {
    expect(withCells('n.ipynb', text, [code, title], { nbformat: 4, other: 1 })).toBe(text);
  });

  it('differs only in the source that was typed into, as the notebook writes sources', () => {
    expect(withCells('n.ipynb', text, [{ ...code, source: 'x = 2\n\nz\n' }, title], {})).toBe(
      text.replace('"x = 1\\n",\n    "y"', '"x = 2\\n",\n    "\\n",\n    "z\\n"'),
    );
    expect(withCells('n.ipynb', text, [code, { ...title, source: 'a\nb' }], {})).toBe(
      text.replace('"# Title"', String.raw`"a\nb"`),
    );
  });

  it('loses outputs that were cleared, and takes metadata over', () => {
    expect(
      withCells(
        'n.ipynb',
        text,
        [
          { ...code, hasOutputs: false },
          { ...title, metadata: { a: 1 } },
        ],
        {},
      ),
    ).toBe(
      text
        .replace(/"outputs": .*,\n/, '"outputs": [],\n')
        .replace('"execution_count": 2', '"execution_count": null')
        .replace('"metadata": {}', '"metadata": {\n    "a": 1\n   }'),
    );
    expect(withCells('n.ipynb', text, [code, title], { metadata: { kernel: 2 } })).toBe(
      text.replace('{ "kernel": 1.50 }', '{\n  "kernel": 2\n }'),
    );
  });

  it('keeps the bytes of cells that came to another place, beside new ones and ones of another type', () => {
    const fresh = cell('c', 'code', 'new\n');
    const moved = withCells('n.ipynb', text, [title, fresh, code], {});
    const old = parseNotebook('n.ipynb', text).cells.map(({ start, end }) => text.slice(start, end));
    const { cells } = parseNotebook('n.ipynb', moved);
    expect([0, 2].map((i) => moved.slice(cells[i]?.start, cells[i]?.end))).toEqual([old[1], old[0]]);
    expect(cells[1]?.json).toEqual({
      cell_type: 'code',
      metadata: {},
      source: ['new\n'],
      id: 'c',
      execution_count: null,
      outputs: [],
    });
    const turned = withCells('n.ipynb', text, [{ ...code, type: 'markdown', hasOutputs: false }, title], {});
    expect(parseNotebook('n.ipynb', turned).cells[0]?.json).toEqual({
      cell_type: 'markdown',
      metadata: { tags: ['x'] },
      source: ['x = 1\n', 'y'],
      id: 'a',
    });
    expect(withCells('n.ipynb', '{"cells":[],"nbformat":4}', [cell(null, 'raw', 'r')], {})).toBe(
      '{"cells":[{"cell_type":"raw","metadata":{},"source":["r"]}],"nbformat":4}',
    );
    expect(parseNotebook('n.ipynb', withCells('n.ipynb', text, [], {})).cells).toEqual([]);
  });

  it.each([
    ['{', 'Expected property name'],
    ['[]', 'it is no JSON object'],
    ['{"cells": 1}', 'it has no list of cells'],
    ['{"cells": [1]}', 'a cell is no object'],
    ['{"cells": [{"cell_type": "x"}]}', 'a cell has no known cell_type'],
    ['{"cells": [{"cell_type": "raw", "source": 1}]}', 'the source of a cell is neither text nor lines'],
    ['{"cells": [{"cell_type": "raw", "metadata": []}]}', 'the metadata of a cell is no object'],
  ])('is refused where it is none: %s', (broken, why) => {
    expect(() => parseNotebook('n.ipynb', broken)).toThrow(
      `n.ipynb is open as a notebook, and this text is none: ${why}`,
    );
  });

  it('reads back as the cells that were put in, whatever they are and however the text is laid out', () => {
    const anyCell = fc.record({
      id: fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { nil: null }),
      type: fc.constantFrom<CellType>('code', 'markdown', 'raw'),
      source: fc.stringMatching(/^[ab"\\\n{}[\]]{0,6}$/),
      metadata: fc.dictionary(fc.constantFrom('x', 'y'), fc.string({ maxLength: 3 })),
      hasOutputs: fc.constant(false),
    });
    const anyCells = fc.uniqueArray(anyCell, { selector: ({ id }) => id ?? Symbol('none'), maxLength: 6 });
    fc.assert(
      fc.property(anyCells, anyCells, fc.constantFrom(0, 1, 4), (old, fresh, indent) => {
        const json = (one: Cell): JsonObject => ({
          ...(one.id !== null && { id: one.id }),
          cell_type: one.type,
          metadata: one.metadata,
          source: one.source,
        });
        const before = JSON.stringify({ cells: old.map(json), nbformat: 4 }, null, indent);
        const after = parseNotebook('n', withCells('n', before, fresh, {}));
        expect(after.cells.map(({ type, source, metadata }) => ({ type, source, metadata }))).toEqual(
          fresh.map(({ type, source, metadata }) => ({ type, source, metadata })),
        );
        expect(withCells('n', before, old, {})).toBe(before);
      }),
    );
  });
});

describe('cells of two texts', () => {
  const plain = (...sources: readonly string[]): readonly Cell[] => sources.map((one) => cell(null, 'code', one));

  it.each([
    ['a changed one by order', plain('a', 'b', 'c'), plain('a', 'B', 'c'), ['a', 'b', 'c']],
    ['a new one', plain('a', 'c'), plain('a', 'b', 'c'), ['a', null, 'c']],
    ['a changed one beside a new one', plain('a', 'b', 'c'), plain('a', 'B', 'new', 'c'), ['a', 'b', null, 'c']],
    ['one that is gone', plain('a', 'b', 'c'), plain('a', 'c'), ['a', 'c']],
  ])('are told as the same without ids: %s', (_, old, fresh, names) => {
    expect(matched(old, fresh).map((one) => one?.source ?? null)).toEqual(names);
  });

  it('are told as the same by id, wherever they stand and whatever is in them', () => {
    expect(matched([code, title], [{ ...title, source: 'x' }, cell('c', 'code', 'x = 1\ny'), code])).toEqual([
      title,
      null,
      code,
    ]);
  });
});
