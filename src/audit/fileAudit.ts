/**
 * The audits of a storage folder, one file a session: a session has one writer, so no two windows ever write one chain, and no lock is
 * needed. They stay when a session is deleted. Beside each stands the end of its chain as it was last known (`.end`), written after the lines.
 */
import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { JourneymanError } from '../core/error.ts';
import type { SessionId } from '../core/event.ts';
import type { Audit, AuditEntry, AuditReport } from '../core/ports.ts';
import { check, keptIn, keptText, nextLine, type Tail } from './chain.ts';

const privateFolder = 0o700;
const privateFile = 0o600;

interface Written {
  readonly tail: Tail;
  readonly bytes: number;
}

export function fileAudit(storage: string): Audit {
  const folder = join(storage, 'audit');
  const pathOf = (session: SessionId): string => join(folder, `${nameOf(session)}${linesEnding}`);
  const endPathOf = (session: SessionId): string => join(folder, `${nameOf(session)}${endEnding}`);
  /** Read before the lines: it is never ahead of them. */
  const keptOf = async (session: SessionId): Promise<Tail | null> => keptIn(await textOf(endPathOf(session)));
  /** What this process has written last; the file must still end there. */
  const known = new Map<SessionId, Written>();
  let last: Promise<void> = Promise.resolve();

  const append = async (session: SessionId, entries: readonly AuditEntry[]): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: privateFolder });
    const kept = known.has(session) ? null : await keptOf(session);
    const file = await openWriting(pathOf(session));
    let written: Written;
    try {
      written = known.get(session) ?? found(session, await file.readFile('utf8'), kept);
      const { size } = await file.stat();
      if (known.has(session) && size !== written.bytes)
        throw tampered(pathOf(session), 'it was changed while it was in use');
      if (size > written.bytes) await file.truncate(written.bytes); // a line that was cut off by a crash: nothing waited for it
      let text = '';
      let { tail } = written;
      for (const entry of entries) {
        const next = nextLine(tail, entry);
        text += next.line;
        tail = next.tail;
      }
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length;)
        at += (await file.write(bytes, at, bytes.length - at, written.bytes + at)).bytesWritten;
      await file.datasync();
      written = { tail, bytes: written.bytes + bytes.length };
    } finally {
      await file.close();
    }
    // **Invariant:** the kept end may lag behind the lines, and never leads.
    const end = await openWriting(endPathOf(session));
    try {
      await end.write(keptText(written.tail), 0);
    } finally {
      await end.close();
    }
    known.set(session, written);
  };
  const found = (session: SessionId, text: string, kept: Tail | null): Written => {
    const { tail, broken, wholeBytes } = check(session, text, kept);
    if (broken !== null) throw tampered(pathOf(session), `line ${String(broken.line)}: ${broken.why}`);
    return { tail, bytes: wholeBytes };
  };

  return {
    write(session, entries) {
      const done = last
        .then(() => append(session, entries))
        .catch((thrown: unknown) => {
          known.delete(session); // what it holds now is read again
          throw thrown instanceof JourneymanError ? thrown : unwritable(pathOf(session), thrown);
        });
      last = done.catch(() => undefined); // whoever wrote it has the error
      return done;
    },
    async sessions() {
      const names = await readdir(folder).catch(() => []);
      const sessions = names.flatMap((name) =>
        [linesEnding, endEnding].flatMap((ending) => (name.endsWith(ending) ? [name.slice(0, -ending.length)] : [])),
      );
      return [...new Set(sessions)].sort(); // of one that is gone the end is left
    },
    async read(session) {
      const kept = await keptOf(session);
      const { entries, broken, isTorn } = check(session, await textOf(pathOf(session)), kept);
      return { session, entries, broken, isTorn } satisfies AuditReport;
    },
  };
}

const linesEnding = '.jsonl';
const endEnding = '.end';

function openWriting(path: string): Promise<FileHandle> {
  const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;
  return open(path, O_RDWR | O_CREAT | O_NOFOLLOW, privateFile);
}

/** Empty where there is none. */
async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((thrown: unknown) => {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return '';
    throw thrown;
  });
}

/** The id of a session is the name of its file, and nothing else. */
function nameOf(session: SessionId): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(session)) return session;
  throw new JourneymanError('invalid_input', `${session} is no session. "journeyman sessions" lists them.`);
}

function tampered(path: string, why: string): JourneymanError {
  return new JourneymanError(
    'corrupt',
    `The audit ${path} is not as it was written (${why}). Nothing more is run in this session. "journeyman audit verify" shows it; move it and the .end beside it away to begin a new one.`,
  );
}

function unwritable(path: string, thrown: unknown): JourneymanError {
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return new JourneymanError(
    'corrupt',
    `The audit ${path} cannot be written (${why}). Nothing more is run until it can: look at the space and the rights of its folder, then open the session again.`,
    { cause: thrown },
  );
}
