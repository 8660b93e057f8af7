/** The words for what the model sees and why. */
import type { CodeRange, IndexStatus, Reason } from '../core/symbols.ts';
import type { Cause, SeenText } from './context.ts';
import type { SeenEntry } from './contextNow.ts';
import { count, exact, nameOf } from './words.ts';

export const causeWords: Readonly<Record<Cause, string>> = {
  code: 'Code picked',
  files: 'Files read',
  said: 'What you said',
  commands: 'Command output',
  results: 'Other results',
  replies: 'Its own replies',
  news: 'Your decisions, problems',
  instructions: 'Instructions',
  tools: 'Tools',
};

/** "matches upload, retry; used by start()" */
export function whyWords(why: readonly Reason[]): string {
  return why.map(reasonWords).join('; ');
}

function reasonWords({ kind, of }: Reason): string {
  const some = listed(of);
  switch (kind) {
    case 'pinned':
      return 'you pinned it';
    case 'named':
      return some === '' ? 'named in the task' : `the task names ${some}`;
    case 'place':
      return some === '' ? 'a result points at it' : `a result points at it: ${some}`;
    case 'words':
      return `matches ${some}`;
    case 'path':
      return `its path matches ${some}`;
    case 'history':
      return some === ''
        ? 'past commits like this changed it'
        : `changed by past commits: ${of.slice(0, 2).map(quoted).join(', ')}`;
    case 'together':
      return `changed together with ${listed(of.map(nameOf))}`;
    case 'uses':
      return `uses ${some}`;
    case 'used_by':
      return `used by ${some}`;
    case 'near':
      return `beside ${listed(of.map(nameOf))}`;
    case 'alike':
      return `named like ${listed(of.map(nameOf))}`;
  }
}

/** `src/a.ts:41-96` */
export function placeWords({ path, startLine, endLine }: CodeRange): string {
  return `${path}:${startLine}${endLine > startLine ? `-${endLine}` : ''}`;
}

/** How much of it was shown; '' for the whole. */
export function formWords({ piece }: SeenEntry): string {
  switch (piece?.form) {
    case 'part':
      return 'in part';
    case 'signature':
      return 'its head only';
    case 'outline':
      return 'in outline';
    default:
      return '';
  }
}

/** What has become of it since it was shown; '' for nothing. */
export function nowWords({ now }: SeenEntry): string {
  switch (now) {
    case 'changed':
      return 'reads otherwise by now, and the model knows';
    case 'moved':
      return 'has moved, and the model knows';
    case 'gone':
      return 'is gone by now, and the model knows';
    case null:
      return '';
  }
}

/** `this turn` is the one that stands now. */
export function stepWords({ turn, step }: SeenEntry, thisTurn: number): string {
  if (turn === 0 || step === 0) return '';
  return turn === thisTurn ? `step ${step}` : `step ${step} of an earlier task`;
}

/** About: 4 characters count as a token. */
export function about(tokens: number): string {
  return `about ${exact(tokens)}`;
}

export const attachedWords: Readonly<Record<NonNullable<SeenText['as']>, string>> = {
  file: 'file that you attached',
  selection: 'lines that you attached',
  symbol: 'code that you attached',
  problem: 'problem that you attached',
  change: 'change that you attached',
  diff: 'changes that you attached',
};

/** null: it is made, and there is nothing to say. */
export function indexWords({ state, indexed, files, message }: IndexStatus): string | null {
  switch (state) {
    case 'starting':
      return 'Looking for the code of this folder';
    case 'indexing':
      return files === 0 ? 'Reading the code' : `Reading the code: ${exact(indexed)} of ${count(files, 'file')}`;
    case 'cancelled':
      return `Reading the code was cancelled at ${exact(indexed)} of ${count(files, 'file')}. Code is picked from these.`;
    case 'failed':
      return `The code could not be read: ${message ?? 'the reason is not known'}`;
    case 'ready':
      return message;
  }
}

function listed(of: readonly string[]): string {
  const shown = of.slice(0, namesMax);
  return `${shown.join(', ')}${of.length > namesMax ? ` and ${count(of.length - namesMax, 'more', 'more')}` : ''}`;
}

function quoted(line: string): string {
  return `“${line}”`;
}

const namesMax = 4;
