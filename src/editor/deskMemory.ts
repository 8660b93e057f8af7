/** The ids of the sessions that are open or work, kept where the end of the process cannot lose them. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DeskMemory } from './desk.ts';

const fileName = 'open-session';

/**
 * A file: the workbench's own memory is written once a minute, and lost up to that when the process is killed. Under `storage`, so one
 * folder has one. One id a line; the first is the one that is shown, or empty.
 */
export function deskMemory(storage: string): DeskMemory {
  const file = path.join(storage, fileName);
  return {
    async read() {
      try {
        const [shown = '', ...behind] = (await readFile(file, 'utf8')).split('\n').map((line) => line.trim());
        return { shown: shown === '' ? null : shown, behind: behind.filter((id) => id !== '') };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { shown: null, behind: [] };
        throw error;
      }
    },
    async write({ shown, behind }) {
      if (shown === null && behind.length === 0) return rm(file, { force: true });
      await mkdir(storage, { recursive: true });
      await writeFile(`${file}.new`, [shown ?? '', ...behind].join('\n'));
      await rename(`${file}.new`, file);
    },
  };
}
