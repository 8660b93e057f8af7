/** What the tasks of palette and menus say to the model; the person reads it as their message. */
import type { Mode } from '../core/permission.ts';

export interface TaskText {
  readonly text: string;
  /** null: as the person has set it. */
  readonly mode: Mode | null;
}

/** `what`: "`upload` in `src/a.ts:41-96`". */
export const taskTexts = {
  explain: (what: string): TaskText => ({
    text: `Explain ${what}: what it does, how it fits in here, and what is easy to get wrong. Answer in words, without a plan.`,
    mode: 'plan',
  }),
  /** `problems`: one line each. */
  fix: (problems: readonly string[]): TaskText => ({
    text: `Fix ${problems.length === 1 ? 'this problem' : 'these problems'}, at the cause rather than where it shows:\n\n${problems.map((one) => `- ${one}`).join('\n')}`,
    mode: null,
  }),
  tests: (what: string): TaskText => ({
    text: `Write tests for ${what}, in the style of the tests that are there, and run them.`,
    mode: null,
  }),
  refactor: (what: string, words: string): TaskText => ({
    text: `Refactor ${what}: ${words}\n\nWhat it does stays as it is.`,
    mode: null,
  }),
  document: (what: string): TaskText => ({
    text: `Document ${what} in the style of the comments around it: what it is for, and what a caller has to know. Change no code.`,
    mode: null,
  }),
  review: (): TaskText => ({
    text: 'Review my uncommitted changes, which are attached: what is wrong, risky or missing, the worst first, each with file and line. Answer in words, without a plan.',
    mode: 'plan',
  }),
} as const;
