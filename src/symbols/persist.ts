/** The index on disk: one file for each set of folders, in the storage folder; written beside and renamed, so that it is whole or not there. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readBase, type Base } from './base.ts';
import { indexLimits } from './indexLimits.ts';

export interface Persistence {
  readonly file: string;
  /** null: there is none that fits, be it of another version, of other folders, or damaged. */
  load(): Base | null;
  /** Never throws: an index that cannot be kept is made again. */
  save(base: Base): boolean;
  remove(): void;
  /** 0: there is none. */
  sizeBytes(): number;
}

export interface IndexIdentity {
  readonly version: string;
  readonly folders: readonly string[];
}

export function persistenceIn(storage: string, { version, folders }: IndexIdentity): Persistence {
  const all = join(storage, 'index');
  const name = createHash('sha256').update(folders.join('\0')).digest('hex').slice(0, 16);
  const file = join(all, name, 'symbols.bin');
  return {
    file,
    load() {
      try {
        const base = readBase(readFileSync(file));
        const isOurs = base?.meta.version === version && base.meta.folders.join('\0') === folders.join('\0');
        if (!isOurs) return null;
        const now = new Date();
        utimesSync(dirname(file), now, now); // says that it is in use
        return base;
      } catch {
        return null; // none yet, or none that can be read
      }
    },
    save(base) {
      const temporary = `${file}.${randomUUID()}.tmp`;
      try {
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
        writeFileSync(temporary, base.bytes, { mode: 0o600 });
        renameSync(temporary, file);
        tidy(all, name);
        return true;
      } catch {
        rmSync(temporary, { force: true });
        return false;
      }
    },
    remove() {
      rmSync(file, { force: true });
    },
    sizeBytes: () => statSync(file, { throwIfNoEntry: false })?.size ?? 0,
  };
}

/** What killed processes left here, and the indexes of folders that nobody has opened for long. */
function tidy(all: string, own: string): void {
  const before = (path: string, ms: number): boolean => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) < Date.now() - ms; // prettier-ignore
  for (const left of readdirSync(join(all, own))) {
    const path = join(all, own, left);
    if (left.endsWith('.tmp') && before(path, indexLimits.leftoverMs)) rmSync(path, { force: true });
  }
  for (const other of readdirSync(all)) {
    const path = join(all, other);
    if (other !== own && before(path, indexLimits.unusedMs)) rmSync(path, { recursive: true, force: true });
  }
}
