/** The notes of a person and of a project, a Markdown file each, in folders that the person can read and edit. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, realpath, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { JourneymanError } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import { noteKinds, noteScopes, type Note, type Notes, type NoteScope } from '../core/notes.ts';
import { readHead, writeHead } from './frontMatter.ts';
import { isWithin } from './guideFiles.ts';

export interface NotePlaces {
  /** Where the person's configuration lies. */
  readonly config: string;
  readonly folders: () => readonly string[];
  /** False: what stands in the workspace counts for nothing. */
  readonly isTrusted: () => boolean;
}

export function noteBook(
  places: NotePlaces,
  clean: (text: string) => string,
  now: () => number = () => Date.now(),
): Notes {
  const list = async (scope: NoteScope): Promise<readonly Kept[]> => {
    const kept = await Promise.all((await noteFolders(places, scope)).map((folder) => readNotes(folder, scope)));
    return kept.flat();
  };
  const find = async (name: string, scope: NoteScope): Promise<Kept | undefined> =>
    (await list(scope)).find(({ note }) => note.id === name || fold(note.title) === fold(name));
  return {
    async list() {
      const all = await Promise.all(noteScopes.map(list));
      return all.flatMap((some) => some.map(({ note }) => note));
    },
    async write({ scope, kind, source, ...said }, signal) {
      const title = clean(said.title).replace(/\s+/g, ' ').trim();
      const text = clean(said.text).trim();
      checkNote(title, text);
      const before = await find(title, scope);
      signal.throwIfAborted();
      const [folder = ''] = await noteFolders(places, scope);
      const path = before?.note.path ?? (await freePath(folder, title));
      const today = new Date(now()).toISOString().slice(0, 10);
      const created = before?.note.created || today;
      const id = idOf(scope, path);
      const note: Note = { id, scope, kind, title, text, created, updated: today, source: clean(source), path };
      await replace(path, textOf(note));
      const oldest = [...(await list(scope))].sort((a, b) => b.usedMs - a.usedMs).slice(limits.notesMax);
      const dropped = oldest.filter((one) => one.note.path !== path).map((one) => one.note);
      await Promise.all(dropped.map((one) => rm(one.path, { force: true })));
      return { note, dropped };
    },
    async forget(name, scope, signal) {
      for (const one of scope === null ? noteScopes : [scope]) {
        const found = await find(name, one);
        signal.throwIfAborted();
        if (!found) continue;
        await rm(found.note.path, { force: true });
        return found.note;
      }
      return null;
    },
    async used({ path }) {
      const at = new Date(now());
      await utimes(path, at, at).catch(() => undefined); // a folder that cannot be written keeps its times
    },
  };
}

/** Where new ones go first. In the workspace only where the person has made the folder `.journeyman/memory`. */
export async function noteFolders(
  { config, folders, isTrusted }: NotePlaces,
  scope: NoteScope,
): Promise<readonly string[]> {
  const own = join(config, 'memory');
  if (scope === 'user') return [join(own, 'user')];
  const [first] = folders();
  if (first === undefined) return [];
  const hash = createHash('sha256').update(first).digest('hex').slice(0, 16);
  const kept = join(own, 'projects', `${basename(first).replace(/[^\w.-]+/g, '-')}-${hash}`);
  const shared = join(first, '.journeyman', 'memory');
  const isShared = isTrusted() && (await isOwnFolder(first, shared));
  return isShared ? [shared, kept] : [kept];
}

interface Kept {
  readonly note: Note;
  readonly usedMs: number;
}

async function readNotes(folder: string, scope: NoteScope): Promise<readonly Kept[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.md')).sort();
  const notes = await Promise.all(names.slice(0, 2 * limits.notesMax).map((name) => readNote(folder, name, scope)));
  return notes.filter((one) => one !== null).filter(({ note }) => note.text !== '');
}

/** null: it is gone meanwhile, no note, or cannot be read. */
async function readNote(folder: string, name: string, scope: NoteScope): Promise<Kept | null> {
  const path = join(folder, name);
  try {
    const info = await stat(path);
    if (!info.isFile() || info.size > limits.guideBytesMax) return null;
    if (!isWithin(await realpath(folder), await realpath(path))) return null;
    const { fields, body } = readHead(await readFile(path, 'utf8'));
    const title = fields.get('title') ?? name.slice(0, -3).replaceAll('-', ' ');
    const kind = noteKinds.find((one) => one === fields.get('kind')) ?? 'fact';
    const of = (field: string): string => fields.get(field) ?? '';
    const text = body.slice(0, limits.noteChars);
    return {
      note: {
        id: idOf(scope, path),
        scope,
        kind,
        title,
        text,
        created: of('created'),
        updated: of('updated'),
        source: of('source'),
        path,
      },
      usedMs: info.mtimeMs,
    };
  } catch {
    return null;
  }
}

function textOf({ kind, title, created, updated, source, text }: Note): string {
  const fields = { kind, title, created, updated, source };
  return writeHead(Object.entries(fields), text);
}

function checkNote(title: string, text: string): void {
  const wrong = (what: string): JourneymanError => new JourneymanError('invalid_input', `${what} Nothing was kept.`);
  if (!/[\p{L}\p{N}]/u.test(title)) throw wrong('A note needs a title of a few words.');
  if (title.length > limits.noteTitleChars)
    throw wrong(`The title has more than ${String(limits.noteTitleChars)} characters; say it in a few words.`);
  if (text === '') throw wrong('A note needs a text.');
  if (text.length > limits.noteChars)
    throw wrong(`The note has more than ${String(limits.noteChars)} characters; keep what will be needed again.`);
}

function idOf(scope: NoteScope, path: string): string {
  return `${scope}/${basename(path, '.md')}`;
}

/** Titles that differ in case and signs only are one. */
function fold(title: string): string {
  return title
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

async function freePath(folder: string, title: string): Promise<string> {
  const name = fold(title).replaceAll(' ', '-').slice(0, 60) || 'note';
  const taken = new Set(await readdir(folder).catch(() => []));
  for (let n = 1; ; n++) {
    const file = `${name}${n === 1 ? '' : `-${String(n)}`}.md`;
    if (!taken.has(file)) return join(folder, file);
  }
}

/** Whole or not at all. */
async function replace(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const staged = `${path}.${randomUUID().slice(0, 8)}`;
  try {
    await writeFile(staged, text, { mode: 0o600 });
    await rename(staged, path);
  } finally {
    await rm(staged, { force: true });
  }
}

async function isOwnFolder(workspace: string, folder: string): Promise<boolean> {
  try {
    return (await stat(folder)).isDirectory() && isWithin(await realpath(workspace), await realpath(folder));
  } catch {
    return false;
  }
}
