/** What a person makes of a proposed plan: no order of edits loses a step's key, and nothing edited is nothing sent. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/protocol/view.ts';
import {
  addStep,
  commentLines,
  draftOf,
  editedPlan,
  filesOf,
  moveStep,
  planLines,
  removeStep,
  writeStep,
} from '../../webview-ui/planDraft.ts';

const plan: Plan = {
  items: [
    { text: 'Find', state: 'todo', detail: 'reads' },
    { text: 'Store', state: 'todo', files: ['a.ts', 'b.ts'] },
    { text: 'Test', state: 'todo', detail: 'runs npm test' },
  ],
  doneWhen: ['It passes'],
};
const draft = draftOf(plan);

describe('a plan that is edited', () => {
  it('is sent only when it says something else', () => {
    const same = [
      null,
      draft,
      moveStep(moveStep(draft, 0, 1), 0, -1),
      writeStep(draft, 1, ' Store ', 'a.ts,b.ts, a.ts'),
    ];
    expect(same.map((one) => editedPlan(plan, one))).toEqual([null, null, null, null]);
    expect(editedPlan(plan, writeStep(draft, 1, 'Store', ''))?.items[1]).toEqual({ text: 'Store', state: 'todo' });
    expect(editedPlan(plan, removeStep(draft, 1))?.doneWhen).toEqual(plan.doneWhen);
  });

  it('keeps comments with their steps, and says where each stands now', () => {
    const edited = removeStep(moveStep(writeStep(draft, 2, 'Test twice', ''), 2, -1), 0);
    expect(
      commentLines(
        edited,
        new Map([
          [2, 'On Windows too'],
          [0, 'gone'],
        ]),
      ),
    ).toEqual(['- Step 1 (Test twice): On Windows too']);
    expect(planLines({ ...plan, items: edited })).toEqual(['1. Test twice', '2. Store (files: a.ts, b.ts)']);
    expect(filesOf(edited)).toEqual(['a.ts', 'b.ts']);
  });

  it('moves no step beyond an end', () => {
    expect([moveStep(draft, 0, -1), moveStep(draft, 2, 1), moveStep(draft, 9, 1)]).toEqual([draft, draft, draft]);
  });

  it('never gives two steps one key', () => {
    const act = fc.record({
      kind: fc.constantFrom('move', 'remove', 'add', 'write'),
      key: fc.nat(6),
      up: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        const end = acts.reduce((now, { kind, key, up }) => {
          if (kind === 'move') return moveStep(now, key, up ? -1 : 1);
          if (kind === 'remove') return removeStep(now, key);
          return kind === 'add' ? addStep(plan, now) : writeStep(now, key, 'x', 'y');
        }, draft);
        expect(new Set(end.map(({ key }) => key)).size).toBe(end.length);
      }),
    );
  });
});
