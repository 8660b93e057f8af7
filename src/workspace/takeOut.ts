/** What becomes of a file when the agent's steps are taken out of it, around what the person changed. */
import { countLines } from '../core/change.ts';
import type { FileState, FileStep, RestoreItem } from '../core/checkpoint.ts';
import type { CallId } from '../core/event.ts';
import { changeFile } from './diff.ts';
import { fileStateOf, isSameState, textOf, type Seen } from './fileState.ts';
import { merge3 } from './merge3.ts';

export interface Outcome extends Omit<RestoreItem, 'path'> {
  /** What `then` holds, where it is a file. */
  readonly thenBytes: Buffer | null;
}

/** The bytes of a kept file; null where they are gone. */
export type ReadKept = (state: FileState & { kind: 'file' }) => Promise<Buffer | null>;

/**
 * `steps` of one file, oldest first. They are taken out from the newest to the oldest; steps that follow on each other count as one.
 * What stands as the agent left it goes back exactly; what the person changed since, or in between, is merged by lines.
 */
export async function takeOut(
  steps: readonly (FileStep & { readonly call: CallId | null })[],
  now: Seen,
  read: ReadKept,
): Promise<Outcome> {
  const calls = [...new Set(steps.flatMap(({ call }) => call ?? []))];
  const fresh = new Map<string, Buffer>();
  if (now.state.kind === 'file' && now.bytes !== null) fresh.set(now.state.blob.hash, now.bytes);
  const bytesOf = async (state: FileState): Promise<Buffer | null> =>
    state.kind === 'file' ? (fresh.get(state.blob.hash) ?? (await read(state))) : null;
  const stays = (action: 'keep' | 'cannot', why: string): Outcome => ({
    action,
    why: action === 'cannot' ? `cannot go back: ${why}` : why,
    lines: null,
    now: now.state,
    then: null,
    thenBytes: null,
    calls,
  });
  const goes = async (action: Moving, why: string, then: FileState): Promise<Outcome> => {
    const thenBytes = await bytesOf(then);
    if (then.kind === 'file' && thenBytes === null) return stays('cannot', 'its old content is no longer there');
    const isUnsaved = now.state.kind === 'file' && now.state.unsaved === true;
    if (isUnsaved && then.kind !== 'absent' && textIn(thenBytes) === null)
      return stays('cannot', 'it is open with unsaved changes, and its old content is no text');
    return { action, why, lines: linesBetween(now, then, thenBytes), now: now.state, then, thenBytes, calls };
  };

  const chunks = joined(steps);
  const oldest = (chunks[0] ?? steps[0])?.before ?? now.state;
  if (isSameState(now.state, oldest)) return stays('keep', 'stands as it was');
  if (chunks.length === 0) return stays('keep', keptWords(now.state));
  if (now.state.kind === 'unkept') return stays('cannot', now.state.why);
  if (oldest.kind === 'unkept') return stays('cannot', oldest.why);

  let at: FileState = now.state;
  let isMerged = false;
  for (const chunk of chunks.toReversed()) {
    if (isSameState(at, chunk.before)) continue;
    if (isSameState(at, chunk.after) && chunk.before.kind !== 'unkept') {
      at = chunk.before;
      continue;
    }
    if (at.kind === 'absent') continue; // the person removed it: nothing is left to take out
    const merged = await mergeOut(at, chunk, bytesOf);
    if ('conflict' in merged) return goes('conflict', merged.conflict, oldest);
    isMerged = true;
    at = merged.state;
    if (merged.bytes !== null) fresh.set(merged.state.blob.hash, merged.bytes);
  }
  if (isSameState(now.state, at)) return stays('keep', keptWords(at));
  const changes = steps.length === 1 ? '1 change' : `${String(steps.length)} changes`;
  if (at.kind === 'absent') return goes('remove', 'removed: the agent made it', at);
  if (now.state.kind === 'absent') return goes('create', 'comes back: the agent removed it', at);
  if (isMerged) return goes('merge', `goes back around your own changes, ${changes} taken out`, at);
  return goes('back', `goes back to how it was, ${changes} taken out`, at);
}

type Moving = 'back' | 'remove' | 'create' | 'merge' | 'conflict';
type FileKept = FileState & { readonly kind: 'file' };

/** `at` is neither as the chunk found the file nor as it left it. */
async function mergeOut(
  at: FileState,
  { before, after }: FileStep,
  bytesOf: (state: FileState) => Promise<Buffer | null>,
): Promise<{ readonly conflict: string } | { readonly state: FileKept; readonly bytes: Buffer | null }> {
  if (after.kind === 'unkept') return { conflict: 'whether you changed it since is not known' };
  if (before.kind === 'unkept') return { conflict: 'what you changed in between is not known' };
  if (before.kind === 'absent') return { conflict: 'the agent made it, and you changed it since' };
  if (after.kind === 'absent') return { conflict: 'the agent removed it, and you made it anew' };
  if (at.kind !== 'file' || before.kind !== 'file' || after.kind !== 'file')
    return { conflict: 'you changed it too, and it is or was a link' };
  const mode = at.mode === after.mode ? before.mode : at.mode;
  if (at.blob.hash === after.blob.hash) return { state: { ...before, mode }, bytes: null };
  if (before.blob.hash === after.blob.hash || at.blob.hash === before.blob.hash)
    return { state: { ...at, mode }, bytes: null };
  const base = textIn(await bytesOf(after));
  const ours = textIn(await bytesOf(at));
  const theirs = textIn(await bytesOf(before));
  if (base === null || ours === null || theirs === null) return { conflict: 'you changed it too, and it is no text' };
  const text = merge3(base, ours, theirs);
  if (text === null) return { conflict: 'you edited the same lines' };
  const bytes = Buffer.from(text);
  return { state: fileStateOf(bytes, mode), bytes };
}

function keptWords({ kind }: FileState): string {
  return kind === 'absent' ? 'kept: you removed it' : 'kept: only you changed it';
}

/** Steps that follow on each other as one; those that changed nothing in the end left out. */
function joined(steps: readonly FileStep[]): readonly FileStep[] {
  const chunks: FileStep[] = [];
  for (const step of steps) {
    const last = chunks.at(-1);
    if (last && isSameState(last.after, step.before)) chunks[chunks.length - 1] = { ...last, after: step.after };
    else chunks.push(step);
  }
  return chunks.filter(({ before, after }) => !isSameState(before, after));
}

function linesBetween(now: Seen, then: FileState, thenBytes: Buffer | null): { added: number; removed: number } | null {
  if (now.state.kind === 'link' || then.kind === 'link') return null;
  const from = now.bytes === null ? '' : textIn(now.bytes);
  const to = thenBytes === null ? '' : textIn(thenBytes);
  if (from === null || to === null) return null;
  return countLines([changeFile('', from === '' ? null : { text: from, hash: '' }, to, '')]);
}

function textIn(bytes: Buffer | null): string | null {
  return bytes === null ? null : textOf(bytes);
}
