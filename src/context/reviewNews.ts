/** What became of the agent's changes outside of the loop, in words for the model: decisions, the person's own edits, problems. */
import type { ChangeSet, FileProblems, Hunk, HunkId, HunkReview } from '../core/change.ts';
import type { CommandFate } from '../core/command.ts';
import { limits } from '../core/limits.ts';
import { toArray, type List } from '../core/list.ts';

/** Not told yet. The last word on each hunk and on each file counts. */
export type News =
  | { readonly kind: 'reviewed'; readonly path: string; readonly hunks: readonly HunkReview[] }
  | { readonly kind: 'problems'; readonly files: readonly FileProblems[] }
  | {
      readonly kind: 'command';
      readonly id: string;
      readonly line: string;
      readonly how: CommandFate;
      readonly exitCode: number | null;
    };

/** '' when there is nothing to tell. */
export function newsText(news: readonly News[], applied: List<ChangeSet>): string {
  return [reviewText(news, applied), problemsText(news), commandsText(news)].filter((part) => part !== '').join('\n\n');
}

function commandsText(news: readonly News[]): string {
  const lines = news.flatMap((one) => {
    if (one.kind !== 'command') return [];
    const { id, line, how, exitCode } = one;
    const code = exitCode === null ? 'it was ended by the system' : `exit code ${String(exitCode)}`;
    const what = {
      itself: `has ended: ${code}. read_output shows what it printed.`,
      stopped: 'was stopped by the user. Start it again only where you need it.',
      gone: 'was ended together with the process that ran it, and its output is gone. Start it again where you need it.',
    }[how];
    return [`- ${id}, ${line}: ${what}`];
  });
  return lines.length === 0 ? '' : `<commands>In the background:\n${lines.join('\n')}</commands>`;
}

interface Word {
  readonly path: string;
  readonly review: HunkReview;
}

function reviewText(news: readonly News[], applied: List<ChangeSet>): string {
  const words = new Map<HunkId, Word>();
  for (const one of news) {
    if (one.kind !== 'reviewed') continue;
    for (const review of one.hunks) {
      words.delete(review.hunk);
      words.set(review.hunk, { path: one.path, review });
    }
  }
  // What the person asked for reaches the model as their message.
  const told = [...words.values()].filter(({ review }) => review.state !== 'asked' && review.state !== 'superseded');
  const accepted = told.filter(({ review }) => review.state === 'accepted');
  const lines = [
    ...[...new Set(accepted.map(({ path }) => path))].map((path) => acceptedLine(path, accepted)),
    ...told.filter(({ review }) => review.state !== 'accepted').map((word) => line(word, applied)),
  ];
  return lines.length === 0 ? '' : `<review>What the user made of your changes:\n${lines.join('\n')}</review>`;
}

function acceptedLine(path: string, words: readonly Word[]): string {
  const at = words.filter((word) => word.path === path).map(({ review }) => String(review.line));
  return `- ${path}: accepted, at ${at.length === 1 ? 'line' : 'lines'} ${at.join(', ')}.`;
}

function line({ path, review }: Word, applied: List<ChangeSet>): string {
  const where = `- ${path}:${String(review.line)}: your change${nameOf(review.hunk, applied)}`;
  const why = review.reason === undefined || review.reason === '' ? '' : ` The user says: ${review.reason}`;
  switch (review.state) {
    case 'rejected':
      return `${where} was taken out again; do not make it another way.${why}`;
    case 'edited': {
      const text = review.text ?? [];
      if (text.length === 0) return `${where} was removed by the user.${why}`;
      const shown = text.slice(0, limits.newsLines);
      const more = text.length > shown.length ? `\n(${String(text.length - shown.length)} more lines)` : '';
      return `${where} was edited by the user. The lines are theirs now and read:${why}\n${shown.join('\n')}${more}`;
    }
    default:
      return `${where} stands in the file again and waits for their word.`;
  }
}

/** By its first line: hunks have no names that the model knows. */
function nameOf(id: HunkId, applied: List<ChangeSet>): string {
  const hunk = toArray(applied)
    .findLast((changes) => find(changes, id) !== undefined)
    ?.flatMap(({ hunks }) => hunks)
    .find((one) => one.id === id);
  const first = hunk && (firstWords(hunk.added) ?? firstWords(hunk.removed));
  return first === undefined ? '' : ` (${hunk && hunk.added.length === 0 ? 'removal of ' : ''}\`${first}\`)`;
}

function find(changes: ChangeSet, id: HunkId): Hunk | undefined {
  return changes.flatMap(({ hunks }) => hunks).find((hunk) => hunk.id === id);
}

function firstWords(lines: readonly string[]): string | undefined {
  const words = lines.find((one) => one.trim() !== '')?.trim();
  return words !== undefined && words.length > nameChars ? `${words.slice(0, nameChars)}…` : words;
}

const nameChars = 80;

function problemsText(news: readonly News[]): string {
  const files = new Map<string, FileProblems>();
  for (const one of news) if (one.kind === 'problems') for (const file of one.files) files.set(file.path, file);
  if (files.size === 0) return '';
  const lines = [...files.values()].flatMap(({ path, problems }) => {
    if (problems.length === 0) return [`- ${path}: no new problems.`];
    const shown = problems.slice(0, limits.newsProblems);
    const more = problems.length - shown.length;
    return [
      ...shown.map(
        ({ line: at, severity, message, source }) =>
          `- ${path}:${String(at)} ${severity}${source === undefined ? '' : ` [${source}]`}: ${message}`,
      ),
      ...(more > 0 ? [`- ${path}: ${String(more)} more`] : []),
    ];
  });
  return `<problems>What the editor says of files you changed, as they stand now:\n${lines.join('\n')}</problems>`;
}
