/** A person's words on calls and changes, as the model reads them. */
import type { HunkResolution, HunkVerdict } from '../core/change.ts';
import type { Decision } from '../core/permission.ts';
import type { Plan } from '../core/plan.ts';

export function deniedText({ reason, hunks, by }: Decision & { readonly action: 'deny' }): string {
  const words = hunkWords(hunks ?? []);
  const head = by.kind === 'user' ? `The user said no${reason === '' ? '.' : `: ${reason}`}` : reason;
  return words === '' ? head : `${head}\n${words}`;
}

export function wordsWith({ hunks, note, plan }: Decision & { readonly action: 'allow' }): string {
  return [
    plan === undefined ? '' : `The user changed the plan before approving it. Work from this one:\n${planWords(plan)}`,
    note === undefined ? '' : `The user adds: ${note}`,
    hunkWords(hunks ?? []),
  ]
    .filter((one) => one !== '')
    .join('\n');
}

function planWords({ items, doneWhen }: Plan): string {
  const steps = items.map(({ text, state, detail, files }, i) => {
    const about = [detail ?? '', files === undefined ? '' : `files: ${files.join(', ')}`].filter((one) => one !== '');
    const marks = state === 'todo' ? about : [state, ...about];
    return `${String(i + 1)}. ${text}${marks.length === 0 ? '' : ` (${marks.join('; ')})`}`;
  });
  return [...steps, ...(doneWhen.length === 0 ? [] : [`Done when: ${doneWhen.join('; ')}`])].join('\n');
}

const notWritten: Readonly<Record<HunkVerdict, string | null>> = {
  accepted: null,
  proposed: null,
  rejected: 'rejected by the user',
  asked: 'not written, the user asks for a change',
  edited: 'not written, the user changed these lines meanwhile; they are theirs',
};

function hunkWords(hunks: readonly HunkResolution[]): string {
  return hunks
    .flatMap(({ hunk, verdict, reason }) => {
      const what = notWritten[verdict];
      if (what === null) return [];
      return [
        `Change ${hunk.slice(hunk.lastIndexOf(':') + 1)}: ${what}${reason === undefined || reason === '' ? '' : `: ${reason}`}`,
      ];
    })
    .join('\n');
}
