/** The words of a commit's message: without what tools and forms add at its end, and without addresses. */
import { indexLimits } from './indexLimits.ts';

/** `Signed-off-by:`, `Change-Id:` and the like, wherever they stand; most of their words are names of people. */
const trailer =
  /^\s*(?:[a-z]+(?:-[a-z]+)*-by|(?:change|gitorigin-rev|commit|svn|git-svn|cr|x)-[a-z-]+|cc|pr-url|bug|bugs|issue|link|tbr|differential revision|relnote)\s*:/i;
const address = /<[^<>\s]+@[^<>\s]+>/g;

export function messageOf(raw: string): string {
  const lines = raw.slice(0, 4 * indexLimits.commitMessageChars).split('\n');
  const kept = lines.filter((line) => !trailer.test(line)).map((line) => line.replace(address, '').trimEnd());
  return kept.join('\n').trim().slice(0, indexLimits.commitMessageChars).trimEnd();
}

export function subjectOf(message: string): string {
  return (message.split('\n', 1)[0] ?? '').slice(0, indexLimits.commitSubjectChars);
}
