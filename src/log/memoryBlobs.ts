/** Blobs in memory: the same contract without a disk, for tests and for runs that need no record. */
import type { BlobRef } from '../core/checkpoint.ts';
import type { SessionId } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import type { Blobs, Spool } from '../core/ports.ts';
import { endOf, hashOf, notKept, startOfCharacter } from './blobs.ts';

export interface MemoryBlobs extends Blobs {
  /** With all that was kept in it. */
  delete(session: SessionId): void;
}

export function memoryBlobs(): MemoryBlobs {
  const kept = new Map<SessionId, Map<string, Buffer>>();
  const spools = new Map<string, string>();

  async function put(session: SessionId, data: Uint8Array): Promise<BlobRef> {
    const hash = await hashOf(data);
    const own = kept.get(session) ?? new Map<string, Buffer>();
    kept.set(session, own.set(hash, Buffer.from(data)));
    return { hash, bytes: data.length };
  }

  function spool(session: SessionId, name: string): Spool {
    const key = `${session}/${name}`;
    let text = '';
    let ended = false;
    return {
      write(more) {
        if (ended || more === '') return;
        const data = Buffer.from(text + more);
        ended = data.length > limits.outputKeptBytes;
        text = ended ? data.toString('utf8', 0, startOfCharacter(data, limits.outputKeptBytes)) : text + more;
        spools.set(key, text);
      },
      async end(keep) {
        ended = true;
        spools.delete(key);
        return keep && text !== '' ? put(session, Buffer.from(text)) : null;
      },
    };
  }

  return {
    put,
    async get(session, hash) {
      const data = kept.get(session)?.get(hash);
      if (!data) throw notKept(hash);
      return data;
    },
    spool,
    async spooled(session, name) {
      const text = spools.get(`${session}/${name}`);
      if (text === undefined) return null;
      const data = Buffer.from(text);
      return endOf(data.subarray(-limits.commandOutputBytes), data.length > limits.commandOutputBytes);
    },
    delete(session) {
      kept.delete(session);
      for (const key of spools.keys()) if (key.startsWith(`${session}/`)) spools.delete(key);
    },
  };
}
