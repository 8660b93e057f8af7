/** Who answers at the command line: the person at the terminal, or nobody. */
import { createInterface } from 'node:readline/promises';
import type { HunkResolution } from '../core/change.ts';
import { countLines, type ChangeSet } from '../core/change.ts';
import type { Decision } from '../core/permission.ts';
import type { Approval, Approver } from '../core/ports.ts';
import { formatRule, narrowestRule } from '../permission/rules.ts';
import { decisionOf, withWord, wordsOf } from '../review/words.ts';

/** Without a person every question is a denial that says so, and how to allow it the next time. */
export const nobody: Approver = {
  ask({ question }: Approval): Promise<Decision> {
    const reason = `Nobody was there to ask: this run has no terminal. ${howToAllow(question)}`;
    return Promise.resolve({ action: 'deny', by: { kind: 'nobody' }, reason });
  },
};

function howToAllow(question: Approval['question']): string {
  switch (question.kind) {
    case 'command': {
      const rule = narrowestRule([{ effect: 'execute', target: question.line }]);
      return `The person who starts the run can allow it with --allow${rule === null ? '' : ` '${formatRule(rule)}'`}.`;
    }
    case 'edits':
      return 'The person who starts the run can allow edits of the workspace with --permission-mode edit.';
    case 'plan':
      return 'End the turn with the plan: the person reads it in the report.';
    case 'access':
      return 'The person who starts the run can allow it with --allow.';
  }
}

/** Asks at the terminal, on standard error, so that standard output stays the report's. */
export function atTerminal(): Approver {
  return {
    async ask({ question }, onHunk, signal) {
      const terminal = createInterface({ input: process.stdin, output: process.stderr });
      const prompt = (text: string): Promise<string> =>
        terminal.question(text, { signal }).then((answer) => answer.trim());
      try {
        const by = { kind: 'user' } as const;
        const yesOrNo = async (text: string): Promise<Decision> => {
          const answer = (await prompt(text)).toLowerCase();
          if (answer === 'y' || answer === 'yes') return { action: 'allow', by };
          const rule =
            question.kind === 'command' ? narrowestRule([{ effect: 'execute', target: question.line }]) : null;
          if (answer === 'a' && rule !== null) return { action: 'allow', by, remember: rule };
          return { action: 'deny', by, reason: await prompt('What should it do instead? (Enter: nothing) ') };
        };
        switch (question.kind) {
          case 'command':
            return await yesOrNo(
              `\nRun this command?\n\n    ${shown(question.line)}\n\n${question.why}\n[y] once · [a] always in this session · [n] no: `,
            );
          case 'access':
            return await yesOrNo(
              `\nAllow ${question.tool}: ${question.resources.map(({ effect, target }) => `${effect} ${shown(target)}`).join(', ')}?\n${question.why}\n[y] yes · [n] no: `,
            );
          case 'plan':
            process.stderr.write(
              `\n${question.plan.items.map(({ text, detail }, i) => `${String(i + 1)}. ${text}${detail === undefined ? '' : ` (${detail})`}`).join('\n')}\n`,
            );
            return withMode(await yesOrNo('Plan ready: start with it? [y] go · [n] no: '));
          case 'edits':
            return await askHunks(question.changes, prompt, onHunk);
        }
      } finally {
        terminal.close();
      }
    },
  };
}

function withMode(decision: Decision): Decision {
  return decision.action === 'allow' ? { ...decision, mode: 'ask' } : decision;
}

async function askHunks(
  changes: ChangeSet,
  prompt: (text: string) => Promise<string>,
  onHunk: (one: HunkResolution) => void,
): Promise<Decision> {
  let words = wordsOf([]);
  let rest: 'accepted' | 'rejected' | null = null;
  for (const change of changes) {
    const { added, removed } = countLines([change]);
    process.stderr.write(`\n${shown(change.path)} +${String(added)} −${String(removed)}\n`);
    for (const hunk of change.hunks) {
      const lines = [
        ...hunk.removed.map((line) => `  - ${shown(line)}`),
        ...hunk.added.map((line) => `  + ${shown(line)}`),
      ];
      process.stderr.write(
        `\n  line ${String(hunk.startLine)}${hunk.where === undefined ? '' : `, ${hunk.where}`}\n${lines.join('\n')}\n`,
      );
      const answer =
        rest === null
          ? (await prompt('[y] accept · [n] reject · [a] accept the rest · [r] reject the rest: ')).toLowerCase()
          : '';
      if (answer === 'a') rest = 'accepted';
      if (answer === 'r') rest = 'rejected';
      const verdict = rest ?? (answer === 'y' || answer === 'yes' ? 'accepted' : 'rejected');
      const reason =
        verdict === 'rejected' && rest === null ? await prompt('Why, or what instead? (Enter: nothing) ') : '';
      const resolution = reason === '' ? { hunk: hunk.id, verdict } : { hunk: hunk.id, verdict, reason };
      words = withWord(words, resolution);
      onHunk(resolution);
    }
  }
  return decisionOf(changes, words) ?? { action: 'deny', by: { kind: 'user' }, reason: '' };
}

/** What is approved is shown whole; characters that a terminal would act on or hide are spelled out. */
function shown(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (char) =>
    char === '\t' ? char : `<U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`,
  );
}
