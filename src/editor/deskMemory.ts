/** The id of the open session, kept where the end of the process cannot lose it. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SessionId } from '../core/event.ts';
import type { DeskMemory } from './desk.ts';

const fileName = 'open-session';

/**
 * A file: the workbench's own memory is written once a minute, and lost up to that when the process is killed. Under `storage`, so one
 * folder has one.
 */
export function deskMemory(storage: string): DeskMemory {
  const file = path.join(storage, fileName);
  return {
    async read(): Promise<SessionId | null> {
      try {
        const id = (await readFile(file, 'utf8')).trim();
        return id === '' ? null : id;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
    },
    async write(id) {
      if (id === null) return rm(file, { force: true });
      await mkdir(storage, { recursive: true });
      await writeFile(`${file}.new`, id);
      await rename(`${file}.new`, file);
    },
  };
}
