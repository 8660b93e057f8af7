/** What becomes of a file when the agent's steps are taken out of it, around what the person changed. */
import { countLines } from '../core/change.ts';
import type { FileState, RestoreItem, FileStep } from '../core/checkpoint.ts';
import type { CallId } from '../core/event.ts';
import { changeFile } from './diff.ts';
import { fileStateOf, isSameState, textOf, type Seen } from './fileState.ts';
import { merge3 } from './merge3.ts';

export interface Outcome extends Omit<RestoreItem, 'path' | 'then'> {
  readonly then: FileState | null;
  /** What `now` and `then` hold, where they are files. */
  readonly nowBytes: Buffer | null;
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
  const merged = new Map<string, Buffer>();
  if (now.state.kind === 'file' && now.bytes !== null) merged.set(now.state.blob.hash, now.bytes);
  const bytesOf = async (state: FileState): Promise<Buffer | null> =>
    state.kind === 'file' ? (merged.get(state.blob.hash) ?? (await read(state))) : null;
  const outcome = (action: RestoreItem['action'], why: string, then: FileState | null, thenBytes: Buffer | null): Outcome => ({
    action,
    why,
    lines: then === null ? null : linesBetween(now, then, thenBytes),
    now: now.state,
    then,
    calls,
    nowBytes: now.bytes,
    thenBytes,
  }); // prettier-ignore
  const stays = (why: string): Outcome => outcome('keep', why, null, null);
  const cannot = (why: string): Outcome => outcome('cannot', `cannot go back: ${why}`, null, null);
  const goes = async (
    action: 'back' | 'remove' | 'create' | 'merge' | 'conflict',
    why: string,
    then: FileState,
  ): Promise<Outcome> => {
    const bytes = await bytesOf(then);
    return then.kind === 'file' && bytes === null
      ? cannot('its old content is no longer there')
      : outcome(action, why, then, bytes);
  };

  const chunks = joined(steps);
  const oldest = (chunks[0] ?? steps[0])?.before ?? now.state;
  if (isSameState(now.state, oldest)) return stays('stands as it was');
  if (chunks.length === 0) return stays(keptWords(now.state));
  if (now.state.kind === 'unkept') return cannot(now.state.why);
  if (oldest.kind === 'unkept') return cannot(oldest.why);
  const conflict = (why: string): Promise<Outcome> => goes('conflict', why, oldest);

  let at: FileState = now.state;
  let isMerged = false;
  for (const { before, after } of chunks.toReversed()) {
    if (isSameState(at, before)) continue;
    if (isSameState(at, after)) {
      if (before.kind === 'unkept') return conflict('whether you changed it in between is not known');
      at = before;
      continue;
    }
    if (at.kind === 'absent') continue; // the person removed it: nothing is left to take out
    if (after.kind === 'unkept') return conflict('whether you changed it since is not known');
    if (before.kind === 'unkept') return conflict('you changed it, and what it held in between is not kept');
    if (before.kind === 'absent') return conflict('the agent made it, and you changed it since');
    if (after.kind === 'absent') return conflict('the agent removed it, and you made it anew');
    if (at.kind !== 'file' || before.kind !== 'file' || after.kind !== 'file')
      return conflict('you changed it too, and it is a link');
    const mode: number = at.mode === after.mode ? before.mode : at.mode;
    if (at.blob.hash === after.blob.hash) {
      at = { ...before, mode };
    } else if (before.blob.hash === after.blob.hash || at.blob.hash === before.blob.hash) {
      at = { ...at, mode };
    } else {
      const [base, ours, theirs] = (await Promise.all([after, at, before].map(bytesOf))).map(
        (one) => one && textOf(one),
      );
      if (base == null || ours == null || theirs == null) return conflict('you changed it too, and it is no text');
      const text = merge3(base, ours, theirs);
      if (text === null) return conflict('you edited the same lines');
      const bytes = Buffer.from(text);
      const fresh = fileStateOf(bytes, mode);
      merged.set(fresh.blob.hash, bytes);
      at = fresh;
    }
    isMerged = true;
  }
  if (isSameState(now.state, at)) return stays(keptWords(at));
  const changes = steps.length === 1 ? '1 change' : `${String(steps.length)} changes`;
  if (at.kind === 'absent') return goes('remove', 'removed: the agent made it', at);
  if (now.state.kind === 'absent') return goes('create', 'comes back: the agent removed it', at);
  if (isMerged) return goes('merge', `goes back around your own changes, ${changes} taken out`, at);
  return goes('back', `goes back to how it was, ${changes} taken out`, at);
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
  const [from, to] = [now.bytes, thenBytes].map((bytes) => (bytes === null ? '' : textOf(bytes)));
  if (from == null || to == null) return null;
  return countLines([changeFile('', from === '' ? null : { text: from, hash: '' }, to, '')]);
}
