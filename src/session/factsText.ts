/** The facts of a session as the model reads them when room was made: word for word, within so many tokens. */
import type { Rule } from '../core/permission.ts';
import { toArray } from '../core/list.ts';
import { tokensIn } from '../core/tokens.ts';
import type { CheckFact, Facts, FileFact, SaidFact } from './facts.ts';

/**
 * Where it is too much: first what came along with messages is left out, then the oldest messages are cut in their middle, then the oldest
 * lines of lists become a number; each says so, with its handle. Never: what this turn began with, the last message, and the plan.
 */
export function factsText(facts: Facts, turn: number, keep: string, tokensMax: number): string {
  let text = '';
  for (const cut of cuts) {
    text = render(facts, turn, keep, cut);
    if (tokensIn(text) <= tokensMax) return text;
  }
  return text;
}

interface Cut {
  /** Of one text that came along, of one message that is not of this turn, and lines of one list. */
  readonly attachedChars: number;
  readonly oldChars: number;
  readonly lines: number;
}

const cuts: readonly Cut[] = [
  { attachedChars: 8000, oldChars: Infinity, lines: 400 },
  { attachedChars: 1000, oldChars: Infinity, lines: 400 },
  { attachedChars: 200, oldChars: 4000, lines: 200 },
  { attachedChars: 0, oldChars: 1000, lines: 100 },
  { attachedChars: 0, oldChars: 300, lines: 50 },
  { attachedChars: 0, oldChars: 100, lines: 25 },
  { attachedChars: 0, oldChars: 100, lines: 8 },
];

function render(facts: Facts, turn: number, keep: string, cut: Cut): string {
  const { plan, words, files, open, running, checks, problems, pinned, instructions, rules, fileRules, read } = facts;
  const said = toArray(facts.said);
  const parts = [
    intro,
    ...(keep.trim() === '' ? [] : [`The user asked to keep this in mind: ${keep.trim()}`]),
    ...section('What the user said, oldest first', said.map((one, i) => saidLine(one, one.turn === turn || i === said.length - 1, cut)), Infinity), // prettier-ignore
    ...section('Instructions of folders', [...instructions].map(([path, text]) => `${path}:\n${text.trim()}`), Infinity), // prettier-ignore
    ...section('Rules of permission', [...rules, ...fileRules].map(ruleLine), cut.lines),
    ...section('The plan', plan === null ? [] : planLines(plan), Infinity),
    ...section(
      'What the user decided',
      [...words.values()].map((line) => `- ${line}`),
      cut.lines,
    ),
    ...section('Files you changed, as they stand', [...files].map(fileLine), cut.lines),
    ...section('Changes of yours that wait for a word of the user', openLines(open), cut.lines),
    ...section(
      'Commands that run in the background',
      [...running].map(([id, line]) => `- ${id}: ${line}`),
      cut.lines,
    ),
    ...section('The last end of each check', [...checks.values()].map((one) => checkLine(one, facts.changedAt)), cut.lines), // prettier-ignore
    ...section('Errors that the editor tells', [...problems.values()].flatMap(({ path, problems: all }) => all.filter(({ severity }) => severity === 'error').map(({ line, message }) => `- ${path}:${String(line)}: ${message}`)), cut.lines), // prettier-ignore
    ...section('Code that the user pinned', pinned.map(({ path, symbol }) => `- ${path}${symbol === null ? '' : ` ${symbol}`}`), cut.lines), // prettier-ignore
    ...section('Files that were read', read.size === 0 ? [] : [[...read].slice(-cut.lines).join(', ')], Infinity),
  ];
  return `<record>\n${parts.join('\n\n').replaceAll('</record', '<\\/record')}\n</record>`;
}

const intro =
  'Room was made: what was said and done before is left out from here. This is taken word for word from the record of the session and holds, whatever else says otherwise. recall reads all of it again, by handle (#12) or by words. Go on with the task from where it stands.';

/** The newest lines count most; a list that is cut says so. */
function section(title: string, lines: readonly string[], most: number): readonly string[] {
  if (lines.length === 0) return [];
  const left = lines.length - Math.min(lines.length, most);
  const note = left > 0 ? [`(${String(left)} older: recall finds them)`] : [];
  return [[`## ${title}`, ...note, ...lines.slice(left)].join('\n')];
}

function saidLine({ seq, turn, text, attached }: SaidFact, isWhole: boolean, { attachedChars, oldChars }: Cut): string {
  const words = isWhole ? text : middleCut(text, oldChars, seq);
  const more = attached.map(
    (one) =>
    attachedChars === 0 ? `[attached ${one.label}: recall #${String(seq)}]` : `[attached ${one.label}]\n${middleCut(one.text, attachedChars, seq)}`, // prettier-ignore
  );
  return [`#${String(seq)} (turn ${String(turn)}) ${words}`, ...more].join('\n');
}

function middleCut(text: string, chars: number, seq: number): string {
  if (text.length <= chars + cutNoteChars) return text;
  const head = text.slice(0, Math.ceil(chars / 2)).replace(/[\uD800-\uDBFF]$/, '');
  const tail = chars < 2 ? '' : text.slice(-Math.floor(chars / 2)).replace(/^[\uDC00-\uDFFF]/, '');
  const cut = text.length - head.length - tail.length;
  return `${head} [${String(cut)} characters cut: recall #${String(seq)}] ${tail}`;
}

const cutNoteChars = 50;

function ruleLine({ action, tool, match }: Rule): string {
  return `- ${action} ${tool}(${match.kind}: ${match.value})`;
}

function planLines({ items, doneWhen }: NonNullable<Facts['plan']>): readonly string[] {
  const steps = items.map(({ text, state, detail, files }, i) => {
    const about = [detail ?? '', files === undefined ? '' : `files: ${files.join(', ')}`].filter((one) => one !== '');
    return `${String(i + 1)}. [${state}] ${text}${about.length === 0 ? '' : ` (${about.join('; ')})`}`;
  });
  return [...steps, ...doneWhen.map((one) => `Done when: ${one}`)];
}

function fileLine([path, { edits, added, removed, place, fate, since }]: readonly [string, FileFact]): string {
  const own =
    edits === 0
      ? fate
      : `${fate === '' ? '' : `${fate}, `}+${String(added)} −${String(removed)} in ${String(edits)} ${edits === 1 ? 'edit' : 'edits'}, the last at ${place}`;
  const others = since.length === 0 ? '' : `${own === '' ? '' : '; since then '}${since.join(', ')}`;
  return `- ${path}: ${own}${others}`;
}

function openLines(open: ReadonlyMap<string, string>): readonly string[] {
  const counts = new Map<string, number>();
  for (const path of open.values()) counts.set(path, (counts.get(path) ?? 0) + 1);
  return [...counts].map(([path, count]) => `- ${path}: ${String(count)}`);
}

function checkLine({ line, exitCode, seq, place }: CheckFact, changedAt: number): string {
  const end = exitCode === 0 ? 'passed' : exitCode === null ? 'did not end by itself' : `failed with exit code ${String(exitCode)}`; // prettier-ignore
  return `- ${line}: ${end} at ${place} (#${String(seq)})${seq < changedAt ? ', before the last change of files' : ''}`;
}

/** Checks that failed last, as the record tells them. */
export function failingChecks({ checks, changedAt }: Facts): readonly string[] {
  return [...checks.values()].filter(({ exitCode }) => exitCode !== 0).map((one) => checkLine(one, changedAt).slice(2));
}
