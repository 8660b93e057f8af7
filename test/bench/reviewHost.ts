/** Runs inside the extension host: does what an agent and a person do, and measures it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { FileChange } from '../../src/core/change.ts';
import type { Fact } from '../../src/core/event.ts';
import type { App } from '../../src/editor/app.ts';
import type { TestApi } from '../../src/extension.ts';
import type { LiveSession } from '../../src/session/sessions.ts';
import { changeFile } from '../../src/workspace/diff.ts';
import { hashText } from '../../src/workspace/files.ts';
import {
  largeFile,
  largeText,
  largeTextAfter,
  smallFiles,
  smallText,
  smallTextAfter,
  type Asked,
  type Measured,
} from './reviewWork.ts';

const words = 20;
const reviewed = 7;
const { signal } = new AbortController();
const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';

/** What the workbench calls. */
export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension<TestApi>('journeyman.journeyman');
  if (!extension) throw new Error('the extension is not there');
  const app = await (await extension.activate()).app();
  const live = await begin(app);
  const large = await measureLarge(app, live);
  const review = await measureReview(app, live);
  writeFileSync(process.env['REVIEW_BENCH_RESULTS'] ?? '', JSON.stringify({ ...large, ...review }));
}

async function begin({ parts }: App): Promise<LiveSession> {
  const environment = {
    folders: parts.files.folders,
    platform: process.platform,
    shell: 'bash',
    date: '2026-01-01',
    attended: true,
    topLevel: [],
    instructions: [],
  };
  const live = await parts.desk.create({ environment, mode: 'edit', model: 'm', rules: [] });
  await live.note({ type: 'turn.started', text: 'change it', attachments: [], message: null });
  return live;
}

/** What a call of a run does: copies, the start, the files, what became of them. */
async function agentWrites(
  { parts }: App,
  live: LiveSession,
  call: string,
  changes: readonly FileChange[],
): Promise<void> {
  const { files, agent } = parts;
  const note = async (...facts: readonly Fact[]): Promise<void> => {
    for (const fact of facts) await live.note(fact);
  };
  const kept = await agent.checkpoints.keep(
    live.id,
    changes.map((change) => change.path),
    signal,
  );
  await note(
    { type: 'tool.requested', call, tool: 'edit_file', input: {}, resources: [] },
    { type: 'tool.decided', call, decision: { action: 'allow', by: { kind: 'mode', mode: 'edit' } } },
    { type: 'checkpoint.created', checkpoint: call, call, files: kept },
    { type: 'tool.started', call, attempt: 'a', changes },
  );
  const applied = await files.apply(changes, signal);
  await note(
    { type: 'change.applied', call, changes, files: applied },
    { type: 'tool.finished', call, result: { status: 'ok', text: 'done' }, ms: 1 },
  );
  await parts.changes.take(live.id, live.events);
}

async function measureLarge(
  app: App,
  live: LiveSession,
): Promise<Pick<Measured, 'rejects' | 'accepts' | 'back' | 'logged' | 'keys'>> {
  const { changes } = app.parts;
  const before = largeText();
  const uri = vscode.Uri.file(path.join(folder, largeFile));
  const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
  await agentWrites(app, live, 'large', [
    changeFile(largeFile, { text: before, hash: hashText(before) }, largeTextAfter(), 'large'),
  ]);
  const ids = [...new Set(changes.of(uri).flatMap(({ hunks }) => hunks.map(({ id }) => id)))];
  if (ids.length < 300) throw new Error(`${String(ids.length)} changes are there, not 300`);

  const logged: number[] = [];
  const target = (i: number) => ({ session: live.id, path: largeFile, hunks: [ids[i] ?? ''] });
  const openNow = (): number => changes.of(uri)[0]?.openCount ?? 0;
  const say = async (act: () => Promise<boolean>, open: number, writes: boolean): Promise<number> => {
    const { version } = editor.document;
    const startMs = performance.now();
    const holds = (): boolean => openNow() === open && (!writes || editor.document.version > version);
    const settled = settles(holds, changes.onDidChange, vscode.workspace.onDidChangeTextDocument);
    const done = act();
    await Promise.race([
      settled,
      done.then((said) => (said ? settled : Promise.reject(new Error('nothing was said')))),
    ]);
    const ms = performance.now() - startMs;
    await done;
    logged.push(performance.now() - startMs);
    await idle();
    return ms;
  };
  const rejects: number[] = [];
  const back: number[] = [];
  const accepts: number[] = [];
  for (let i = 0; i < words; i++) {
    const open = openNow();
    rejects.push(await say(() => changes.decide(target(i), 'rejected'), open - 1, true));
    back.push(await say(() => changes.reopen(target(i)), open, true));
    accepts.push(await say(() => changes.decide(target(i), 'accepted'), open - 1, false));
  }
  const keys: number[] = [];
  for (let i = 0; i < words; i++) {
    const startMs = performance.now();
    const wanted = (changes.of(uri)[0]?.hunks.at(-1)?.line ?? 0) + 1;
    const known = settles(() => changes.of(uri)[0]?.hunks.at(-1)?.line === wanted, changes.onDidChange);
    await editor.edit((edit) => {
      edit.insert(new vscode.Position(i * 20, 0), 'typed\n');
    });
    await known;
    keys.push(performance.now() - startMs);
    await idle();
  }
  await editor.document.save();
  return { rejects, accepts, back, logged, keys };
}

async function measureReview(app: App, live: LiveSession): Promise<Pick<Measured, 'reviews' | 'plain'>> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await app.parts.changes.decide({ session: live.id }, 'accepted');
  const changes = smallFiles.map((name, i) =>
    changeFile(name, { text: smallText(name), hash: hashText(smallText(name)) }, smallTextAfter(name), 'small', i + 1),
  );
  await agentWrites(app, live, 'small', changes);

  const old = path.join(folder, 'old');
  mkdirSync(path.join(old, 'src'), { recursive: true });
  for (const name of smallFiles) writeFileSync(path.join(old, name), smallText(name));
  const pairs = smallFiles.map((name) => {
    const uri = vscode.Uri.file(path.join(folder, name));
    return [uri, vscode.Uri.file(path.join(old, name)), uri];
  });
  const plain: Asked[] = [];
  const reviews: Asked[] = [];
  for (let i = 0; i < reviewed; i++) {
    plain.push(await asked(() => vscode.commands.executeCommand('vscode.changes', 'Plain files', pairs)));
    reviews.push(await asked(() => vscode.commands.executeCommand('journeyman.review')));
  }
  return { plain, reviews };
}

async function asked(act: () => Thenable<unknown>): Promise<Asked> {
  const askedAtMs = Date.now();
  await act();
  const handedOverMs = Date.now() - askedAtMs;
  await new Promise((resolve) => setTimeout(resolve, 3000)); // it is drawn meanwhile; the page says when
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await idle();
  return { askedAtMs, handedOverMs };
}

/** Once one of the events leaves things as wanted. */
function settles(holds: () => boolean, ...events: readonly vscode.Event<unknown>[]): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!holds()) return;
      for (const listener of listeners) listener.dispose();
      resolve();
    };
    const listeners = events.map((listen) => listen(look));
    look();
  });
}

/** What was begun by the last thing ends before the next. */
function idle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 150));
}
