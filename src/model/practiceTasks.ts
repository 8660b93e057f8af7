/** What the practice model has replies for, to be offered in an empty panel; apart from the model, which is loaded when it is used. */

export interface PracticeTask {
  /** The recording: `media/practice/<id>.json`. */
  readonly id: 'heavy' | 'explain' | 'tests';
  readonly title: string;
  readonly hint: string;
  /** What the person sends. */
  readonly text: string;
  /** Other words for the same task. */
  readonly means: RegExp;
}

export const practiceTasks: readonly PracticeTask[] = [
  {
    id: 'heavy',
    title: 'Fix a bug: heavy parcels are quoted too low',
    hint: 'Finds it, proposes changes, runs the tests when you allow it.',
    text: 'Heavy parcels are quoted too low: 31.2 kg within Germany should cost 21.39 €, we say 20.44 €. Find out why and fix it.',
    means: /heavy|too (low|cheap)|31\.2|20\.44|21\.39|started kilo|failing test|fix the test/i,
  },
  {
    id: 'explain',
    title: 'Explain how this project fits together',
    hint: 'Only reads.',
    text: 'Explain how this project fits together.',
    means: /explain|overview|how (does|do) (this|it|the project)|fits? together|what (is|does) this (project|code)/i,
  },
  {
    id: 'tests',
    title: 'Write tests for src/zones.js',
    hint: 'Proposes a new file, runs it when you allow it.',
    text: 'Write tests for src/zones.js.',
    means: /\b(write|add|more)\b.*\btests?\b/i,
  },
];
