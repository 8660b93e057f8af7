/** `journeyman memory`: what is remembered for this folder and for the person, and what past sessions could add. */
import { fileLog } from '../log/fileLog.ts';
import { noteLine, searchNotes } from '../memory/manifest.ts';
import { noteBook, noteFolders } from '../memory/noteBook.ts';
import { JourneymanError } from '../core/error.ts';
import { noteScopes, type NoteKind, type Note, type NoteScope } from '../core/notes.ts';
import { systemClock } from '../agent.ts';
import { secretsOf } from '../sandbox/environment.ts';
import { redactor } from '../sandbox/redact.ts';
import { lessonsOf, sourceOf, type Lesson } from '../session/lessons.ts';
import { notePlaces, workspaceFolder } from './assembly.ts';
import { storageFolder } from './storage.ts';
import { withoutControls } from './words.ts';

export type MemoryOptions = { readonly workspace: string; readonly json: boolean } & (
  | { readonly what: 'list' }
  | { readonly what: 'show' | 'remove'; readonly name: string }
  | { readonly what: 'search'; readonly words: string }
  | {
      readonly what: 'add';
      readonly title: string;
      readonly text: string;
      readonly kind: NoteKind;
      readonly scope: NoteScope;
    }
  /** `keep`: by their numbers, as listed. */
  | { readonly what: 'lessons'; readonly session: string | null; readonly keep: readonly number[] }
);

const { signal } = new AbortController();

export async function memoryCommand(options: MemoryOptions): Promise<number> {
  const folder = await workspaceFolder(options.workspace);
  const places = notePlaces([folder]);
  const known = secretsOf(process.env);
  const clean = redactor(() => known);
  const book = noteBook(places, (text) => clean.text(text));
  const print = (text: string): void => void process.stdout.write(withoutControls(text));
  switch (options.what) {
    case 'list': {
      const notes = await book.list(signal);
      if (options.json) for (const note of notes) print(`${JSON.stringify(note)}\n`);
      else {
        print(notes.length === 0 ? 'Nothing is remembered here.\n' : `${notes.map(noteLine).join('\n')}\n`);
        for (const scope of noteScopes) print(`${scope}: ${(await noteFolders(places, scope)).join(', ')}\n`);
      }
      return 0;
    }
    case 'show': {
      const note = (await book.list(signal)).find((one) => one.id === options.name || one.title === options.name);
      if (!note) throw noNote(options.name);
      print(options.json ? `${JSON.stringify(note)}\n` : noteWords(note));
      return 0;
    }
    case 'search': {
      const found = searchNotes(await book.list(signal), options.words);
      print(found.length === 0 ? 'No note holds any of these words.\n' : `${found.map(noteLine).join('\n')}\n`);
      return 0;
    }
    case 'add': {
      const { title, text, kind, scope } = options;
      const { note, dropped } = await book.write({ title, text, kind, scope, source: 'you' }, signal);
      print(`Kept: ${note.id}, ${note.path}\n`);
      for (const one of dropped) print(`To make room "${one.title}" went, which was not used for longest.\n`);
      return 0;
    }
    case 'remove': {
      const gone = await book.forget(options.name, null, signal);
      if (!gone) throw noNote(options.name);
      print(`Forgotten: ${gone.id}\n`);
      return 0;
    }
    case 'lessons': {
      const log = fileLog(storageFolder(), systemClock);
      const id = options.session ?? (await log.list()).find(({ folders, open }) => folders[0] === folder && !open)?.id;
      if (id === undefined) throw new JourneymanError('not_found', 'No session of this folder has ended yet.');
      const lessons = lessonsOf((await log.salvage(id)).events);
      for (const number of options.keep) {
        const lesson = lessons[number - 1];
        if (!lesson) throw new JourneymanError('not_found', `There is no lesson ${String(number)} in session ${id}.`);
        const { scope, kind, title, text } = lesson;
        const { note } = await book.write({ scope, kind, title, text, source: sourceOf(id, lesson) }, signal);
        print(`Kept: ${note.id}\n`);
      }
      if (options.keep.length === 0) print(lessonWords(id, lessons));
      return 0;
    }
  }
}

function noteWords({ id, kind, title, text, created, updated, source, path }: Note): string {
  return `${title}\n${id} · ${kind} · ${created} · ${updated} · ${source}\n${path}\n\n${text}\n`;
}

function lessonWords(session: string, lessons: readonly Lesson[]): string {
  if (lessons.length === 0) return `Session ${session} has nothing to propose.\n`;
  const listed = lessons.map(({ title, text, kind, evidence }, at) => {
    const quotes = evidence.map((one) => `     turn ${String(one.turn)} step ${String(one.step)}: ${one.text}\n`);
    return `${String(at + 1)}. ${title} (${kind})\n   ${text.replaceAll('\n', '\n   ')}\n${quotes.join('')}`;
  });
  return `${listed.join('')}Nothing of this is kept yet: journeyman memory lessons ${session} --keep 1\n`;
}

function noNote(name: string): JourneymanError {
  return new JourneymanError('not_found', `There is no note "${name}". "journeyman memory" lists them.`);
}
