/** What the panel asks for, done with the parts of this window. */
import * as vscode from 'vscode';
import { toError } from '../core/error.ts';
import { unreachable } from '../core/json.ts';
import type { Intent } from '../protocol/messages.ts';
import { lockedNotice, errorNotice, untrustedNotice } from './notices.ts';
import type { Parts } from './parts.ts';

/** Never throws: what goes wrong is shown as a notice. */
export async function handleIntent(parts: Parts, intent: Intent): Promise<void> {
  try {
    await handle(parts, intent);
  } catch (thrown) {
    const notice = errorNotice(toError(thrown));
    if (notice) parts.notices.show(notice);
  }
}

export async function openSession({ desk, notices }: Parts, id: string): Promise<void> {
  notices.dismiss('locked');
  const shown = await desk.open(id);
  if (shown.kind === 'read') notices.show(lockedNotice(id));
}

async function handle(parts: Parts, intent: Intent): Promise<void> {
  const { asks, desk, tasks, notices, feed } = parts;
  switch (intent.type) {
    case 'ready':
      await parts.restored; // else the page would show an empty panel first
      feed.whole();
      return;
    case 'send':
      return tasks.send(intent.text, intent.attachments);
    case 'stop':
      desk.live?.stop();
      return;
    case 'answer': {
      const { call, token, answer } = intent;
      if (
        answer.action === 'allow' &&
        answer.mode !== undefined &&
        answer.mode !== 'plan' &&
        !vscode.workspace.isTrusted
      ) {
        notices.show(untrustedNotice);
        return;
      }
      if (!asks.answer(call, token, answer)) feed.asks(); // it was answered elsewhere: the panel has an old list
      return;
    }
    case 'hunk': {
      const { call, token, hunk, verdict, reason } = intent;
      const word = reason === undefined ? { hunk, verdict } : { hunk, verdict, reason };
      if (!asks.decideHunk(call, token, word)) feed.asks();
      return;
    }
    case 'set': {
      if (intent.mode !== undefined) await tasks.setMode(intent.mode);
      if (intent.model !== undefined) await tasks.setModel(intent.model);
      if (intent.title !== undefined) await desk.live?.change({ title: intent.title });
      feed.app();
      return;
    }
    case 'new_session':
      return tasks.clear();
    case 'list_sessions':
      return postRows(parts);
    case 'open_session':
      return openSession(parts, intent.id);
    case 'rename_session':
      await desk.rename(intent.id, intent.title);
      return postRows(parts);
    case 'delete_session':
      await desk.delete(intent.id);
      return postRows(parts);
    case 'open_file':
      return openFile(parts, intent.path, intent.line ?? null);
    case 'open_review': {
      const edits = parts.review.waiting.find(({ ask }) => ask.approval.call === intent.call);
      if (edits) await parts.review.open(edits, intent.path ?? null, false);
      return;
    }
    case 'open_link':
      await vscode.env.openExternal(vscode.Uri.parse(intent.href, true));
      return;
    case 'copy':
      await vscode.env.clipboard.writeText(intent.text);
      return;
    case 'dismiss':
      notices.dismiss(intent.notice);
      return;
    case 'run':
      await vscode.commands.executeCommand(...commandOf[intent.what]);
      return;
    default:
      unreachable(intent);
  }
}

const commandOf: Readonly<Record<(Intent & { type: 'run' })['what'], readonly [command: string, ...args: string[]]>> = {
  set_key: ['journeyman.setApiKey'],
  set_endpoint: ['journeyman.setEndpoint'],
  choose_model: ['journeyman.chooseModel'],
  practice: ['journeyman.practice'],
  open_folder: ['workbench.action.files.openFolder'],
  manage_trust: ['workbench.trust.manage'],
  open_settings: ['journeyman.openSettings'],
};

async function postRows({ rows, desk, asks, panel }: Parts): Promise<void> {
  panel.post({ type: 'sessions', rows: await rows.read(desk.held, asks.waiting) });
}

async function openFile({ files }: Parts, path: string, line: number | null): Promise<void> {
  const uri = vscode.Uri.file(files.locate(path).absolute);
  const at = Math.max(0, (line ?? 1) - 1);
  await vscode.window.showTextDocument(uri, {
    preview: true,
    ...(line !== null && { selection: new vscode.Range(at, 0, at, 0) }),
  });
}
