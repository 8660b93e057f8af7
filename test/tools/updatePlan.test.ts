import { describe, expect, it } from 'vitest';
import { prepareCall } from '../../src/tools/run.ts';
import { updatePlan } from '../../src/tools/updatePlan.ts';

describe('the input of update_plan', () => {
  it('names the files of a step, and keeps nothing else that the model put in', () => {
    const items = [
      { text: 'Round up', state: 'doing', files: ['src/rates.js', 'test/**'], colour: 'red' },
      { text: 'Report', state: 'todo', detail: 'in words', files: [] },
    ];
    const prepared = prepareCall([updatePlan()], 'update_plan', { items });
    expect(prepared.ok && prepared.input).toEqual({
      items: [
        { text: 'Round up', state: 'doing', files: ['src/rates.js', 'test/**'] },
        { text: 'Report', state: 'todo', detail: 'in words' },
      ],
      doneWhen: [],
    });
  });
});
