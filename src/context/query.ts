/** What to look for at a step: the task, the step of the plan, what the last step brought, as a query of the index. */
import { isObject, type Json } from '../core/json.ts';
import type { CodeQuery } from '../core/symbols.ts';
import type { Location } from '../core/ports.ts';
import type { CodeState, StepResult } from './codeState.ts';
import { readPointers } from './places.ts';

/** How much of what is said counts, beside the task. */
const weights = {
  task: 1,
  plan: 0.8,
  wanted: 0.7,
  wrong: 0.6,
  attached: 0.4,
  said: 0.3,
  earlier: [0.3, 0.15],
} as const;
const filesMax = 20;
const symbolsMax = 60;
const placesMax = 20;
/** A search with more matches than this points nowhere. */
const matchesMax = 8;
const saidChars = 800;
const attachedChars = 2000;

export interface CodeQuestion {
  readonly query: CodeQuery;
  /** What the last step brought points at something, or changes what matters. */
  readonly isNews: boolean;
}

export function codeQuestion(code: CodeState, locate: (path: string) => Location): CodeQuestion {
  const texts: { text: string; weight: number }[] = [];
  const say = (text: string, weight: number): void => {
    if (text.trim() !== '') texts.push({ text: text.trim(), weight });
  };
  const places: { path: string; line: number }[] = [];
  const point = (path: string, line: number): void => {
    const known = nameOf(path, locate);
    const isNew = !places.some((one) => one.path === known && one.line === line);
    if (known !== null && isNew && places.length < placesMax) places.push({ path: known, line });
  };

  const first = code.tasks.length - code.now;
  const current = code.tasks.slice(first);
  for (const { text } of current.toReversed()) say(text, weights.task);
  for (const { kind, label, text } of current.flatMap(({ attachments }) => attachments)) {
    const [, path = '', line] = /^(.*):(\d+)(?:-\d+)?$/.exec(label) ?? [];
    if (kind === 'problem') say(`${label}\n${text.split('\n', 1)[0] ?? ''}`, weights.wrong);
    else say(`${label}\n${text.slice(0, attachedChars)}`, weights.attached);
    if (line !== undefined) point(path, Number(line));
  }
  say(code.doing ?? '', weights.plan);

  const problems = code.problems.map(({ path, line, message }) => {
    point(path, line);
    return message;
  });
  say(problems.join('\n'), weights.wrong);
  for (const one of code.results) {
    const { names, lines, found } = pointersOf(one);
    for (const { path, line } of found) point(path, line);
    say([...names.map((name) => `\`${name}\``), ...lines].join('\n'), weights.wrong);
  }
  say(code.results.flatMap(wantedBy).join('\n'), weights.wanted);
  say(code.said.slice(0, saidChars), weights.said);
  for (const [ago, weight] of weights.earlier.entries()) say(code.tasks[first - 1 - ago]?.text ?? '', weight);

  const pointed = places.length > 0 && (code.results.length > 0 || code.problems.length > 0);
  return {
    query: {
      texts,
      seen: code.seen,
      edited: code.edited,
      open: [],
      places,
      without: [...code.adjusted.values()].flatMap(({ path, symbol, as }) =>
        as === 'dropped' ? [{ path, symbol }] : [],
      ),
      filesMax,
      symbolsMax,
    },
    isNews: code.fresh.size > 0 || pointed,
  };
}

interface Read {
  readonly found: readonly { readonly path: string; readonly line: number }[];
  readonly names: readonly string[];
  readonly lines: readonly string[];
}

function pointersOf({ tool, result }: StepResult): Read {
  const detail = result.status === 'ok' || result.status === 'error' ? result.detail : undefined;
  if (detail?.kind === 'search')
    return { found: detail.matches <= matchesMax ? matchesIn(result.text) : [], names: [], lines: [] };
  if (detail?.kind === 'symbols' && detail.found > matchesMax) return { found: [], names: [], lines: [] };
  if (detail?.kind !== 'command' && detail?.kind !== 'symbols' && tool !== 'run_command')
    return { found: [], names: [], lines: [] };
  const { places, names, lines } = readPointers(result.text);
  return { found: places, names, lines: detail?.kind === 'symbols' ? [] : lines };
}

/** The result of a search: a path, then `line:text` of its matches. */
function matchesIn(text: string): readonly { readonly path: string; readonly line: number }[] {
  let path = '';
  return text.split('\n').flatMap((line) => {
    const [, number, mark] = /^(\d+)([:-])/.exec(line) ?? [];
    if (number === undefined) path = line;
    return number !== undefined && mark === ':' && path !== '' ? [{ path, line: Number(number) }] : [];
  });
}

/** What the model looked for by itself. */
function wantedBy({ tool, input }: StepResult): readonly string[] {
  const value = tool === 'search_text' ? text(input, 'pattern') : tool.startsWith('find_') ? text(input, 'name') : null;
  return value === null ? [] : [`\`${value}\``];
}

function text(input: Json, name: string): string | null {
  const value = isObject(input) ? input[name] : null;
  return typeof value === 'string' ? value : null;
}

/** As the tools name it; null for what is not the project's own. */
function nameOf(path: string, locate: (path: string) => Location): string | null {
  const plain = path.replace(/^file:\/\//, '').replaceAll('\\', '/');
  if (plain.startsWith('node:')) return null;
  try {
    const { path: name, inside } = locate(plain);
    return inside ? name : null;
  } catch {
    return null; // no path that a file can have
  }
}
