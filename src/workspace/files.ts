/** The files of the workspace on disk: read whole, written whole or not at all, never through a link. */
import { createHash } from 'node:crypto';
import type { Files } from '../core/ports.ts';
import { leadsTo } from './leads.ts';
import { listFolder } from './listing.ts';
import { placesIn } from './place.ts';
import { checkLinks, readText } from './textFile.ts';
import { prepareWrite, removeStaged, writeAll } from './writeFiles.ts';

/** `folders`: absolute paths, the first is what paths are relative to. */
export function nodeFiles(folders: readonly string[]): Files {
  const places = placesIn(folders);
  return {
    folders,
    locate: (path) => places.locate(path),
    leadsTo: (path) => leadsTo(folders, (name) => places.locate(name), path),
    async read(path, signal) {
      signal.throwIfAborted();
      const place = places.locate(path);
      const { text, hash, stat } = await readText(places, place);
      checkLinks(place, stat);
      return { path: place.path, text, hash, unsaved: false };
    },
    list: (path, depth, signal) => listFolder(places, folders, places.locate(path), depth, signal),
    async apply(changes, signal) {
      signal.throwIfAborted();
      const writes = await Promise.all(changes.map((change) => prepareWrite(places, change)));
      signal.throwIfAborted();
      await writeAll(writes);
      return writes.flatMap(({ place, fate }) => {
        const left = { path: place.path, afterHash: hashText(fate.kind === 'stays' ? fate.text : ''), saved: true };
        return fate.kind === 'moved' ? [left, { ...left, path: fate.to.path, afterHash: fate.before.hash }] : [left];
      });
    },
    tidy: (paths) => removeStaged(paths.map((path) => places.locate(path))),
  };
}

export function hashText(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
