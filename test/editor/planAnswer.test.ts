import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/core/plan.ts';
import { answerWith } from '../../src/editor/planAnswer.ts';

const plan: Plan = { items: [{ text: 'as edited', state: 'todo' }], doneWhen: [] };
const edited = '# Plan\n\n<!-- for the\nperson -->\n\n1. as edited\n';
const comments = '> 1. Look\nnot there';
const parse = (): Plan => plan;

describe('an answer to a plan', () => {
  it('is as given where its document was not touched', () => {
    const untouched = { edited: null, comments: '' };
    expect(answerWith({ action: 'allow', mode: 'edit' }, untouched, parse)).toEqual({ action: 'allow', mode: 'edit' });
    expect(answerWith({ action: 'deny', reason: 'no' }, untouched, parse)).toEqual({ action: 'deny', reason: 'no' });
  });

  it('starts with the plan as edited, the comments added to the yes', () => {
    expect(answerWith({ action: 'allow', mode: 'ask', note: 'Go.' }, { edited, comments }, parse)).toEqual({
      action: 'allow',
      mode: 'ask',
      plan,
      note: 'Go.\n\n> 1. Look\nnot there',
    });
  });

  it('asks for changes with the comments and what was edited so far, readable or not', () => {
    const unreadable = (): Plan => {
      throw new Error('unreadable');
    };
    expect(answerWith({ action: 'deny', reason: 'Smaller.' }, { edited, comments }, unreadable)).toEqual({
      action: 'deny',
      reason: 'Smaller.\n\n> 1. Look\nnot there\n\nI began to edit the plan:\n\n# Plan\n\n1. as edited',
    });
    expect(() => answerWith({ action: 'allow' }, { edited, comments }, unreadable)).toThrow('unreadable');
  });

  it('cancels without a word', () => {
    const cancel = { action: 'deny', reason: '', stop: true } as const;
    expect(answerWith(cancel, { edited, comments }, parse)).toEqual(cancel);
  });
});
