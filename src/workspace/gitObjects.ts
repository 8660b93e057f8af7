/** Reads what git keeps of files, by plumbing that writes nothing and starts no program of the repository's. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import type { Repository } from './gitIndex.ts';

/** Whether git is there and takes the repository for one. */
export async function canReadObjects(repository: Repository, signal: AbortSignal): Promise<boolean> {
  return (await git(repository, ['cat-file', '--batch'], '', signal)) !== null;
}

/** Blobs by id; those that are missing or damaged are left out. */
export async function readBlobs(
  repository: Repository,
  oids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Buffer>> {
  const blobs = new Map<string, Buffer>();
  const input = [...new Set(oids)].map((oid) => `${oid}\n`).join('');
  const data = input === '' ? null : await git(repository, ['cat-file', '--batch'], input, signal);
  for (let at = 0; data !== null && at < data.length;) {
    const end = data.indexOf(10, at);
    const [oid = '', type, size] = data.toString('latin1', at, end).split(' ');
    at = end + 1;
    if (size === undefined) continue; // missing
    const bytes = data.subarray(at, at + Number(size));
    at += bytes.length + 1;
    if (type === 'blob' && gitHash(bytes, oid.length) === oid) blobs.set(oid, bytes);
  }
  return blobs;
}

/** Those of the paths whose content git converts by more than line ends: filters, encodings, keywords. null: not known. */
export async function convertedPaths(
  repository: Repository,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlySet<string> | null> {
  const args = ['check-attr', '-z', '--stdin', 'filter', 'working-tree-encoding', 'ident'];
  const data = await git(repository, args, paths.map((path) => `${path}\0`).join(''), signal);
  if (data === null) return null;
  const words = data.toString('utf8').split('\0');
  const converted = new Set<string>();
  for (let i = 0; i + 2 < words.length; i += 3) {
    const value = words[i + 2];
    if (value !== 'unspecified' && value !== 'unset') converted.add(words[i] ?? '');
  }
  return converted;
}

/** The id that git gives these bytes; `digits`: as long as the repository's ids are. */
export function gitHash(bytes: Uint8Array, digits: number): string {
  return createHash(digits === 64 ? 'sha256' : 'sha1')
    .update(`blob ${String(bytes.length)}\0`)
    .update(bytes)
    .digest('hex');
}

/**
 * null where git is not there or fails. **Invariant:** nothing of the repository is written (no refresh of the index), nothing is
 * fetched, and no hook, monitor or filter that it names is started.
 */
function git(
  { top, gitFolder }: Repository,
  args: readonly string[],
  input: string,
  signal: AbortSignal,
): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const own = ['--no-pager', '--no-optional-locks', '--no-replace-objects', '-c', 'core.fsmonitor=false', '-c', 'core.untrackedCache=false', '-c', 'core.hooksPath=/dev/null']; // prettier-ignore
    const child = spawn('git', ['-C', top, ...own, `--git-dir=${gitFolder}`, `--work-tree=${top}`, ...args], {
      cwd: dirname(process.execPath), // some systems look for programs in it first
      env: environment(),
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    });
    const chunks: Buffer[] = [];
    const onAbort = (): void => {
      child.kill('SIGKILL');
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stdin.on('error', () => undefined); // it ended early: its exit code says so
    child.on('error', () => {
      signal.removeEventListener('abort', onAbort);
      resolve(null);
    });
    child.on('close', (code) => {
      signal.removeEventListener('abort', onAbort);
      resolve(code === 0 ? Buffer.concat(chunks) : null);
    });
    child.stdin.end(input);
  });
}

/** Ours, without what would point git elsewhere. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^GIT_/i.test(name));
  return {
    ...Object.fromEntries(kept),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
  };
}
