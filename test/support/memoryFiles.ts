/** Files that live in a map: the workspace of tests that are not about the disk. */
import type { AppliedFile, ChangeSet } from '../../src/core/change.ts';
import { JourneymanError } from '../../src/core/error.ts';
import { limits } from '../../src/core/limits.ts';
import type { DirEntry, Files, Location, TextFile } from '../../src/core/ports.ts';
import { applyHunks } from '../../src/workspace/diff.ts';
import { hashText } from '../../src/workspace/files.ts';
import { isIgnored, parseIgnoreFile } from '../../src/workspace/ignoreFiles.ts';
import { nearNames, placesIn } from '../../src/workspace/place.ts';
import { conflict, conflictExists, conflictTaken } from '../../src/workspace/textFile.ts';

export interface MemoryFiles extends Files {
  /** Path to text, as it stands; write to it to play the user. */
  readonly texts: Map<string, string>;
}

/** Names in `unsaved` stand in an editor and are not saved. */
export function memoryFiles(
  texts: Readonly<Record<string, string>>,
  options: { folder?: string; unsaved?: readonly string[] } = {},
): MemoryFiles {
  const folder = options.folder ?? '/project';
  const stored = new Map(Object.entries(texts));
  const places = placesIn([folder]);
  const locate = (path: string): Location => places.locate(path);
  const isFolder = (path: string): boolean =>
    path === '.' || [...stored.keys()].some((name) => name.startsWith(`${path}/`));

  return {
    folders: [folder],
    texts: stored,
    locate,
    leadsTo: (path) => [locate(path)],
    async read(name, signal): Promise<TextFile> {
      signal.throwIfAborted();
      const { path } = locate(name);
      const text = stored.get(path);
      if (text === undefined) {
        if (isFolder(path)) throw new JourneymanError('invalid_input', `${path} is a folder. List it with list_files.`);
        const near = nearNames(path, [...stored.keys()]);
        throw new JourneymanError(
          'not_found',
          `${path} does not exist.${near.length > 0 ? ` Near names: ${near.join(', ')}.` : ''}`,
        );
      }
      if (text.includes('\0')) throw new JourneymanError('invalid_input', `${path} is a binary file, not text.`);
      return { path, text, hash: hashText(text), unsaved: options.unsaved?.includes(path) ?? false };
    },
    async list(name, depth, signal) {
      signal.throwIfAborted();
      const { path: start } = locate(name);
      if (stored.has(start)) throw new JourneymanError('invalid_input', `${start} is a file. Read it with read_file.`);
      if (!isFolder(start)) throw new JourneymanError('not_found', `${start} does not exist.`);
      const ignoreFiles = [...stored.entries()]
        .filter(([path]) => /(^|\/)\.gitignore$/.test(path) || path === '.journeymanignore')
        .map(([path, text]) => parseIgnoreFile(path.replace(/\/?[^/]*$/, ''), text))
        .sort((a, b) => a.folder.length - b.folder.length);
      const prefix = start === '.' ? '' : `${start}/`;
      const shown = new Map<string, DirEntry>();
      for (const [path, text] of stored) {
        if (!path.startsWith(prefix)) continue;
        const parts = path.slice(prefix.length).split('/');
        for (let i = 1; i <= Math.min(depth, parts.length); i++) {
          const here = prefix + parts.slice(0, i).join('/');
          const folderHere = i < parts.length;
          const rules = ignoreFiles.filter((one) => one.folder === '' || here.startsWith(`${one.folder}/`));
          if (isIgnored(rules, here, folderHere)) break;
          shown.set(
            here.replaceAll('/', '\0'),
            folderHere ? { path: `${here}/`, sizeBytes: null } : { path: here, sizeBytes: Buffer.byteLength(text) },
          );
        }
      }
      const entries = [...shown].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
      return { entries: entries.slice(0, limits.listEntries), truncated: entries.length > limits.listEntries };
    },
    tidy: () => Promise.resolve(),
    async apply(changes: ChangeSet, signal): Promise<readonly AppliedFile[]> {
      signal.throwIfAborted();
      const next = changes.map((change) => {
        const { path } = locate(change.path);
        const before = stored.get(path) ?? null;
        if (change.beforeHash === null && before !== null) throw conflictExists(path);
        if (change.beforeHash !== null && (before === null || hashText(before) !== change.beforeHash))
          throw conflict(path);
        const to = change.fate?.kind === 'moved' ? locate(change.fate.to).path : null;
        if (to !== null && stored.has(to)) throw conflictTaken(to);
        return { path, to, isGone: change.fate !== undefined, text: applyHunks(before, change.hunks) };
      });
      return next.flatMap(({ path, to, isGone, text }) => {
        const saved = !(options.unsaved?.includes(path) ?? false);
        if (isGone) stored.delete(path);
        if (!isGone || to !== null) stored.set(to ?? path, text);
        const stands = { path: to ?? path, afterHash: hashText(text), saved };
        return to === null ? [stands] : [{ path, afterHash: hashText(''), saved: true }, stands];
      });
    },
  };
}
