/** What every Blobs keeps, run by each adapter. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { limits } from '../../src/core/limits.ts';
import type { Blobs } from '../../src/core/ports.ts';

export function blobsContract(name: string, make: () => Promise<Blobs>): void {
  describe(`Blobs: ${name}`, () => {
    test('gives back any bytes by the hash of what they are', async () => {
      const blobs = await make();
      const contents = {
        nothing: Buffer.alloc(0),
        text: Buffer.from('ä€😀\r\n'),
        'text that packs well': Buffer.from('again\n'.repeat(5000)),
        'bytes that do not pack': createHash('shake256', { outputLength: 20_000 }).digest(),
        'what is packed already': gzipSync('x'),
        'what only looks packed': Buffer.from([0x1f, 0x8b, 1]),
        'more than a megabyte': Buffer.alloc(3 << 20, 'abc'),
      };
      for (const [what, data] of Object.entries(contents)) {
        const hash = createHash('sha256').update(data).digest('hex');
        expect(await blobs.put('abc', data), what).toEqual({ hash, bytes: data.length });
        expect((await blobs.get('abc', hash)).equals(data), what).toBe(true);
      }
    });

    test('takes the same content any number of times, at once too', async () => {
      const blobs = await make();
      const puts = Array.from({ length: 20 }, (_, i) => blobs.put('abc', Buffer.from(String(i % 3))));
      const hashes = new Set((await Promise.all(puts)).map(({ hash }) => hash));
      expect(hashes.size).toBe(3);
      for (const hash of hashes) expect(await blobs.get('abc', hash)).toHaveLength(1);
    });

    test('what need not be durable yet can be read at once, and is made durable when it is asked for', async () => {
      const blobs = await make();
      const data = Buffer.from('after the fact\n'.repeat(1000));
      const later = await blobs.put('abc', data, 'later');
      expect((await blobs.get('abc', later.hash)).equals(data)).toBe(true);
      expect(await blobs.put('abc', data)).toEqual(later);
      expect(await blobs.put('abc', data, 'later')).toEqual(later);
      expect((await blobs.get('abc', later.hash)).equals(data)).toBe(true);
    });

    test('keeps the sessions apart, and says what is not kept', async () => {
      const blobs = await make();
      const { hash } = await blobs.put('abc', Buffer.from('x'));
      await expect(blobs.get('abd', hash)).rejects.toMatchObject({ code: 'not_found' });
      await expect(blobs.get('abc', '0'.repeat(64))).rejects.toMatchObject({ code: 'not_found' });
      await expect(blobs.get('abc', '../events.jsonl')).rejects.toMatchObject({ code: 'not_found' });
    });

    test('a spool becomes a blob of all that came, in its order', async () => {
      const blobs = await make();
      const spool = blobs.spool('abc', 'toolu_1');
      const texts = Array.from({ length: 200 }, (_, i) => `line ${String(i)} ä€\n`);
      for (const text of texts) spool.write(text);
      const ref = await spool.end(true);
      expect((await blobs.get('abc', ref!.hash)).toString()).toBe(texts.join(''));
      expect(await blobs.spooled('abc', 'toolu_1')).toBeNull();
    });

    test('a spool that is not wanted, or that got nothing, leaves nothing', async () => {
      const blobs = await make();
      const one = blobs.spool('abc', 'toolu_1');
      one.write('x');
      expect(await one.end(false)).toBeNull();
      expect(await blobs.spool('abc', 'toolu_2').end(true)).toBeNull();
      expect(await blobs.spooled('abc', 'toolu_1')).toBeNull();
      expect(await blobs.spooled('abc', 'toolu_2')).toBeNull();
    });

    test('a spool drops what is beyond its limit, and cuts no character in two', async () => {
      const blobs = await make();
      const spool = blobs.spool('abc', 'toolu_1');
      spool.write('x'.repeat(limits.outputKeptBytes - 4));
      spool.write('ä€€');
      spool.write('more');
      const ref = await spool.end(true);
      expect(ref?.bytes).toBe(limits.outputKeptBytes - 2);
      expect((await blobs.get('abc', ref!.hash)).subarray(-4).toString()).toBe('xxä');
    });

    test('names of spools are names and nothing else', async () => {
      const blobs = await make();
      for (const name of ['../../events', '..', '', 'a/b', 'a\\b', 'a\0b', 'con:', 'ä'.repeat(300)]) {
        const spool = blobs.spool('abc', name);
        spool.write(`of ${name}`);
        const ref = await spool.end(true);
        expect((await blobs.get('abc', ref!.hash)).toString()).toBe(`of ${name}`);
      }
    });
  });
}
