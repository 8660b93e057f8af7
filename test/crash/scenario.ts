/**
 * The run that is killed: a workspace, what the model replies at each step, and what the person does. **Invariant:** a reply depends on
 * nothing but its number, and the person acts only while a question waits, so that every life of the run does the same.
 */
import type { ScriptedBlock, ScriptedReply } from '../support/scriptedApi.ts';

export const effectsFile = 'effects.txt';
export const task = 'Work through the list.';
export const allowed = ['shell(prefix: sh note.sh)', 'write(docs/**)'];

export const workspace: Readonly<Record<string, string>> = {
  'list.txt': 'head\nend\n',
  'crlf.txt': 'head\r\nend\r\n',
  'pairs.txt': Array.from({ length: 40 }, (_, i) => `pair ${String(i)}\n`).join(''),
  'big.txt': Array.from({ length: 300 }, (_, i) => `a line that is there to be read, number ${String(i)}\n`).join(''),
  'docs/notes.md': '# Notes\n\nEnd.\n',
  'note.sh': `echo "$1" >> ${effectsFile}\necho "noted $1"\n`,
  'slow.sh': `echo "$1" >> ${effectsFile}\nfor part in 1 2 3 4; do echo "part $part of $1"; sleep 0.03; done\n`,
};

/** What the person does about a question, in order; all of it is seen in the log, so that what is there already is not done again. */
export interface Answer {
  readonly before: readonly Deed[];
  readonly verdict: 'allow' | 'deny' | 'hunks';
}
export type Deed =
  | { readonly kind: 'queue' | 'steer'; readonly text: string }
  | { readonly kind: 'cancel'; readonly text: string }
  | { readonly kind: 'move'; readonly text: string; readonly before: string }
  | { readonly kind: 'pause' | 'compact'; readonly nth: number };

export const queued = { second: 'Then the second part.', third: 'Then the third part.', dropped: 'Never mind this.' };

const deeds: Readonly<Record<string, readonly Deed[]>> = {
  c3: [
    { kind: 'queue', text: queued.third },
    { kind: 'queue', text: queued.second },
    { kind: 'queue', text: queued.dropped },
  ],
  c6: [
    { kind: 'cancel', text: queued.dropped },
    { kind: 'move', text: queued.second, before: queued.third },
  ],
  c9: [{ kind: 'steer', text: 'Mind the line ends.' }],
  c14: [{ kind: 'pause', nth: 1 }],
  c24: [{ kind: 'compact', nth: 1 }],
  c33: [{ kind: 'pause', nth: 2 }],
  c38: [{ kind: 'compact', nth: 2 }],
};

export function answerTo(call: string): Answer {
  return { before: deeds[call] ?? [], verdict: call === 'c9' ? 'deny' : /^c(?:8|30)$/.test(call) ? 'hunks' : 'allow' };
}

/** Of a proposal with two hunks the first is accepted, the other rejected. */
export function wordOn(hunk: string): { readonly verdict: 'accepted' | 'rejected'; readonly reason?: string } {
  return hunk.endsWith('.1') ? { verdict: 'accepted' } : { verdict: 'rejected', reason: 'Leave this one.' };
}

type Call = readonly [tool: string, input: ScriptedInput];
type ScriptedInput = Extract<ScriptedBlock, { tool: string }>['input'];

const plan = (doing: number): Call => [
  'update_plan',
  {
    items: ['first', 'second', 'third'].map((text, i) => ({
      text: `The ${text} part`,
      state: i < doing ? 'done' : i === doing ? 'doing' : 'todo',
    })),
  },
];
const read = (path: string): Call => ['read_file', { path }];
const find = (pattern: string): Call => ['search_text', { pattern }];
const insert = (path: string, line: string, end = 'end'): Call => [
  'edit_file',
  { path, edits: [{ old_text: `\n${end}`, new_text: `\n${line}\n${end}` }] },
];
const listed = (n: number): Call => insert(n % 2 === 0 ? 'crlf.txt' : 'list.txt', `line ${String(n)}`);
const documented = (n: number): Call => insert('docs/notes.md', `- ${String(n)}`, 'End.');
const pairs = (a: number, b: number): Call => [
  'edit_file',
  {
    path: 'pairs.txt',
    edits: [a, b].map((n) => ({ old_text: `pair ${String(n)}\n`, new_text: `PAIR ${String(n)}\n` })),
  },
];
const created = (n: number): Call => [
  'write_file',
  { path: `docs/new-${String(n)}.md`, content: `New in ${String(n)}.\n` },
];
const note = (n: number | string): Call => ['run_command', { command: `sh note.sh e${String(n)}` }];
const slow = (n: number): Call => ['run_command', { command: `sh slow.sh e${String(n)}` }];

/** The calls of each reply; none: the turn ends. What asks and what does not follows from the tools and `allowed`. */
const script: readonly (readonly Call[])[] = [
  [plan(0)],
  [read('list.txt')],
  [listed(3)],
  [note(4)],
  [documented(5)],
  [slow(6)],
  [listed(7), note(7)],
  [pairs(3, 30)],
  [['run_command', { command: 'sh note.sh e9 && rm -rf docs' }]],
  [note(10)],
  [find('# Notes')],
  [created(12)],
  [documented(13)],
  [slow(14)],
  [listed(15)],
  [note(16), documented(16), note('16b')],
  [plan(1)],
  [],
  [read('big.txt')],
  [listed(20)],
  [note(21)],
  [slow(22)],
  [documented(23), created(23)],
  [slow(24)],
  [listed(25)],
  [read('docs/notes.md')],
  [listed(27), listed(28), note(28)],
  [note(29)],
  [pairs(10, 20)],
  [pairs(5, 35)],
  [plan(2)],
  [],
  [slow(33)],
  [listed(34)],
  [documented(35)],
  [note(36)],
  [read('pairs.txt')],
  [slow(38)],
  [listed(39), documented(39), listed(40)],
  [note(40)],
  [created(41)],
  [note(42)],
  [documented(43)],
  [slow(44)],
  [plan(3)],
  [],
];

export const steps = script.length;

/** `n` counts the replies of the session from 1; its calls are named by it: `c7`, and `c7b`, `c7c` where there are more. */
export function replyTo(n: number): ScriptedReply {
  const calls = script[n - 1];
  if (calls === undefined) throw new Error(`reply ${String(n)} was asked for, there are ${String(steps)}`);
  const usage = { input: 1000 + n, output: 10, cacheRead: 0, cacheWrite: 0 };
  if (calls.length === 0) return { content: [`Part done, after ${String(n)} replies.`], usage };
  const blocks = calls.map(([tool, input], i) => ({ tool, input, id: `c${String(n)}${['', 'b', 'c'][i] ?? ''}` }));
  return { content: [`Step ${String(n)}.`, ...blocks], usage };
}
