/** What git says of commits, by plumbing that writes nothing, fetches nothing and starts no program that a repository names. */
import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import type { KnownCommit } from './historyCache.ts';
import { messageOf } from './historyMessage.ts';
import { indexLimits } from './indexLimits.ts';

export interface GitPlace {
  readonly gitPath: string;
  readonly top: string;
  readonly gitFolder: string;
}
/** Git ends at a commit that is damaged or whose files a partial clone lacks; where it ends again and again there is no more to be had. */
const triesMax = 3;

type OnCommit = (id: string, commit: KnownCommit) => void;

/** null: no commit yet, or no git, or nothing that it takes for a repository. */
export async function headOf(place: GitPlace, signal: AbortSignal): Promise<string | null> {
  let id = '';
  await git(
    place,
    ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'],
    '',
    (chunk) => (id += chunk.toString('latin1')),
    signal,
  );
  return isId(id.trim()) ? id.trim() : null;
}

/** Newest first, merges left out; only what HEAD has behind it, and what changed something below one of the prefixes. */
export async function commitIds(
  place: GitPlace,
  head: string,
  prefixes: readonly string[],
  max: number,
  signal: AbortSignal,
): Promise<{ readonly ids: readonly string[]; readonly isAll: boolean }> {
  let ids = '';
  const paths = prefixes.includes('') ? [] : prefixes.map((prefix) => `:(top,literal)${prefix}`);
  const args = ['rev-list', '--no-merges', `--max-count=${String(max)}`, ...(paths.length > 0 ? ['--full-history'] : []), head, '--', ...paths]; // prettier-ignore
  const end = await git(place, args, '', (chunk) => (ids += chunk.toString('latin1')), signal);
  return { isAll: end === 'all', ids: ids.split('\n').filter(isId) }; // the last one is torn where git was ended
}

/** One after the other as they are read; those that are missing, damaged or not read in time are left out. */
export async function readCommits(
  place: GitPlace,
  ids: readonly string[],
  onCommit: OnCommit,
  signal: AbortSignal,
): Promise<void> {
  const args = [
    'diff-tree', '--stdin', '--root', '--always', '-r', '--raw', '--no-abbrev', '-z', '--no-renames', '--no-ext-diff', '--no-textconv',
    '--no-color', '--no-relative', '--ignore-submodules=all', '--encoding=UTF-8', '--format=%H%x00%ct%x00%B%x00',
  ]; // prettier-ignore
  let left = ids;
  for (let tries = 0; tries < triesMax && left.length > 0; tries++) {
    const done = new Set<string>();
    const parser = new CommitParser((id, commit) => {
      done.add(id);
      onCommit(id, commit);
    });
    const end = await git(place, args, left.map((id) => `${id}\n`).join(''), (chunk) => { parser.push(chunk); }, signal); // prettier-ignore
    if (end === 'all') parser.end();
    if (end !== 'failed') return;
    left = left.filter((id) => !done.has(id)).slice(1); // the first of them is what it failed at
  }
}

/**
 * `id NUL time NUL message NUL NUL` and then, for each file, `:modes ids status NUL path NUL`, the first with a line end before it. Names
 * and messages hold no NUL, and no id begins with a colon, so that no name can pass for something else.
 */
export class CommitParser {
  readonly #onCommit: OnCommit;
  #torn: Buffer[] = [];
  #tornBytes = 0;
  #head: string[] = [];
  #paths: string[] = [];
  #files = 0;
  /** The next field is the path of a file. */
  #isPath = false;

  constructor(onCommit: OnCommit) {
    this.#onCommit = onCommit;
  }

  push(chunk: Buffer): void {
    let at = 0;
    for (;;) {
      const end = chunk.indexOf(0, at);
      const piece = chunk.subarray(at, end === -1 ? chunk.length : end);
      const room = Math.max(0, indexLimits.commitFieldBytes - this.#tornBytes);
      if (room > 0 && piece.length > 0) this.#torn.push(piece.subarray(0, room));
      this.#tornBytes += Math.min(room, piece.length);
      if (end === -1) return;
      this.#field(this.#torn.length === 1 ? (this.#torn[0] ?? piece) : Buffer.concat(this.#torn));
      this.#torn = [];
      this.#tornBytes = 0;
      at = end + 1;
    }
  }

  /** Nothing comes after the last commit that would tell its end. */
  end(): void {
    if (this.#head.length === 4) this.#finish();
  }

  #field(bytes: Buffer): void {
    if (this.#isPath) {
      this.#isPath = false;
      this.#files++;
      if (this.#files <= indexLimits.commitFilesMax) this.#paths.push(bytes.toString('utf8'));
      return;
    }
    if (this.#head.length === 4) {
      if (bytes[0] === 58 || (bytes[0] === 10 && bytes[1] === 58)) {
        this.#isPath = true;
        return;
      }
      this.#finish();
    }
    this.#head.push(bytes.toString('utf8'));
  }

  #finish(): void {
    const [id = '', time, message = ''] = this.#head;
    const paths = this.#files > indexLimits.commitFilesMax ? null : this.#paths;
    if (isId(id)) this.#onCommit(id, { timeS: Number(time) || 0, message: messageOf(message), paths });
    this.#head = [];
    this.#paths = [];
    this.#files = 0;
  }
}

/**
 * Ends when git does, or when it takes too long or says too much; what came until then counts. **Invariant:** nothing of the repository is
 * written, nothing fetched, and no program started that its configuration names: only plumbing that has no use for pagers, filters,
 * signatures and other differs is called, monitor and hooks are off, and every transport is forbidden, so that what a partial clone
 * lacks is not asked for.
 */
function git(
  { gitPath, top, gitFolder }: GitPlace,
  args: readonly string[],
  input: string,
  onData: (chunk: Buffer) => void,
  signal: AbortSignal,
): Promise<'all' | 'failed' | 'cut'> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const own = ['--no-pager', '--no-optional-locks', '--no-replace-objects', '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'protocol.allow=never']; // prettier-ignore
    const child = spawn(gitPath, [...own, `--git-dir=${gitFolder}`, `--work-tree=${top}`, ...args], {
      cwd: dirname(process.execPath), // some systems look for programs in it first
      env: environment(),
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    });
    let bytes = 0;
    let isCut = false;
    const cut = (): void => {
      isCut = true;
      child.kill('SIGKILL');
    };
    const onAbort = (): void => {
      child.kill('SIGKILL');
      reject(signal.reason as Error);
    };
    const late = setTimeout(cut, indexLimits.historyMs);
    const end = (code: number | null): void => {
      clearTimeout(late);
      signal.removeEventListener('abort', onAbort);
      resolve(isCut ? 'cut' : code === 0 ? 'all' : 'failed');
    };
    signal.addEventListener('abort', onAbort, { once: true });
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > indexLimits.historyBytes) cut();
      else if (!signal.aborted) onData(chunk);
    });
    child.stdin.on('error', () => undefined); // it ended early: what it said by then counts
    child.on('error', () => { end(null); }); // prettier-ignore
    child.on('close', end);
    child.stdin.end(input);
  });
}

/** Ours, without what would point git elsewhere, and without the user's and the system's configuration. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^GIT_/i.test(name));
  return {
    ...Object.fromEntries(kept),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
  };
}

function isId(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}
