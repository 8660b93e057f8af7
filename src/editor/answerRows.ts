/** A question and its answers as the rows of a quick pick: whole and to the letter, or not at all. */
import type { Question } from '../core/event.ts';
import type { RuleReach } from '../core/permission.ts';
import { escaped } from '../permission/shell/hidden.ts';
import { questionTitle } from '../protocol/words.ts';

export interface AnswerRow {
  readonly label: string;
  /** null: a line of the question. */
  readonly does: 'allow' | 'deny' | 'show' | AlwaysRow | null;
}
/** "Always": by one of the rules that the question offers, as far as it says. */
export interface AlwaysRow {
  readonly rule: string;
  readonly reach: 'session' | RuleReach;
}
export interface AnswerRows {
  readonly title: string;
  readonly rows: readonly AnswerRow[];
  /** What has to be typed to allow it, where no row does. */
  readonly word: string | null;
}

/** A row shows so many characters, whatever the window: longer lines go on in the next one. */
const rowChars = 70;
/** What a list shows without scrolling, beside the answers. */
const rowsMax = 9;

/** `more`: questions that wait behind it. null: it is answered where it is shown whole, in the panel or in the files. */
export function answerRows(question: Question, more: number): AnswerRows | null {
  const lines = linesOf(question);
  if (lines === null || lines.length > rowsMax) return null;
  const isDangerous = question.kind === 'command' && question.tier === 'dangerous';
  const answers: readonly AnswerRow[] = [
    ...(isDangerous ? [] : [{ label: '$(check) Allow once', does: 'allow' } as const]),
    ...(isDangerous ? [] : alwaysRows(question)),
    { label: '$(circle-slash) Deny…', does: 'deny' },
    { label: '$(bell-dot) Show it in the panel', does: 'show' },
  ];
  const title = questionTitle(question, { hunks: 0, files: 0 });
  return {
    title: more === 0 ? title : `${title} (${String(more)} more ${more === 1 ? 'waits' : 'wait'})`,
    rows: [...lines.map((label) => ({ label, does: null })), ...answers],
    word: isDangerous ? 'run' : null,
  };
}

/** The narrowest rule only: what a wider one would have allowed is shown in the panel. */
function alwaysRows(question: Question): readonly AnswerRow[] {
  const [offer] = ('always' in question ? question.always : null) ?? [];
  if (offer === undefined) return [];
  const { rule } = offer;
  const place = /^net\(([^]*)\)$/.exec(rule)?.[1];
  const [words = '', ...more] = place === undefined ? ['exactly this'] : wrapped(place);
  if (more.length > 0) return []; // not to be seen whole here
  return reaches.map(([reach, how]) => ({ label: `$(pinned) Always allow: ${words}, ${how}`, does: { rule, reach } }));
}

const reaches: readonly (readonly [AlwaysRow['reach'], string])[] = [
  ['session', 'in this session'],
  ['workspace', 'in this workspace'],
  ['everywhere', 'everywhere'],
];

function linesOf(question: Question): readonly string[] | null {
  switch (question.kind) {
    case 'command':
      return [...wrapped(question.line), ...wrapped(`in ${question.cwd}`), ...wrapped(question.why)];
    case 'access':
      return [
        ...question.resources.flatMap(({ effect, target }) => wrapped(`${effect} ${target}`)),
        ...(question.text === undefined ? [] : wrapped(question.text)),
        ...wrapped(question.why),
      ];
    default:
      return null; // plans are edited and changes looked at one by one
  }
}

/** Nothing hides, and no icon is drawn from a `$(name)`. */
function wrapped(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const chars = Array.from(escaped(line));
    const rows: string[] = [];
    for (let at = 0; at < Math.max(1, chars.length); at += rowChars) rows.push(chars.slice(at, at + rowChars).join(''));
    return rows.map((row) => row.replace(/\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/g, '\\$&'));
  });
}
