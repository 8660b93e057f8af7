/** The person's uncommitted work and the box for their commit message, through VS Code's own git extension. */
import * as vscode from 'vscode';
import { limits } from '../core/limits.ts';
import type { Files } from '../core/ports.ts';
import { boundedDiff } from './diffText.ts';

/** What is used of version 1 of its API. */
interface GitApi {
  readonly state: 'uninitialized' | 'initialized';
  readonly onDidChangeState: vscode.Event<unknown>;
  readonly repositories: readonly Repository[];
  getRepository(uri: vscode.Uri): Repository | null;
}
export interface Repository {
  readonly rootUri: vscode.Uri;
  readonly inputBox: { value: string };
  readonly state: {
    readonly indexChanges: readonly Change[];
    readonly workingTreeChanges: readonly Change[];
    readonly untrackedChanges?: readonly Change[];
  };
  status(): Promise<void>;
  diff(cached?: boolean): Promise<string>;
  log(options: { readonly maxEntries: number }): Promise<readonly { readonly message: string }[]>;
}
interface Change {
  readonly uri: vscode.Uri;
  readonly status: number;
}

/** `Status.UNTRACKED` of that API. */
const untracked = 7;

/** That of a place (a file, or the root that the source control view names), else of the active editor, else the first. null: there is none. */
export async function findRepository(place: vscode.Uri | null): Promise<Repository | null> {
  const git = await openGit();
  if (git === null) return null;
  const uri = place ?? vscode.window.activeTextEditor?.document.uri;
  return (uri && git.getRepository(uri)) ?? (place === null ? (git.repositories[0] ?? null) : null);
}

/** `staged` alone, or all that differs from the last commit, new files included; cut to what goes along with a task. Empty: nothing. */
export async function uncommitted(repository: Repository, files: Files, staged: boolean): Promise<string> {
  await repository.status(); // what it knows may be a moment old
  const parts = [await repository.diff(true)];
  if (!staged) parts.push(await repository.diff(false), await newFiles(repository, files));
  return boundedDiff(
    parts.map((part) => (part === '' || part.endsWith('\n') ? part : `${part}\n`)).join(''),
    limits.diffChars,
  );
}

export async function lastSubjects(repository: Repository): Promise<readonly string[]> {
  try {
    const commits = await repository.log({ maxEntries: 10 });
    return commits.map(({ message }) => message.split('\n', 1)[0] ?? '').filter((subject) => subject !== '');
  } catch {
    return []; // there is no commit yet
  }
}

async function openGit(): Promise<GitApi | null> {
  const extension = vscode.extensions.getExtension<{ readonly enabled: boolean; getAPI(version: 1): GitApi }>(
    'vscode.git',
  );
  if (!extension) return null;
  const exported = await extension.activate();
  if (!exported.enabled) return null;
  const git = exported.getAPI(1);
  if (git.state === 'uninitialized') await initialized(git);
  return git;
}

/** It looks for repositories first; one that is not found by then is not there. */
function initialized(git: GitApi): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      listener.dispose();
      resolve();
    };
    const timer = setTimeout(end, limits.gitReadyMs);
    const listener = git.onDidChangeState(end);
  });
}

/** Files that git does not know yet, as the diff that adds them; those that are no text by name only. */
async function newFiles({ state, rootUri }: Repository, files: Files): Promise<string> {
  const changes = [
    ...(state.untrackedChanges ?? []),
    ...state.workingTreeChanges.filter(({ status }) => status === untracked),
  ];
  const { signal } = new AbortController();
  const diffs = await Promise.all(
    changes.slice(0, limits.newFilesMax).map(async ({ uri }) => {
      const name = uri.path.slice(rootUri.path.length + 1);
      const head = `diff --git a/${name} b/${name}\nnew file\n`;
      const file = await files.read(uri.fsPath, signal).catch(() => null); // a folder, an image: its name says what there is to say
      const added = (file?.text ?? '').replace(/\n$/, '').split('\n');
      return file === null
        ? head
        : `${head}--- /dev/null\n+++ b/${name}\n${added.map((line) => `+${line}\n`).join('')}`;
    }),
  );
  const more = changes.length - diffs.length;
  return diffs.join('') + (more > 0 ? `[and ${String(more)} more new files]\n` : '');
}
