/** The questions of a run as a person at the terminal is asked them. */
import { countLines, type ChangeSet, type FileChange, type HunkResolution } from '../core/change.ts';
import type { Decision } from '../core/permission.ts';
import type { Approval, ApprovalNews } from '../core/ports.ts';
import { narrowestRule } from '../permission/rules.ts';
import { decisionOf, withWord, wordsOf } from '../review/words.ts';
import type { Terminal } from './terminal.ts';

export async function askAtTerminal(
  terminal: Terminal,
  { question, resolved }: Approval,
  news: ApprovalNews,
  signal: AbortSignal,
): Promise<Decision> {
  const by = { kind: 'user' } as const;
  const prompt = (text: string): Promise<string> => terminal.question(text, signal);
  const yesOrNo = async (text: string): Promise<Decision> => {
    const answer = (await prompt(text)).toLowerCase();
    const isDangerous = question.kind === 'command' && question.tier === 'dangerous';
    if ((answer === 'y' && !isDangerous) || answer === 'yes') return { action: 'allow', by };
    const rule =
      question.kind === 'command' && question.tier !== 'dangerous'
        ? narrowestRule([{ effect: 'execute', target: question.line }])
        : null;
    if (answer === 'a' && rule !== null) return { action: 'allow', by, remember: rule };
    if (answer === 'w' && rule !== null) return { action: 'allow', by, remember: rule, keep: 'workspace' };
    if (answer === 'e' && rule !== null) return { action: 'allow', by, remember: rule, keep: 'everywhere' };
    return { action: 'deny', by, reason: await prompt('What should it do instead? (Enter: nothing) ') };
  };
  switch (question.kind) {
    case 'command':
      return yesOrNo(
        question.tier === 'dangerous'
          ? `\nRun this dangerous command?\n\n    ${shown(question.line)}\n${partOf(question)}\n${question.why}\n[yes] once · [n] no: `
          : `\nRun this command?\n\n    ${shown(question.line)}\n${partOf(question)}\n${question.why}\n[y] once · always exactly this: [a] in this session, [w] in this workspace, [e] everywhere · [n] no: `,
      );
    case 'access':
      return yesOrNo(
        `\nAllow ${question.tool}: ${question.resources.map(({ effect, target }) => `${effect} ${shown(target)}`).join(', ')}?\n${question.text === undefined ? '' : `\n    ${shown(question.text).replaceAll('\n', '\n    ')}\n\n`}${question.why}\n[y] yes · [n] no: `,
      );
    case 'plan': {
      const items = question.plan.items.map(
        ({ text, detail, files = [] }, i) =>
          `${String(i + 1)}. ${text}${detail === undefined ? '' : ` (${detail})`}${files.length === 0 ? '' : ` [${files.join(', ')}]`}`,
      );
      const decision = await yesOrNo(`\n${items.join('\n')}\nPlan ready: start with it? [y] go · [n] no: `);
      return decision.action === 'allow' ? { ...decision, mode: 'ask' } : decision;
    }
    case 'edits':
      return askHunks(terminal, question.changes, resolved, (one) => news.hunk(one), signal);
  }
}

/** Where it is not the whole line that asks. */
function partOf({ line, part }: { readonly line: string; readonly part?: string }): string {
  return part === undefined || part === line.trim() ? '' : `\nIt asks for: ${shown(part)}\n`;
}

/** `resolved`: what was said before the process ended is not asked again. */
async function askHunks(
  terminal: Terminal,
  changes: ChangeSet,
  resolved: readonly HunkResolution[],
  onHunk: (one: HunkResolution) => void,
  signal: AbortSignal,
): Promise<Decision> {
  let words = wordsOf(resolved);
  let rest: 'accepted' | 'rejected' | null = null;
  let text = '';
  for (const change of changes) {
    const { added, removed } = countLines([change]);
    text += `\n${shown(change.path)}${fateWords(change)} +${String(added)} −${String(removed)}\n`;
    for (const hunk of change.hunks) {
      if (words.has(hunk.id)) continue;
      const lines = [
        ...hunk.removed.map((line) => `  - ${shown(line)}`),
        ...hunk.added.map((line) => `  + ${shown(line)}`),
      ];
      text += `\n  line ${String(hunk.startLine)}${hunk.where === undefined ? '' : `, ${hunk.where}`}\n${lines.join('\n')}\n`;
      const ask = '[y] accept · [n] reject · [a] accept the rest · [r] reject the rest: ';
      if (rest !== null) terminal.say(text);
      const answer = rest === null ? (await terminal.question(`${text}${ask}`, signal)).toLowerCase() : '';
      text = '';
      if (answer === 'a') rest = 'accepted';
      if (answer === 'r') rest = 'rejected';
      const verdict = rest ?? (answer === 'y' || answer === 'yes' ? 'accepted' : 'rejected');
      const why = 'Why, or what instead? (Enter: nothing) ';
      const reason = verdict === 'rejected' && rest === null ? await terminal.question(why, signal) : '';
      const resolution = reason === '' ? { hunk: hunk.id, verdict } : { hunk: hunk.id, verdict, reason };
      words = withWord(words, resolution);
      onHunk(resolution);
    }
  }
  return decisionOf(changes, words) ?? { action: 'deny', by: { kind: 'user' }, reason: '' };
}

function fateWords({ beforeHash, fate }: FileChange): string {
  if (fate?.kind === 'moved') return ` moves to ${shown(fate.to)}`;
  if (fate?.kind === 'deleted') return ' is deleted';
  return beforeHash === null ? ' is new' : '';
}

/** What is approved is shown whole; characters that a terminal would act on or hide are spelled out. */
export function shown(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (char) =>
    char === '\t' ? char : `<U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`,
  );
}
