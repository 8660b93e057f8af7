/** What the panel asks for, done with the parts of this window. */
import * as vscode from 'vscode';
import { JourneymanError } from '../core/error.ts';
import type { SessionId } from '../core/event.ts';
import { unreachable } from '../core/json.ts';
import type { Intent } from '../protocol/messages.ts';
import { adjustContext, attachMention, tellMentions } from './contextActions.ts';
import { openLink } from './links.ts';
import { exportedNotice, tellFault, untrustedNotice } from './notices.ts';
import { readOutput } from './outputs.ts';
import type { Parts } from './parts.ts';
import { handleRules } from './ruleActions.ts';
import { findRows, readRows, type RowSources } from './sessionRows.ts';
import { runSlash } from './slash.ts';
import { chooseImport, exportSession, fileNameOf } from './transfer.ts';

/** Never throws: what goes wrong is shown as a notice. */
export async function handleIntent(parts: Parts, intent: Intent): Promise<void> {
  const { live } = parts.desk;
  try {
    await handle(parts, intent);
  } catch (thrown) {
    if (live && writes.has(intent.type)) parts.desk.note(live, thrown);
    tellFault(parts, thrown, live);
  }
}

/** Those that only fail as `unavailable` when the log of the session on the desk does; tasks tell their own. */
const writes: ReadonlySet<Intent['type']> = new Set([
  'change_message',
  'cancel_message',
  'pause',
  'leave',
  'conclude',
  'set',
  'adjust_context',
]);

async function handle(parts: Parts, intent: Intent): Promise<void> {
  const { asks, desk, tasks, notices, feed, changes } = parts;
  switch (intent.type) {
    case 'ready':
      await parts.restored; // else the page would show an empty panel first
      feed.whole();
      void parts.index.need();
      return;
    case 'send':
      if (await runSlash(parts, intent.text, intent.attachments)) return;
      return tasks.send(intent.text, intent.attachments);
    case 'steer':
      return tasks.send(intent.text, intent.attachments, true);
    case 'change_message': {
      const { message, text, steer, before } = intent;
      return (await tasks.writable()).changeMessage(message, {
        ...(text !== undefined && { text }),
        ...(steer !== undefined && { steer }),
        ...(before !== undefined && { before }),
      });
    }
    case 'cancel_message':
      return (await tasks.writable()).cancelMessage(intent.message);
    case 'pause':
      return (await tasks.writable()).pause();
    case 'resume':
      await tasks.resume();
      return;
    case 'go_on':
      await tasks.goOnWith(intent);
      return;
    case 'conclude':
      return (await tasks.writable()).conclude();
    case 'leave':
      return (await tasks.writable()).leave();
    case 'stop':
      desk.live?.stop();
      return;
    case 'try_now':
      desk.live?.tryNow();
      return;
    case 'edit_turn':
      return tasks.edit(intent.turn, intent.text, intent.attachments);
    case 'fork':
      return forkSession(parts, intent.id ?? null, intent.turn);
    case 'preview_restore':
      return parts.restores.preview(await tasks.writable(), intent.checkpoint);
    case 'restore':
      if (!vscode.workspace.isTrusted) {
        notices.show(untrustedNotice);
        return;
      }
      return parts.restores.restore(await tasks.writable(), intent);
    case 'compare_restore':
      return parts.restores.compare(await tasks.writable(), intent.checkpoint, intent.path);
    case 'show_output':
      return showOutput(parts, intent.call);
    case 'show_command':
      parts.terminals.show(intent.session, intent.id);
      return;
    case 'stop_command':
      await parts.commands.stop(intent.session, intent.id);
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
      const said = parts.plans.planAnswer(call, answer);
      if (!asks.answer(call, token, said)) feed.asks(); // it was answered elsewhere: the panel has an old list
      return;
    }
    case 'hunk': {
      const { call, token, hunk, verdict, reason } = intent;
      const word = reason === undefined ? { hunk, verdict } : { hunk, verdict, reason };
      if (!asks.decideHunk(call, token, word)) feed.asks();
      return;
    }
    case 'review': {
      const target = { session: shownSession(parts), hunks: intent.hunks };
      if (intent.word === 'reopen') await changes.reopen(target);
      else await changes.decide(target, intent.word === 'accept' ? 'accepted' : 'rejected');
      return;
    }
    case 'ask_change':
      await changes.ask({ session: shownSession(parts), hunks: [intent.hunk] }, intent.text);
      return;
    case 'open_plan':
      await parts.plans.open(intent.call);
      return;
    case 'open_changes': {
      const { path } = intent;
      await parts.actions.review([{ session: shownSession(parts), ...(path !== undefined && { path }) }]);
      return;
    }
    case 'adjust_context':
      return adjustContext(parts, intent.refs);
    case 'ask_mentions':
      return tellMentions(parts, intent.words, intent.sign);
    case 'attach':
      return attachMention(parts, intent.mention);
    case 'list_rules':
    case 'test_rule':
    case 'add_rule':
    case 'remove_rule':
    case 'trust_rules':
    case 'trust_hook':
    case 'open_rules':
      return handleRules(parts, intent);
    case 'set': {
      if (intent.mode !== undefined) await tasks.setMode(intent.mode);
      if (intent.model !== undefined) await tasks.setModel(intent.model);
      if (intent.effort !== undefined) await tasks.setEffort(intent.effort);
      if (intent.title !== undefined) await desk.live?.change({ title: intent.title });
      feed.app();
      return;
    }
    case 'new_session':
      return tasks.clear();
    case 'list_sessions':
      return postRows(parts);
    case 'search_sessions':
      return postFound(parts, intent.words);
    case 'open_session':
      await desk.open(intent.id);
      return;
    case 'close_session':
      await desk.finish(intent.id);
      return postRows(parts);
    case 'export_session':
      return exportAs(parts, intent.id);
    case 'import_session':
      await importSession(parts);
      return;
    case 'rename_session':
      await desk.rename(intent.id, intent.title);
      return postRows(parts);
    case 'delete_session':
      await desk.delete(intent.id);
      await changes.refresh();
      return postRows(parts);
    case 'open_file':
      return openFile(parts, intent.path, intent.line ?? null, intent.endLine ?? null);
    case 'open_review': {
      const edits = parts.review.waiting.find(({ ask }) => ask.approval.call === intent.call);
      if (edits) await parts.review.open(edits, intent.path ?? null, false);
      return;
    }
    case 'open_link':
      return openLink(intent.href);
    case 'copy':
      await vscode.env.clipboard.writeText(intent.text);
      return;
    case 'dismiss':
      notices.dismiss(intent.notice);
      return;
    case 'run':
      if (intent.what === 'resume_index') parts.index.resume();
      else await vscode.commands.executeCommand(...commandOf[intent.what]);
      return;
    default:
      unreachable(intent);
  }
}

function shownSession({ desk }: Parts): SessionId {
  if (desk.shownId !== null) return desk.shownId;
  throw new JourneymanError('not_found', 'No session is open. Open the one to review first.');
}

/** Of a session (null: the one on the desk), all up to the end of a turn (null: all). The copy comes onto the desk. */
export async function forkSession({ desk }: Parts, id: string | null, turn: number | null): Promise<void> {
  const from = id ?? desk.shownId;
  if (from === null) throw new JourneymanError('not_found', 'No session is open. Open the one to fork first.');
  await desk.fork(from, turn);
}

export async function exportAs({ sessions, notices }: Parts, id: string): Promise<void> {
  const summary = (await sessions.list()).find((one) => one.id === id);
  const file = await exportSession(sessions, id, summary?.title ?? id);
  if (file !== null) notices.show(exportedNotice(file));
}

export async function importSession({ desk }: Parts): Promise<boolean> {
  const data = await chooseImport();
  if (data === null) return false;
  await desk.import(data);
  return true;
}

async function showOutput({ agent, desk, pages }: Parts, call: string): Promise<void> {
  const { shown, shownId } = desk;
  const events = shown.kind === 'live' ? shown.session.events : shown.kind === 'read' ? shown.events : [];
  const output = shownId === null ? null : await readOutput(agent.blobs, shownId, events, call);
  if (output === null) throw new JourneymanError('not_found', 'There is no such step in this session.');
  await pages.show(`${fileNameOf(output.title)}.log`, output.text);
}

const commandOf: Readonly<
  Record<Exclude<(Intent & { type: 'run' })['what'], 'resume_index'>, readonly [command: string, ...args: string[]]>
> = {
  set_key: ['journeyman.setApiKey'],
  set_endpoint: ['journeyman.setEndpoint'],
  editor_model: ['journeyman.useEditorModel'],
  choose_model: ['journeyman.chooseModel'],
  practice: ['journeyman.practice'],
  open_folder: ['workbench.action.files.openFolder'],
  manage_trust: ['workbench.trust.manage'],
  open_settings: ['journeyman.openSettings'],
  add_context: ['journeyman.addContext'],
  cancel_index: ['journeyman.cancelIndex'],
  rebuild_index: ['journeyman.rebuildIndex'],
  rules: ['journeyman.rules'],
};

async function postRows({ sessions, desk, asks, panel }: Parts): Promise<void> {
  panel.post({ type: 'sessions', rows: await readRows(sessions, rowSources(desk, asks)) });
}

async function postFound({ sessions, desk, asks, panel }: Parts, words: string): Promise<void> {
  panel.post({ type: 'found', words, ...(await findRows(sessions, words, rowSources(desk, asks))) });
}

export function rowSources(desk: Parts['desk'], asks: Parts['asks']): RowSources {
  return { held: desk.held, waiting: asks.waiting, cut: (id) => desk.cut(id) };
}

async function openFile({ files }: Parts, path: string, line: number | null, endLine: number | null): Promise<void> {
  const uri = vscode.Uri.file(files.locate(path).absolute);
  const at = Math.max(0, (line ?? 1) - 1);
  const selection =
    endLine === null ? new vscode.Range(at, 0, at, 0) : new vscode.Range(at, 0, Math.max(at, endLine), 0);
  await vscode.window.showTextDocument(uri, {
    preview: true,
    ...(line !== null && { selection }),
  });
}
