import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Plan, PlanItem } from '../../src/core/plan.ts';
import { parsePlan, planText } from '../../src/review/planText.ts';

const plan: Plan = {
  items: [
    {
      text: 'Round up started kilos',
      state: 'todo',
      detail: 'in `quote()`\n\n- and nowhere else',
      files: ['src/rates.js'],
    },
    { text: 'Run the tests', state: 'todo', detail: 'npm test' },
  ],
  doneWhen: ['npm test passes', '31.2 kg cost 21.39 €'],
};

describe('a plan as a document', () => {
  it('is Markdown that a person can read and edit', () => {
    expect(planText(plan)).toBe(`# Plan

<!-- Edit freely: a numbered line is a step, indented lines below it say how. "files:" names what the step changes.
     Go and Change… stand in the title of this editor. -->

1. Round up started kilos
   in \`quote()\`

   - and nowhere else
   files: src/rates.js
2. Run the tests
   npm test

## Done when

- npm test passes
- 31.2 kg cost 21.39 €
`);
  });

  it('is read as people write', () => {
    const text = [
      '* [x] Look',
      '',
      '- Write it',
      '  with care',
      '\tFiles: `a.ts`, src/b c.ts,, "d,e.ts"',
      'and no more',
      '+ [-] Rest',
      '### Done when:',
      '1) it runs',
      '   and stops',
      '',
    ].join('\r\n');
    expect(parsePlan(text)).toEqual({
      plan: {
        items: [
          { text: 'Look', state: 'done' },
          {
            text: 'Write it',
            state: 'todo',
            detail: 'with care\nand no more',
            files: ['a.ts', 'src/b c.ts', 'd,e.ts'],
          },
          { text: 'Rest', state: 'dropped' },
        ],
        doneWhen: ['it runs and stops'],
      },
    });
  });

  it.each([
    ['', 1, 'There is no step in it. Begin one with "1. ".'],
    [
      '# Plan\n\nFirst we look.\n1. Look\n',
      3,
      'This line belongs to no step. Begin a step with its number, as in "1. Look for the cause".',
    ],
    ['1. Look\n## Notes\nwords\n', 2, 'The heading "Notes" has no place in a plan: it has steps and "Done when".'],
    ['1. Look\n2.\n', 2, 'Nothing is said here. Write what is to be done, or remove the line.'],
    [
      '1. Look\n   files: "a.ts, b.ts\n',
      2,
      'The names of files cannot be read. Part them by commas: src/a.ts, test/**',
    ],
    ['- Look\n'.repeat(31), 31, 'A plan has at most 30 steps. Put some of them together.'],
  ])('says what cannot be read: %j', (text, line, error) => {
    expect(parsePlan(text)).toEqual({ error, line });
  });
});

const wild = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.stringMatching(/^[ \t\\#>`~[\]x*+.,:"0-9a-f\r\n-]{0,40}$/),
  fc.constantFrom(
    'files: a',
    '\\files: b',
    '[x] done',
    '# head',
    '<!-- no -->',
    '1. one',
    '- dash',
    'Done when',
    '## Done when',
  ),
);
const line = wild.map((text) => text.replace(/\s+/g, ' ').trim()).filter((text) => text !== '');
const detail = wild
  .map((text) =>
    text
      .split(/\r\n|\r|\n/)
      .map((one) => one.trimEnd())
      .join('\n')
      .replace(/^\n+|\n+$/g, ''),
  )
  .filter((text) => text !== '');
const item: fc.Arbitrary<PlanItem> = fc
  .record(
    {
      text: line,
      state: fc.constantFrom('todo', 'doing', 'done', 'dropped'),
      detail,
      files: fc.array(wild, { minLength: 1, maxLength: 3 }),
    },
    { requiredKeys: ['text', 'state'] },
  )
  .map((one) => one as PlanItem);
const anyPlan: fc.Arbitrary<Plan> = fc.record({
  items: fc.array(item, { minLength: 1, maxLength: 12 }),
  doneWhen: fc.array(line, { maxLength: 4 }),
});

describe('any plan', () => {
  it('comes back from its document', () => {
    fc.assert(
      fc.property(anyPlan, (one) => {
        expect(parsePlan(planText(one))).toEqual({ plan: one });
      }),
      { numRuns: 2000 },
    );
  });

  it('of a document comes back from its own document', () => {
    const text = fc
      .array(
        fc.oneof(
          wild,
          line.map((words) => `1. ${words}`),
          line.map((words) => `   ${words}`),
        ),
      )
      .map((all) => all.join('\n'));
    fc.assert(
      fc.property(text, (words) => {
        const parsed = parsePlan(words);
        if ('plan' in parsed) expect(parsePlan(planText(parsed.plan))).toEqual(parsed);
      }),
      { numRuns: 2000 },
    );
  });
});
