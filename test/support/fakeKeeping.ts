/** Kept bytes in memory, and checkpoints that keep nothing, for tests of the loop. */
import { createHash } from 'node:crypto';
import { JourneymanError } from '../../src/core/error.ts';
import type { Blobs, Checkpoints } from '../../src/core/ports.ts';

/** `spools` may be filled beforehand: what a dead process has left. */
export function fakeBlobs(spools: Map<string, string> = new Map()): Blobs {
  const kept = new Map<string, Buffer>();
  const put = (data: Uint8Array) => {
    const hash = createHash('sha256').update(data).digest('hex');
    kept.set(hash, Buffer.from(data));
    return { hash, bytes: data.length };
  };
  return {
    put: (_session, data) => Promise.resolve(put(data)),
    get(_session, hash) {
      const data = kept.get(hash);
      return data ? Promise.resolve(data) : Promise.reject(new JourneymanError('not_found', 'not kept'));
    },
    spool(_session, name) {
      spools.set(name, '');
      return {
        write: (text) => void spools.set(name, (spools.get(name) ?? '') + text),
        end(keep) {
          const text = spools.get(name) ?? '';
          spools.delete(name);
          return Promise.resolve(keep && text !== '' ? put(Buffer.from(text)) : null);
        },
      };
    },
    spooled: (_session, name) => Promise.resolve(spools.get(name) ?? null),
  };
}

export const noCheckpoints: Checkpoints = {
  keep: (_session, paths) => Promise.resolve(paths.map((path) => ({ path, state: { kind: 'absent' } }))),
  steps: (_session, before) =>
    Promise.resolve(before.map(({ path, state }) => ({ path, before: state, after: state }))),
  warm: () => Promise.resolve(),
  watch: () => Promise.resolve({ end: () => Promise.resolve([]) }),
  recover: () => Promise.resolve(null),
  preview: () => Promise.resolve([]),
  restore: () => Promise.resolve([]),
  content: () => Promise.resolve(null),
  close: () => Promise.resolve(),
};
