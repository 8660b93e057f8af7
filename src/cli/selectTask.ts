/** Tasks of `journeyman select --batch`, as JSON lines: what each says, and what it asks the index. */
import { JourneymanError } from '../core/error.ts';
import { isObject } from '../core/json.ts';
import type { CodeQuery } from '../core/symbols.ts';
import { objectIn } from './batch.ts';

export interface SelectTask {
  readonly id: string;
  readonly repo: string;
  /** Folder of the files, from the working folder. */
  readonly checkout: string;
  readonly task: string;
  /** Tokens, 4 characters each. */
  readonly budgets: readonly number[];
  /** What was opened already, with the change made to it. */
  readonly seen: { readonly file: string; readonly diff: string | null } | null;
}

const filesMax = 20;
const symbolsMax = 200;

export function queryOf({ task, seen }: Pick<SelectTask, 'task' | 'seen'>): CodeQuery {
  return {
    texts: [{ text: task, weight: 1 }],
    seen: seen === null ? [] : [seen.file],
    edited: seen === null || seen.diff === null ? [] : [{ path: seen.file, text: changedLines(seen.diff) }],
    open: [],
    places: [],
    without: [],
    filesMax: filesMax + 1, // the one that was seen may be among them
    symbolsMax,
  };
}

/** The lines that a unified diff takes and adds. */
function changedLines(diff: string): string {
  return diff
    .split('\n')
    .filter((line) => /^[+-]/.test(line) && !/^(\+\+\+|---) /.test(line))
    .map((line) => line.slice(1))
    .join('\n');
}

/** Throws `invalid_input`. */
export function taskOf(line: string): SelectTask {
  const wrong = (what: string): JourneymanError =>
    new JourneymanError(
      'invalid_input',
      `This is no task: ${what}. One JSON object a line: {"id", "checkout", "task", …}.`,
    );
  const { id, repo, checkout, task, budgets, seen } = objectIn(line, wrong);
  if (typeof id !== 'string' || typeof checkout !== 'string' || typeof task !== 'string')
    throw wrong('id, checkout and task have to be texts');
  const file = isObject(seen) ? seen['file'] : undefined;
  const diff = isObject(seen) ? seen['diff'] : undefined;
  return {
    id,
    repo: typeof repo === 'string' ? repo : checkout,
    checkout,
    task,
    budgets: Array.isArray(budgets) ? budgets.filter((budget) => typeof budget === 'number') : [],
    seen: typeof file === 'string' ? { file, diff: typeof diff === 'string' ? diff : null } : null,
  };
}
