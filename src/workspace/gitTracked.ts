/** Which files git tracks, and which of them it keeps byte for byte as they stand. */
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { indexStamp, isAsRecorded, readIndex, type FileStat, type Index, type IndexEntry, type Repository } from './gitIndex.ts'; // prettier-ignore
import { canReadObjects, convertedPaths } from './gitObjects.ts';

/** Git keeps just these bytes. */
export interface GitCopy {
  readonly repository: Repository;
  readonly oid: string;
}

export class Tracked {
  readonly repository: Repository;
  #index: Index;
  #isChecked = false;
  #isReadable = false;
  /** null: not known which. */
  #converted: ReadonlySet<string> | null = new Set();

  constructor(repository: Repository) {
    this.repository = repository;
    this.#index = readIndex(repository);
  }

  async refresh(signal: AbortSignal): Promise<void> {
    const isOld = indexStamp(this.repository) !== this.#index.stamp;
    if (!isOld && this.#isChecked) return;
    if (isOld) this.#index = readIndex(this.repository);
    if (!this.#isChecked) this.#isReadable = await canReadObjects(this.repository, signal);
    const paths = [...this.#index.entries.keys()];
    const attributes = paths.filter((path) => path === '.gitattributes' || path.endsWith('/.gitattributes'));
    const files = [...attributes.map((path) => join(this.repository.top, path)), join(this.repository.top, '.gitattributes'), join(this.repository.gitFolder, 'info', 'attributes')]; // prettier-ignore
    // To ask git for the attributes of 50,000 files takes a second; most repositories convert nothing.
    const converts = files.some((file) => /\b(?:filter|ident|working-tree-encoding)\b/.test(textOrEmpty(file)));
    this.#converted = converts ? await convertedPaths(this.repository, paths, signal) : new Set();
    this.#isChecked = true;
  }

  has(path: string, isDirectory: boolean): boolean {
    return this.#index.entries.has(path) || (isDirectory && this.#index.folders.has(path));
  }

  entry(path: string): IndexEntry | null {
    return this.#isReadable ? (this.#index.entries.get(path) ?? null) : null;
  }

  proof(path: string, stat: FileStat): GitCopy | null {
    const entry = this.entry(path);
    if (entry === null || this.#converted === null || this.#converted.has(path)) return null;
    return isAsRecorded(stat, entry, this.#index) ? { repository: this.repository, oid: entry.oid } : null;
  }
}

function textOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // absent or unreadable: it says nothing
  }
}
