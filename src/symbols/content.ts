/** What a file holds, as the index reads it: its text and the mark by which the same text is known again. */
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync, realpathSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { limits } from '../core/limits.ts';
import type { FileStat } from './overlay.ts';

export interface Content {
  readonly text: string;
  /** sha256 of the text, hex: as the tools know it. */
  readonly version: string;
  readonly stat: FileStat;
}

/** null: gone, not a plain file, too large, or not a text. The file itself is no link; for the folders above it see `isReached`. */
export function readContent(absolute: string): Content | null {
  try {
    const file = openSync(absolute, constants.O_RDONLY | (constants.O_NOFOLLOW || 0) | (constants.O_NONBLOCK || 0));
    try {
      const stat = fstatSync(file);
      if (!stat.isFile() || stat.size > limits.fileBytesMax) return null;
      if (stat.size > 8 * sniffedBytes && isBinary(sniffed.subarray(0, readSync(file, sniffed, 0, sniffedBytes, 0)))) return null; // prettier-ignore
      const bytes = readFileSync(file);
      if (isBinary(bytes)) return null;
      const body = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
      const version = createHash('sha256').update(body).digest('hex');
      return { text: body.toString('utf8'), version, stat: { sizeBytes: stat.size, mtimeMs: stat.mtimeMs } };
    } finally {
      closeSync(file);
    }
  } catch {
    return null; // gone, or it may not be read
  }
}

/** Whether no folder between the one and the file is a link, as one may have become since it was listed. */
export function isReached(folder: string, absolute: string): boolean {
  try {
    const parent = dirname(absolute);
    return realpathSync.native(parent) === join(realpathSync.native(folder), relative(folder, parent));
  } catch {
    return false; // gone
  }
}

export function versionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A NUL this near to the start: not a text. */
const sniffedBytes = 8192;
const sniffed = Buffer.alloc(sniffedBytes);

function isBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, sniffedBytes).includes(0);
}
