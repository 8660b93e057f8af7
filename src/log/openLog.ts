/** One session's file while this process holds it: appends that share their syncs, and what is left when one fails. */
import { rm, type FileHandle } from 'node:fs/promises';
import { JourneymanError } from '../core/error.ts';
import type { Event, Seq, SessionId } from '../core/event.ts';
import type { Clock, Entry, OpenLog } from '../core/ports.ts';
import { digest, writeKept, type Digest } from './catalogue.ts';
import type { Claim } from './claim.ts';
import { storageFault, writeSynced } from './folders.ts';
import { encode } from './lines.ts';
import { version } from './upcast.ts';

export interface Held {
  readonly session: SessionId;
  readonly folder: string;
  readonly handle: FileHandle;
  readonly owner: Claim;
  /** Of all that stands in the file; goes on with what is appended. */
  readonly known: Digest;
  /** Made just now: when nothing comes to stand in it, nothing stays. */
  readonly fresh: boolean;
}

interface Waiting {
  readonly lines: Buffer;
  readonly last: Seq;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

export class FileOpenLog implements OpenLog {
  readonly #held: Held;
  readonly #clock: Clock;
  readonly #onClose: () => void;
  #seq: Seq;
  /** What is on disk for certain. */
  #durable: { readonly seq: Seq; readonly bytes: number };
  #opened: readonly Event[] | null;
  #waiting: Waiting[] = [];
  #flushing: Promise<void> | null = null;
  #closing: Promise<void> | null = null;
  #broken: JourneymanError | null = null;

  /** `opened`: the events that stand in the file, for whoever reads them next. */
  constructor(held: Held, opened: readonly Event[], clock: Clock, onClose: () => void) {
    this.#held = held;
    this.#clock = clock;
    this.#onClose = onClose;
    this.#opened = opened;
    this.#seq = held.known.seq;
    this.#durable = { seq: held.known.seq, bytes: held.known.bytes };
  }

  get session(): SessionId {
    return this.#held.session;
  }

  get seq(): Seq {
    return this.#seq;
  }

  /** For lists: nobody knows it better. */
  get known(): Digest {
    return this.#held.known;
  }

  /** What opening has read already, once: so that it is not read twice. */
  takeOpened(): readonly Event[] | null {
    const opened = this.#opened;
    this.#opened = null;
    return opened;
  }

  append(entries: readonly Entry[]): { events: readonly Event[]; durable: Promise<void> } {
    const atMs = this.#clock.now();
    const before = this.#seq;
    const events = entries.map(({ actor, turn, step, fact }, i): Event => ({
      v: version,
      session: this.session,
      seq: before + i + 1,
      atMs,
      actor,
      turn,
      step,
      ...fact,
    }));
    const lines = Buffer.from(events.map(encode).join(''));
    this.#opened = null;
    this.#seq += events.length;
    const known = digest(this.#held.known, events);
    known.bytes += lines.length;
    const last = this.#seq;
    const durable = new Promise<void>((done, failed) => this.#waiting.push({ lines, last, done, failed }));
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
        await this.#write(batch);
        for (const { done } of batch) done();
      } catch (error) {
        this.#broken ??= await this.#cutBack(error);
        for (const { failed } of batch) failed(this.#broken);
      }
    }
    this.#flushing = null;
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    const { handle } = this.#held;
    const data = batch.length === 1 && batch[0] ? batch[0].lines : Buffer.concat(batch.map(({ lines }) => lines));
    await writeSynced(handle, data, this.#durable.bytes);
    this.#durable = { seq: batch.at(-1)?.last ?? this.#durable.seq, bytes: this.#durable.bytes + data.length };
  }

  /** What stands after the last whole event would be read as a torn tail; later appends would make it a torn middle. */
  async #cutBack(cause: unknown): Promise<JourneymanError> {
    const { seq, bytes } = this.#durable;
    await this.#held.handle.truncate(bytes).catch(() => undefined); // a torn tail is repaired at the next open
    const safe = seq === 0 ? 'Nothing of it was kept' : `All ${String(seq)} events before are safe`;
    return new JourneymanError(
      'unavailable',
      `The session could not be saved: ${storageFault(cause) ?? String(cause)}. ${safe}. Mend that and open the session again.`,
      { cause },
    );
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    const { handle, owner, folder, known, fresh } = this.#held;
    try {
      await this.#flushing;
      const whole = this.#broken === null;
      this.#broken ??= new JourneymanError('bug', 'The session is closed.');
      const { size, mtimeMs } = await handle.stat().finally(() => handle.close());
      if (fresh && this.#durable.seq === 0) await rm(folder, { recursive: true, force: true });
      else if (whole) await writeKept(folder, { known, size, mtimeMs });
    } finally {
      this.#onClose();
      owner.release();
    }
  }
}
