/** What "Always allow" can mean for a question, the narrowest first, and what of a session it would have allowed too. */
import type { AlwaysOffer, Resource, Rule } from '../core/permission.ts';
import { covers, formatRule, narrowestRule, startsWithWords, unreadablePart } from './rules.ts';

/** Lines that show how far a rule reaches: a person reads no more of them. */
const shownMax = 5;

/** `past`: command lines of the session, oldest first. What is dangerous is asked each time: it has no offers. */
export function alwaysOffers(resources: readonly Resource[], past: readonly string[]): readonly AlwaysOffer[] {
  const line = resources.find(({ effect }) => effect === 'execute')?.target;
  const asked = line === undefined ? resources : [{ effect: 'execute', target: line } as const];
  const exact = narrowestRule(asked);
  if (exact === null) return [];
  const wide = line === undefined ? null : prefixRule(line);
  const place = line === undefined ? null : narrowestRule(resources.filter(({ effect }) => effect === 'network'));
  return [exact, wide, place]
    .filter((rule) => rule !== null)
    .map((rule) => {
      const others = [...new Set(past)].filter((one) => one !== line && covers(rule, 'shell', one)).reverse();
      const also = line === undefined ? [] : others.slice(0, shownMax);
      return { rule: formatRule(rule), also };
    });
}

/**
 * Program and subcommand: `npm test`, `npm run build`, `cargo build`. null where that says too little of what would run: a program by
 * itself, an option, a line that is not plain.
 */
function prefixRule(line: string): Rule | null {
  if (unreadablePart(line) !== null) return null;
  const words = line.trim().split(/\s+/);
  const length = runs.test(words[1] ?? '') ? 3 : 2;
  const prefix = words.slice(0, length);
  if (prefix.length < length || !prefix.every((word) => plainWord.test(word)) || interpreters.test(prefix[0] ?? ''))
    return null;
  const value = prefix.join(' ');
  if (!startsWithWords(line, value)) return null; // more than one blank between its words
  return { action: 'allow', tool: 'shell', match: { kind: 'prefix', value }, source: 'session' };
}

/** Words behind which the name of what runs comes. */
const runs = /^(?:run|run-script|exec|x|dlx|-m)$/;
const plainWord = /^[\w@][\w@./:+-]*$/;
/** These run whatever they are given. */
const interpreters =
  /(?:^|\/)(?:(?:ba|z|da|k|fi|c|tc)?sh|env|sudo|doas|su|nohup|time|timeout|xargs|nice|exec|eval|node|deno|python[\d.]*|ruby|perl|php|lua|ssh|docker|podman|kubectl|pwsh|powershell)$/;
