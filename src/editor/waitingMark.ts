/** A mark on the disk that changes of a folder wait for a word, so that the next window shows them without being asked to. */
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

export interface WaitingMark {
  isSet(): Promise<boolean>;
  set(waits: boolean): Promise<void>;
}

/** `storage`: one for a folder, whichever window of it sets the mark. */
export function waitingMark(storage: string): WaitingMark {
  const file = path.join(storage, 'changes-wait');
  let known: boolean | null = null;
  let last: Promise<unknown> = Promise.resolve();
  return {
    isSet: () =>
      stat(file).then(
        () => true,
        () => false,
      ),
    set(waits) {
      if (waits === known) return Promise.resolve();
      known = waits;
      const write = last.then(async () => {
        if (!waits) return rm(file, { force: true });
        await mkdir(storage, { recursive: true });
        await writeFile(file, '');
      });
      last = write.catch(() => undefined); // whoever asked for it has the error
      return write;
    },
  };
}
