/** Folders for what is temporary, named after the process that they belong to: what a killed one has left is known, and cleared. */
import { mkdtempSync } from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isOwnerGone, ownerMark } from './processes.ts';

const prefix = 'journeyman-tmp-';

/** A new one, for whoever made it to take away. */
export function temporaryFolder(parent: string): string {
  return mkdtempSync(join(parent, `${prefix}${ownerMark()}`));
}

/** Those of processes that have ended, of this user. What cannot be taken away stays for the next start. */
export async function clearAbandoned(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(prefix) || !isOwnerGone(name.slice(prefix.length))) continue;
    const path = join(parent, name);
    const found = await lstat(path).catch(() => null);
    if (found?.isDirectory() !== true || found.uid !== process.getuid?.()) continue;
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}
