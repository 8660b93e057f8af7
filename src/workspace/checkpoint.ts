/**
 * Copies of files before the agent changes them, what commands have changed, and the way back. Nothing of a version control is ever
 * written: copies lie beside the session's log, and git is only read.
 */
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { FileState, RestoreItem } from '../core/checkpoint.ts';
import { JourneymanError } from '../core/error.ts';
import type { SessionId } from '../core/event.ts';
import type { Blobs, Checkpoints, Files, TakenStep } from '../core/ports.ts';
import { CommandWatches, inParallel, keepSeen } from './commandWatch.ts';
import { look, type World } from './fileState.ts';
import { askWhereMoved, type Fate } from './movedLines.ts';
import { placesIn } from './place.ts';
import { writeTargets, type Target } from './restoreFiles.ts';
import { takeOut } from './takeOut.ts';

/** Open text documents with text that is not saved: that text is the file's, whatever the disk says. */
export interface Documents {
  /** What the open document of this file holds, without a byte order mark; null where it is saved, or not open. */
  unsaved(absolute: string): string | null;
  /**
   * Makes that document hold `text`, as one undo step, and leaves it unsaved. `text` null: the file goes away, and the document with
   * it. false, and nothing is done, when the document does not hold `expected` any more or is gone.
   */
  write(absolute: string, text: string | null, expected: string): Promise<boolean>;
}

/** Where there is no editor. */
export const noDocuments: Documents = {
  unsaved: () => null,
  write: async () => false,
};

export interface CheckpointParts {
  readonly files: Files;
  readonly blobs: Blobs;
  readonly documents: Documents;
  /** Folder of the sessions' logs; outside every workspace. */
  readonly storage: string;
}

/**
 * What a person changes while a command runs cannot be told from what the command does, and counts as the command's; their unsaved
 * text does not. What stood in a file before a command is known from git where the file was as git has it, else from a copy that was
 * made before the command began.
 */
export function fileCheckpoints(parts: CheckpointParts): Checkpoints {
  // Folders may come and go while the workspace is open; what was begun with the old ones ends with them.
  const made: { readonly folders: readonly string[]; readonly checkpoints: Checkpoints }[] = [];
  const now = (): Checkpoints => {
    const { folders } = parts.files;
    const last = made.at(-1);
    if (last && isDeepStrictEqual(last.folders, folders)) return last.checkpoints;
    const checkpoints = checkpointsIn(parts);
    made.push({ folders: [...folders], checkpoints });
    return checkpoints;
  };
  return {
    keep: (...args) => now().keep(...args),
    steps: (...args) => now().steps(...args),
    warm: (...args) => now().warm(...args),
    watch: (...args) => now().watch(...args),
    recover: (...args) => now().recover(...args),
    preview: (...args) => now().preview(...args),
    restore: (...args) => now().restore(...args),
    content: (...args) => now().content(...args),
    async close() {
      await Promise.all(made.map(({ checkpoints }) => checkpoints.close()));
    },
  };
}

function checkpointsIn({ files, blobs, documents, storage }: CheckpointParts): Checkpoints {
  const folders = files.folders.map((folder) => resolve(folder));
  const world: World = { places: placesIn(folders), folders, documents };
  const sessionFolder = (session: SessionId): string => join(storage, 'sessions', safeId(session));
  const commands = new CommandWatches({ world: { ...world, documents: noDocuments }, blobs, storage, sessionFolder });

  const keepNow = async (
    session: SessionId,
    path: string,
    when: 'now' | 'later',
    signal: AbortSignal,
  ): Promise<FileState> => {
    signal.throwIfAborted();
    return keepSeen(blobs, session, await look(world, path), when);
  };
  const contentOf = async (session: SessionId, state: FileState): Promise<Buffer | null> =>
    state.kind === 'file' ? blobs.get(session, state.blob.hash) : null;

  return {
    keep: (session, paths, signal) =>
      inParallel(paths, async (path) => ({ path, state: await keepNow(session, path, 'now', signal) })),
    steps: (session, before, signal) =>
      inParallel(before, async ({ path, state }) => ({
        path,
        before: state,
        after: await keepNow(session, path, 'later', signal),
      })),
    warm: (signal) => commands.warm(signal).catch(() => undefined), // what is wrong is told by the watch itself
    watch: (session, call, signal) => commands.watch(session, call, signal),
    recover: (session, call, signal) => commands.recover(session, call, signal),
    async preview(session, steps, signal) {
      const read = (state: FileState): Promise<Buffer | null> =>
        contentOf(session, state).catch((thrown: unknown) => {
          if (thrown instanceof JourneymanError && (thrown.code === 'not_found' || thrown.code === 'corrupt'))
            return null;
          throw thrown;
        });
      const fates = await inParallel(byFile(world, steps), async (own): Promise<Fate> => {
        signal.throwIfAborted();
        const path = own[0]?.file.path ?? '';
        const now = await look(world, path);
        const taken = own.map(({ file, call }) => ({ ...file, call }));
        return { path, steps: taken, nowBytes: now.bytes, outcome: await takeOut(taken, now, read) };
      });
      return inParallel(await askWhereMoved(fates, read), async ({ path, outcome }): Promise<RestoreItem> => {
        const { thenBytes, ...item } = outcome;
        if (thenBytes !== null) await blobs.put(session, thenBytes);
        return { path, ...item };
      });
    },
    async restore(session, items, { mine, old }, signal) {
      const open = items.filter(
        ({ path, action }) => action === 'conflict' && !mine.includes(path) && !old.includes(path),
      );
      if (open.length > 0) {
        throw new JourneymanError(
          'conflict',
          `${open.map(({ path }) => path).join(', ')}: changed by you and by the agent. Say for each whether yours stays or the old content comes back. Nothing was restored.`,
        );
      }
      const targets = await inParallel(
        items.filter((item) => item.then !== null && !mine.includes(item.path)),
        async (item): Promise<Target> => {
          const then = item.then ?? item.now;
          return { item: { ...item, then }, bytes: await contentOf(session, then) };
        },
      );
      await writeTargets(world, targets, signal);
      const after = new AbortController().signal; // it is done: what it did is told in any case
      return inParallel(targets, async ({ item: { path, now } }) => ({
        path,
        before: now,
        after: await keepNow(session, path, 'later', after),
      }));
    },
    content: contentOf,
    close: () => commands.close(),
  };
}

/** The steps of each file, in the order in which the files were first touched. */
function byFile({ places }: World, steps: readonly TakenStep[]): readonly (readonly TakenStep[])[] {
  const files = new Map<string, TakenStep[]>();
  for (const step of steps) {
    const { absolute } = places.locate(step.file.path);
    files.set(absolute, [...(files.get(absolute) ?? []), step]);
  }
  return [...files.values()];
}

/** Session ids become folder names, and may come from a command line. */
function safeId(session: SessionId): string {
  if (/^[a-z0-9][a-z0-9-]{2,63}$/.test(session)) return session;
  throw new JourneymanError('not_found', `"${session}" is no session id. "journeyman sessions" lists the sessions.`);
}
