/** A plan as a Markdown document that a person edits, and back. Pure. */
import { limits } from '../core/limits.ts';
import type { Plan, PlanItem, PlanState } from '../core/plan.ts';

/** `line`, from 1, is where the text stops being a plan. */
export type ParsedPlan = { readonly plan: Plan } | { readonly error: string; readonly line: number };

/**
 * Numbered steps, indented lines below each for its detail and its files, a list under "Done when".
 * `parsePlan` gives the same plan back, but for white space that only lays out: around words, at the ends of lines.
 */
export function planText({ items, doneWhen }: Plan): string {
  const steps = items.flatMap((item, at) => stepLines(item, `${String(at + 1)}. `));
  const checks = doneWhen.map((check) => `- ${oneLine(check)}`);
  const lines = ['# Plan', '', ...hint, '', ...steps];
  if (checks.length > 0) lines.push('', '## Done when', '', ...checks);
  return `${lines.join('\n')}\n`;
}

/** Nothing is left out in silence: what is neither step, detail, file nor check is an error. */
export function parsePlan(text: string): ParsedPlan {
  const lines = text.split(/\r\n|\r|\n/);
  const steps: Step[] = [];
  const checks: string[] = [];
  let section: 'steps' | 'checks' = 'steps';
  let inComment = false;
  for (const [at, line] of lines.entries()) {
    const fault = (error: string): ParsedPlan => ({ error, line: at + 1 });
    if (inComment || line.startsWith('<!--')) {
      inComment = !line.includes('-->');
      continue;
    }
    const heading = /^#{1,6}\s+(.*?)[\s:#]*$/s.exec(line)?.[1];
    if (heading !== undefined) {
      if (/^done when$/i.test(heading)) section = 'checks';
      else if (/^(plan|steps)$/i.test(heading)) section = 'steps';
      else return fault(`The heading "${heading}" has no place in a plan: it has steps and "Done when".`);
      continue;
    }
    const marked = /^((?:\d{1,4}[.)]|[-*+])\s+)(.*)$/s.exec(line) ?? /^(\d{1,4}[.)]|[-*+])()$/.exec(line);
    if (marked) {
      const [, marker = '', words = ''] = marked;
      if (section === 'checks') checks.push(oneLine(words));
      else steps.push({ words: oneLine(words), line: at + 1, indent: marker.length, below: [] });
      if (words.trim() === '') return fault('Nothing is said here. Write what is to be done, or remove the line.');
      continue;
    }
    const step = steps.at(-1);
    if (section === 'steps' && step) step.below.push({ words: line, line: at + 1 });
    else if (line.trim() === '') continue;
    else if (section === 'checks' && checks.length > 0) checks.push(oneLine(`${checks.pop() ?? ''} ${line}`));
    else return fault('This line belongs to no step. Begin a step with its number, as in "1. Look for the cause".');
  }
  return checked(steps, checks, lines.length);
}

const hint = [
  '<!-- Edit freely: a numbered line is a step, indented lines below it say how. "files:" names what the step changes.',
  '     Go and Change… stand in the title of this editor. -->',
];

const marks: Readonly<Record<PlanState, string>> = { todo: '[ ] ', doing: '[~] ', done: '[x] ', dropped: '[-] ' };
const markPattern = /^\[([ ~xX-])\]\s+/;

function stepLines({ text, state, detail = '', files = [] }: PlanItem, marker: string): readonly string[] {
  const words = oneLine(text);
  const mark = state === 'todo' && !markPattern.test(words) ? '' : marks[state];
  const indent = ' '.repeat(marker.length);
  const below = detailLines(detail).map((line) => line.replace(/^(\s*)(\\*files:)/i, '$1\\$2'));
  if (files.length > 0) below.push(`files: ${files.map(quoted).join(', ')}`);
  return [`${marker}${mark}${words}`, ...below.map((line) => (line === '' ? '' : indent + line))];
}

interface Line {
  readonly words: string;
  readonly line: number;
}

interface Step extends Line {
  /** Columns that the lines below it are indented by, at most. */
  readonly indent: number;
  readonly below: Line[];
}

function checked(steps: readonly Step[], checks: readonly string[], end: number): ParsedPlan {
  const max = limits.planItemsMax;
  const beyond = steps[max];
  if (steps.length === 0) return { error: 'There is no step in it. Begin one with "1. ".', line: end };
  if (beyond)
    return { error: `A plan has at most ${String(max)} steps. Put some of them together.`, line: beyond.line };
  if (checks.length > max) return { error: `A plan has at most ${String(max)} checks under "Done when".`, line: end };
  const items: PlanItem[] = [];
  for (const step of steps) {
    const item = itemOf(step);
    if ('error' in item) return item;
    items.push(item);
  }
  return { plan: { items, doneWhen: checks } };
}

function itemOf({ words, line, indent, below }: Step): PlanItem | { readonly error: string; readonly line: number } {
  const mark = markPattern.exec(words);
  const text = mark === null ? words : words.slice(mark[0].length);
  if (text.length > limits.planTextChars)
    return { error: 'This step says too much in one line. Put the details below it.', line };
  const states = { ' ': 'todo', '~': 'doing', x: 'done', X: 'done', '-': 'dropped' } as const;
  const state = mark === null ? 'todo' : states[mark[1] as keyof typeof states];
  const detail: string[] = [];
  const files: string[] = [];
  for (const one of below) {
    const own = outdent(one.words, indent);
    const named = /^\s*files:(.*)$/is.exec(own)?.[1];
    if (named === undefined) {
      detail.push(own.replace(/^(\s*)\\(\\*files:)/i, '$1$2'));
      continue;
    }
    const names = namesIn(named);
    if (names === null)
      return { error: 'The names of files cannot be read. Part them by commas: src/a.ts, test/**', line: one.line };
    files.push(...names);
  }
  const told = detailLines(detail.join('\n')).join('\n');
  return { text, state, ...(told !== '' && { detail: told }), ...(files.length > 0 && { files }) };
}

function outdent(line: string, columns: number): string {
  if (line.startsWith('\t')) return line.slice(1);
  let at = 0;
  while (at < columns && line[at] === ' ') at++;
  return line.slice(at);
}

/** Without white space at the ends of lines and empty lines around them. */
function detailLines(detail: string): readonly string[] {
  const text = detail
    .split(/\r\n|\r|\n/)
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/^\n+|\n+$/g, '');
  return text === '' ? [] : text.split('\n');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** A name that could be taken for more than one, or for less, stands as a JSON string. */
function quoted(name: string): string {
  return /^["`]|,|[\p{Cc}\u2028\u2029]|^\s|\s$|^$/u.test(name) ? JSON.stringify(name) : name;
}

const namePattern = /\s*(?:("(?:[^"\\]|\\.)*")|`([^`]*)`|([^,]*))\s*(?:,|$)/uy;

/** null: a quotation mark has no end, or stands in the middle. */
function namesIn(list: string): readonly string[] | null {
  const names: string[] = [];
  namePattern.lastIndex = 0;
  while (namePattern.lastIndex < list.length) {
    const found = namePattern.exec(list);
    if (!found) return null;
    const [, json, code, bare = ''] = found;
    const name = json === undefined ? (code ?? bare).trim() : textOf(json);
    if (name === null || (json === undefined && /^["`]/.test(name))) return null;
    if (json !== undefined || name !== '') names.push(name);
  }
  return names;
}

function textOf(json: string): string | null {
  try {
    return String(JSON.parse(json));
  } catch {
    return null;
  }
}
