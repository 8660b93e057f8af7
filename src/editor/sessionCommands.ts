/** The commands of package.json that concern a session as a whole: its life, its copies, its list. */
import * as vscode from 'vscode';
import { auditText } from '../audit/auditText.ts';
import type { SessionId } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import { firstLine } from '../core/text.ts';
import { escaped } from '../permission/shell/hidden.ts';
import { count, exact, roomPreview } from '../protocol/words.ts';
import type { Command } from './commands.ts';
import { saidIn } from './said.ts';
import { exportAs, forkSession, importSession, rowSources } from './intents.ts';
import type { Parts } from './parts.ts';
import { findRows, readRows } from './sessionRows.ts';

export function sessionCommands(parts: Parts, say: (what: string) => Promise<void>): Readonly<Record<string, Command>> {
  const { desk, tasks, panel, sessions, pages } = parts;

  const withShown =
    (act: (id: SessionId) => Promise<unknown>): Command =>
    async () => {
      const id = desk.shownId;
      if (id === null) return say('No session is open.');
      await act(id);
    };

  return {
    'journeyman.pause': async () => {
      if (desk.live?.running !== true) return say('Nothing runs that could be paused.');
      await desk.live.pause();
    },
    'journeyman.resume': async () => {
      if (!(await tasks.resume())) await say('There is nothing to go on with.');
    },
    'journeyman.leave': async () => {
      const { live } = desk;
      if (!live?.state.turn || desk.works(live)) return say('No run was cut off or paused here.');
      await live.leave();
    },
    'journeyman.stop': async () => {
      desk.live?.stop();
    },
    'journeyman.closeSession': withShown((id) => desk.finish(id)),
    'journeyman.forkSession': withShown(async (id) => {
      await forkSession(parts, id, null);
      await panel.open({ type: 'show', place: 'composer' });
    }),
    'journeyman.renameSession': withShown(async (id) => {
      const value = await titleOf(parts, id);
      const title = await vscode.window.showInputBox({
        title: 'Rename Session',
        value,
        ignoreFocusOut: true,
        validateInput: (text) => (text.trim() === '' ? 'A title needs at least one letter.' : null),
      });
      if (title !== undefined) await desk.rename(id, title.trim().slice(0, 200));
    }),
    'journeyman.deleteSession': withShown(async (id) => {
      const title = await titleOf(parts, id);
      const picked = await vscode.window.showWarningMessage(
        `Delete “${title}”?`,
        {
          modal: true,
          detail: 'Its record, what it kept of outputs, and its restore points go. The files of the folder stay.',
        },
        'Delete',
      );
      if (picked !== undefined) await desk.delete(id);
    }),
    'journeyman.exportSession': withShown((id) => exportAs(parts, id)),
    'journeyman.importSession': async () => {
      if (await importSession(parts)) await panel.open({ type: 'show', place: 'timeline' });
    },
    'journeyman.searchSessions': async () => {
      const id = await pickSession(parts);
      if (id === null) return;
      await desk.open(id);
      await panel.open({ type: 'show', place: 'timeline' });
    },
    'journeyman.restoreCheckpoint': async () => {
      if ((desk.live?.state.checkpoints.length ?? 0) === 0) return say('No checkpoints yet. The first edit makes one.');
      await panel.open({ type: 'show', place: 'restore' });
    },
    'journeyman.editMessage': async () => {
      const said = saidIn(desk.live?.events ?? []);
      if (said.length === 0) return say('Nothing was said in this session yet.');
      const picked = await vscode.window.showQuickPick(
        said.map((event) => ({ label: firstLine(event.text), event })).reverse(),
        { title: 'Edit an Earlier Message', placeHolder: 'What came after it leaves the conversation; files stay' },
      );
      if (!picked) return;
      const { turn, text: value, attachments } = picked.event;
      const text = await vscode.window.showInputBox({ title: 'Edit an Earlier Message', value, ignoreFocusOut: true });
      if (text === undefined || text.trim() === '') return;
      await panel.open({ type: 'show', place: 'timeline' });
      await tasks.edit(turn, text, attachments);
    },
    'journeyman.compact': async (words) => {
      const session = await tasks.writable();
      const keep = typeof words === 'string' ? words.trim() : '';
      const plan = session.previewRoom(keep);
      const { beforeTokens = 0, afterTokens = 0, record } = plan;
      if (afterTokens > beforeTokens * limits.roomGain)
        return say(`There is little to leave out yet, of ${exact(beforeTokens)} tokens.`);
      const picked = await vscode.window.showInformationMessage(
        'Make room in the conversation?',
        { modal: true, detail: roomPreview(plan, session.running) },
        'Make Room',
        ...(record === undefined ? [] : ['Show What Stays']),
      );
      if (picked === 'Show What Stays' && record !== undefined) return pages.show('What stays.md', record);
      if (picked === 'Make Room') await session.compact(keep);
    },
    'journeyman.showAudit': async () => {
      const { audit } = parts.agent;
      const id = desk.shownId ?? (await pickAudited(parts));
      if (id === null || audit === undefined) return;
      await pages.show(`Audit of ${id}.log`, escaped(auditText(await audit.read(id))));
    },
    'journeyman.continueLast': async () => {
      const [last] = [...(await sessions.list())].sort((a, b) => b.updatedAtMs - a.updatedAtMs);
      if (!last) return say('There is no session in this folder yet.');
      await desk.open(last.id);
      await panel.open({ type: 'show', place: 'composer' });
    },
  };
}

/** Those that were deleted have an audit still. */
async function pickAudited({ agent, sessions }: Parts): Promise<SessionId | null> {
  const titles = new Map((await sessions.list()).map(({ id, title }) => [id, title]));
  const ids = (await agent.audit?.sessions()) ?? [];
  const items = ids.map((id) => ({ label: titles.get(id) ?? id, description: titles.has(id) ? id : 'deleted', id }));
  if (items.length === 0) void vscode.window.showInformationMessage('Nothing was done in this folder yet.');
  else return (await vscode.window.showQuickPick(items, { title: 'Show Audit of Session' }))?.id ?? null;
  return null;
}

async function titleOf({ sessions }: Parts, id: SessionId): Promise<string> {
  return (await sessions.list()).find((one) => one.id === id)?.title ?? id;
}

/** A list that searches titles, messages and file names while words are typed; all sessions without any. */
function pickSession({ sessions, desk, asks }: Parts): Promise<SessionId | null> {
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly id: SessionId }>();
  pick.title = 'Search Sessions';
  pick.placeholder = 'Words of a title, a message or a file name';
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  let searches = 0;
  const search = async (words: string): Promise<void> => {
    const mine = ++searches;
    pick.busy = true;
    const sources = rowSources(desk, asks);
    const rows = await (
      words === '' ? readRows(sessions, sources) : findRows(sessions, words, sources).then((found) => found.rows)
    ).catch(() => []);
    if (mine !== searches) return; // more words were typed meanwhile
    pick.busy = false;
    pick.items = rows.map(({ id, title, line }) => ({ id, label: title, detail: line, alwaysShow: true }));
    pick.title = words === '' ? 'Search Sessions' : `Search Sessions: ${count(rows.length, 'session')}`;
  };
  return new Promise((resolve) => {
    pick.onDidChangeValue((value) => void search(value.trim()));
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]?.id ?? null);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(null);
      pick.dispose();
    });
    void search('');
    pick.show();
  });
}
