import { describe, expect, it } from 'vitest';
import { commitMessageOf, commitPrompt } from '../../src/editor/commitText.ts';

describe('the message in what a model answers', () => {
  it.each([
    ['rates: round up', 'rates: round up'],
    ['  rates: round up  \n\nWhy it is so.  \n', 'rates: round up\n\nWhy it is so.'],
    ['Here it is:\n\n```text\nrates: round up\n\nWhy.\n```\n', 'rates: round up\n\nWhy.'],
    ['"rates: round up"', 'rates: round up'],
    ['`quote`: round up `kg`', '`quote`: round up `kg`'],
    ['', ''],
  ])('%j', (answer, message) => {
    expect(commitMessageOf(answer)).toBe(message);
  });
});

describe('what is said for a commit message', () => {
  it('names the style of the repository and what was begun', () => {
    expect(commitPrompt(['rates: a', 'docs: b'], 'rates: round')).toMatch(
      /alone: no plan, no quotes, no Markdown\.\n\nKeep to the style of the last commits here:\nrates: a\ndocs: b\n\nI have begun it, go on from there:\nrates: round$/,
    );
    expect(commitPrompt([], '')).not.toContain('\n');
  });
});
