/** Names of all files of the workspace, as ignore files leave them: by ripgrep, which reads folders faster than anything else here. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { limits } from '../core/limits.ts';
import { listingArguments } from './search.ts';

/** Absolute paths, folder by folder, in no order; at most `limits.treeFilesMax`. Where it fails there are none. */
export async function fileNames(
  rgPath: string,
  folders: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const all = await Promise.all(folders.map((folder) => namesIn(rgPath, folder, signal)));
  signal.throwIfAborted();
  return all.flat().slice(0, limits.treeFilesMax);
}

function namesIn(rgPath: string, folder: string, signal: AbortSignal): Promise<readonly string[]> {
  return new Promise((resolve) => {
    const options = { cwd: folder, signal, maxBuffer: outputBytesMax, encoding: 'utf8' } as const;
    // It ends with 1 when there are none and with 2 when a folder could not be read: what it said counts in any case.
    execFile(rgPath, ['--files', '--null', ...listingArguments], options, (_error, stdout) => {
      resolve(stdout.split('\0').flatMap((name) => (name === '' ? [] : [join(folder, name)])));
    });
  });
}

/** 200,000 names of 150 letters. */
const outputBytesMax = 32 * 1024 * 1024;
