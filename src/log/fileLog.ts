/** The durable event log: one folder a session, one JSON line an event, synced to disk before an append resolves. */
import { mkdir, open, readFile, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { JourneymanError } from '../core/error.ts';
import type { Event, Seq, SessionId } from '../core/event.ts';
import type { Clock, Entry, EventLog, OpenLog, SessionSummary } from '../core/ports.ts';
import { claim, type Claim } from './claim.ts';
import { decode, titleOf } from './lines.ts';

const fileName = 'events.jsonl';

/** `storage` is a folder outside every workspace; it is made when the first session is. */
export function fileLog(storage: string, clock: Clock): EventLog {
  const root = join(storage, 'sessions');
  const folder = (session: SessionId): string => join(root, safeId(session));

  async function hold(session: SessionId, fresh: boolean): Promise<OpenLog> {
    const dir = folder(session);
    if (fresh) await mkdir(dir, { recursive: true, mode: 0o700 });
    const owner = await claim(dir);
    try {
      const handle = await openFile(join(dir, fileName), fresh ? 'wx+' : 'r+', session);
      try {
        const { events, bytes, torn } = decode(await handle.readFile(), session);
        if (torn) await handle.truncate(bytes);
        return new FileLog(session, handle, owner, clock, events.at(-1)?.seq ?? 0, bytes);
      } catch (error) {
        await handle.close();
        throw error;
      }
    } catch (error) {
      owner.release();
      throw error;
    }
  }

  async function* read(session: SessionId, from: Seq = 1): AsyncIterable<Event> {
    const data = await readFile(join(folder(session), fileName)).catch((error: unknown) => {
      throw notThere(error, session);
    });
    for (const event of decode(data, session).events) if (event.seq >= from) yield event;
  }

  async function summary(session: SessionId): Promise<SessionSummary | null> {
    const path = join(folder(session), fileName);
    try {
      const [data, info] = await Promise.all([readFile(path), stat(path)]);
      const { events } = decode(data, session);
      const first = events[0];
      const folders = first?.type === 'session.started' ? first.environment.folders : [];
      return {
        id: session,
        title: titleOf(events),
        folders,
        updatedAtMs: events.at(-1)?.atMs ?? info.mtimeMs,
        sizeBytes: info.size,
      };
    } catch (error) {
      if (error instanceof JourneymanError && error.code === 'corrupt') {
        return { id: session, title: `Damaged session ${session}`, folders: [], updatedAtMs: 0, sizeBytes: 0 };
      }
      if (isMissing(error)) return null;
      throw error;
    }
  }

  return {
    open: (session) => hold(session, false),
    create: (session) => hold(session, true),
    read,
    async list() {
      const names = await readdir(root).catch((error: unknown) => {
        if (isMissing(error)) return [];
        throw error;
      });
      const all = await Promise.all(names.map(summary));
      return all.filter((one) => one !== null).sort((a, b) => b.updatedAtMs - a.updatedAtMs);
    },
    async delete(session) {
      const owner = await claim(folder(session));
      try {
        await rm(folder(session), { recursive: true, force: true });
      } finally {
        owner.release();
      }
    },
  };
}

interface Waiting {
  readonly lines: Buffer;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

class FileLog implements OpenLog {
  readonly session: SessionId;
  readonly #handle: FileHandle;
  readonly #owner: Claim;
  readonly #clock: Clock;
  #seq: Seq;
  #bytes: number;
  #waiting: Waiting[] = [];
  #flushing: Promise<void> | null = null;
  #broken: JourneymanError | null = null;

  constructor(session: SessionId, handle: FileHandle, owner: Claim, clock: Clock, seq: Seq, bytes: number) {
    this.session = session;
    this.#handle = handle;
    this.#owner = owner;
    this.#clock = clock;
    this.#seq = seq;
    this.#bytes = bytes;
  }

  get seq(): Seq {
    return this.#seq;
  }

  append(entries: readonly Entry[]): { events: readonly Event[]; durable: Promise<void> } {
    const atMs = this.#clock.now();
    const before = this.#seq;
    const events = entries.map(({ actor, turn, step, fact }, i): Event => ({
      v: 2,
      session: this.session,
      seq: before + i + 1,
      atMs,
      actor,
      turn,
      step,
      ...fact,
    }));
    const lines = Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    this.#seq += events.length;
    const durable = new Promise<void>((done, failed) => this.#waiting.push({ lines, done, failed }));
    this.#flushing ??= this.#flush();
    return { events, durable };
  }

  /** Group commit: whatever came while one sync ran goes out with the next. */
  async #flush(): Promise<void> {
    await Promise.resolve(); // what else this tick appends goes along
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        if (this.#broken) throw this.#broken;
        const data = batch.length === 1 && batch[0] ? batch[0].lines : Buffer.concat(batch.map(({ lines }) => lines));
        await writeWhole(this.#handle, data, this.#bytes);
        await this.#handle.datasync();
        this.#bytes += data.length;
        for (const { done } of batch) done();
      } catch (error) {
        // What stands after the last whole event would be read as a torn tail; later appends would make it a torn middle.
        this.#broken ??= await this.#cutBack(error);
        for (const { failed } of batch) failed(this.#broken);
      }
    }
    this.#flushing = null;
  }

  async #cutBack(cause: unknown): Promise<JourneymanError> {
    const code = (cause as NodeJS.ErrnoException).code;
    const why =
      code === 'ENOSPC'
        ? 'the disk is full'
        : code === 'EROFS' || code === 'EACCES'
          ? 'the storage is read-only'
          : String(cause);
    await this.#handle.truncate(this.#bytes).catch(() => undefined); // a torn tail is repaired at the next open
    return new JourneymanError(
      'unavailable',
      `The session could not be saved: ${why}. All ${String(this.#seq)} events before are safe. Mend that and open the session again.`,
      { cause },
    );
  }

  async close(): Promise<void> {
    await this.#flushing;
    this.#broken ??= new JourneymanError('bug', 'The session is closed.');
    await this.#handle.close();
    this.#owner.release();
  }
}

async function writeWhole(handle: FileHandle, data: Buffer, position: number): Promise<void> {
  let at = 0;
  while (at < data.length) {
    const { bytesWritten } = await handle.write(data, at, data.length - at, position + at);
    at += bytesWritten;
  }
}

async function openFile(path: string, flags: string, session: SessionId): Promise<FileHandle> {
  try {
    return await open(path, flags, 0o600);
  } catch (error) {
    throw notThere(error, session);
  }
}

function notThere(error: unknown, session: SessionId): unknown {
  return isMissing(error)
    ? new JourneymanError(
        'not_found',
        `There is no session ${session}. "journeyman sessions" lists those that there are.`,
        { cause: error },
      )
    : error;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** Session ids become folder names, and may come from a command line. */
function safeId(session: SessionId): string {
  if (/^[a-z0-9][a-z0-9-]{2,63}$/.test(session)) return session;
  throw new JourneymanError('not_found', `"${session}" is no session id. "journeyman sessions" lists the sessions.`);
}
