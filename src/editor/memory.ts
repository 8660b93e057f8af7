/** What is remembered, for the person: notes as files to read and edit, added and forgotten; lessons of a session, kept on a yes. */
import * as vscode from 'vscode';
import { noteKinds, type NewNote, type Note, type Notes } from '../core/notes.ts';
import { lessonsOf, sourceOf, type Lesson } from '../session/lessons.ts';
import type { Command } from './commands.ts';
import type { Parts } from './parts.ts';

const { signal } = new AbortController();

export function memoryCommands(parts: Parts, say: (what: string) => Promise<void>): Readonly<Record<string, Command>> {
  return {
    'journeyman.memory': () => showMemory(parts.notes),
    'journeyman.lessons': async () => {
      const { desk, sessions, notes } = parts;
      const id = desk.shownId;
      if (id === null) return say('Open the session first that lessons are to be drawn from.');
      const lessons = lessonsOf((await sessions.salvage(id)).events);
      if (lessons.length === 0) return say('This session has nothing to propose: no correction was repeated in it.');
      const picked = await vscode.window.showQuickPick(lessons.map(lessonItem), {
        title: 'Lessons of This Session',
        placeHolder: 'Those that you choose are kept as notes; nothing is kept by itself',
        canPickMany: true,
        ignoreFocusOut: true,
      });
      for (const { lesson } of picked ?? []) {
        const { scope, kind, title, text } = lesson;
        await keep(notes, { scope, kind, title, text, source: sourceOf(id, lesson) });
      }
    },
  };
}

type Item = vscode.QuickPickItem & { readonly note: Note | null };
const trash: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('trash'), tooltip: 'Forget it…' };

async function showMemory(notes: Notes): Promise<void> {
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = 'Memory';
  pick.placeholder = 'What the agent is told of in each session; a note opens as a file';
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  const fill = async (): Promise<void> => {
    const add: Item = { label: '$(add) New note…', alwaysShow: true, note: null };
    pick.items = [add, ...(await notes.list(signal)).map(noteItem)];
  };
  await fill();
  await new Promise<void>((resolve) => {
    pick.onDidTriggerItemButton(async ({ item: { note } }) => {
      if (note === null) return;
      const word = await vscode.window.showWarningMessage(
        `Forget “${note.title}”?`,
        { modal: true, detail: note.text },
        'Forget',
      );
      if (word === 'Forget') await notes.forget(note.id, note.scope, signal);
      await showMemory(notes);
    });
    pick.onDidAccept(async () => {
      const [chosen] = pick.selectedItems;
      pick.hide();
      if (chosen?.note) await openNote(chosen.note);
      else if (chosen) await addNote(notes);
    });
    pick.onDidHide(() => {
      pick.dispose();
      resolve();
    });
    pick.show();
  });
}

async function addNote(notes: Notes): Promise<void> {
  const title = await vscode.window.showInputBox({ title: 'New Note', prompt: 'A title of a few words' });
  if (title === undefined || title.trim() === '') return;
  const picked = await vscode.window.showQuickPick(
    noteKinds.map((kind) => ({ label: kind, description: kindWords[kind], of: kind })),
    { title: 'New Note', placeHolder: 'What it is' },
  );
  if (!picked) return;
  const text = await vscode.window.showInputBox({ title: 'New Note', prompt: 'What is to be remembered' });
  if (text === undefined || text.trim() === '') return;
  const { of: kind } = picked;
  const note = await keep(notes, {
    scope: kind === 'preference' ? 'user' : 'project',
    kind,
    title,
    text,
    source: 'you',
  });
  await openNote(note);
}

const kindWords = {
  preference: 'how you want it, in all of your projects',
  fact: 'how this project is',
  feedback: 'what you say of work that was done here',
} as const;

async function keep(notes: Notes, note: NewNote): Promise<Note> {
  const { note: kept, dropped } = await notes.write(note, signal);
  const gone = dropped.map(({ title }) => `“${title}”`).join(', ');
  if (gone !== '')
    void vscode.window.showInformationMessage(`To make room ${gone} went, which was not used for longest.`);
  return kept;
}

async function openNote({ path }: Note): Promise<void> {
  await vscode.window.showTextDocument(vscode.Uri.file(path), { preview: true });
}

function noteItem(note: Note): Item {
  const { title, kind, scope, text, updated } = note;
  return {
    label: title,
    description: [kind, scope === 'user' ? 'all projects' : 'this project', updated]
      .filter((one) => one !== '')
      .join(' · '),
    detail: text.replace(/\s+/g, ' ').slice(0, 200),
    buttons: [trash],
    note,
  };
}

function lessonItem(lesson: Lesson): vscode.QuickPickItem & { readonly lesson: Lesson } {
  const quotes = lesson.evidence.map((one) => `step ${String(one.step)}: “${one.text}”`);
  return { label: lesson.title, description: lesson.kind, detail: quotes.join(' · '), lesson };
}
