/** Real repositories with a past that a test names, made by one program each. */
import { execFileSync } from 'node:child_process';

export interface MadeCommit {
  readonly message: string;
  /** null: gone. */
  readonly files?: Readonly<Record<string, string | null>>;
  /** `main` without it. */
  readonly branch?: string;
  /** Another branch that it takes in. */
  readonly merges?: string;
}

/** `main` is checked out as a name only; no file is written but git's own. Commits are a second apart. */
export function makeRepository(folder: string, commits: readonly MadeCommit[]): void {
  git(folder, 'init', '-q', '-b', 'main', '.');
  addCommits(folder, commits);
}

export function addCommits(folder: string, commits: readonly MadeCommit[]): void {
  const before = new Set(git(folder, 'for-each-ref', '--format=%(refname:short)').split('\n'));
  const begun = new Set<string>();
  let timeS = 1_000_000_000 + Number(git(folder, 'rev-list', '--all', '--count'));
  let stream = '';
  for (const { message, files = {}, branch = 'main', merges } of commits) {
    stream += `commit refs/heads/${branch}\ncommitter A <a@example.com> ${String(timeS++)} +0000\n${data(message)}`;
    if (!begun.has(branch) && before.has(branch)) stream += `from refs/heads/${branch}^0\n`;
    else if (!begun.has(branch) && branch !== 'main') stream += 'from refs/heads/main\n';
    begun.add(branch);
    if (merges !== undefined) stream += `merge refs/heads/${merges}\n`;
    for (const [path, text] of Object.entries(files))
      stream += text === null ? `D ${quoted(path)}\n` : `M 100644 inline ${quoted(path)}\n${data(text)}`;
    stream += '\n';
  }
  git.input(folder, stream, 'fast-import', '--quiet', '--force', '--date-format=raw');
}

export function git(folder: string, ...args: readonly string[]): string {
  return git.input(folder, '', ...args);
}

git.input = (folder: string, input: string, ...args: readonly string[]): string => {
  const own = ['-c', 'user.name=A', '-c', 'user.email=a@example.com', '-c', 'protocol.file.allow=always'];
  const options = { cwd: folder, input, env, stdio: 'pipe', encoding: 'utf8' } as const;
  return execFileSync('git', [...own, ...args], options).trimEnd();
};

const env = {
  PATH: process.env['PATH'],
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CEILING_DIRECTORIES: '/',
};

function data(text: string): string {
  return `data ${String(Buffer.byteLength(text))}\n${text}\n`;
}

function quoted(path: string): string {
  return `"${path.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}
