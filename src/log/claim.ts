/**
 * Ownership of a session folder that dies with its process: a listening local socket, never a lock file
 * (lock files outlive a `kill -9`). Linux: abstract socket; Windows: named pipe; elsewhere a socket file in the temporary
 * folder, whose staleness a refused connection proves.
 */
import { createHash } from 'node:crypto';
import { mkdir, realpath, rmdir, stat, unlink } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { JourneymanError } from '../core/error.ts';

export interface Claim {
  release(): void;
}

/** Throws `locked` while another process, window or call holds the folder. */
export async function claim(folder: string): Promise<Claim> {
  return claimAddress(await addressFor(folder));
}

/** Resolves when nobody holds the folder, be it given free or its owner dead; never throws, and ends with the signal. */
export async function released(folder: string, signal: AbortSignal): Promise<void> {
  const address = await addressFor(folder);
  if (signal.aborted) return;
  await new Promise<void>((done) => {
    const socket = connect(address); // held open as long as the owner lives: no asking again and again
    socket.unref();
    socket.on('error', () => undefined); // refused, or cut off with its owner: `close` follows
    socket.once('close', () => {
      signal.removeEventListener('abort', end);
      done();
    });
    const end = (): void => void socket.destroy();
    signal.addEventListener('abort', end);
  });
}

/** Works on a path while nobody else does, in whatever process. Throws `unavailable` where others take longer than a person waits. */
export async function inTurn<T>(path: string, work: () => Promise<T>): Promise<T> {
  const tooLong = new AbortController();
  // It keeps the process, too: nothing else does while it waits.
  const timer = setTimeout(() => {
    tooLong.abort();
  }, turnMs);
  let turn: Claim | null = null;
  try {
    while (turn === null) {
      turn = await claim(path).catch(async (thrown: unknown) => {
        if (!(thrown instanceof JourneymanError && thrown.code === 'locked')) throw thrown;
        if (tooLong.signal.aborted)
          throw new JourneymanError('unavailable', `${path} is being changed in another window. Try again.`);
        await released(path, tooLong.signal);
        return null;
      });
    }
    return await work();
  } finally {
    clearTimeout(timer);
    turn?.release();
  }
}

/** A change takes some milliseconds. */
const turnMs = 10_000;

export async function claimAddress(address: string): Promise<Claim> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await listen(address);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      if (!isFile(address) || attempt === 3 || !(await isDead(address)) || !(await clearAway(address))) {
        throw new JourneymanError('locked', 'This session runs in another window. Only one can write to it.', {
          cause: error,
        });
      }
    }
  }
}

/**
 * Removes what a dead process left. One at a time: while its file stands nobody else can listen there, so nobody's is removed who lives.
 * False: another one is at it, or somebody listens after all.
 */
async function clearAway(address: string): Promise<boolean> {
  const turn = `${address}.clearing`;
  try {
    await mkdir(turn);
  } catch {
    const { mtimeMs } = await stat(turn).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs < clearingMs) return false;
    await rmdir(turn).catch(() => undefined); // left by a process that was killed just there
    return true;
  }
  try {
    if (!(await isDead(address))) return false;
    await unlink(address).catch(() => undefined); // gone already
    return true;
  } finally {
    await rmdir(turn).catch(() => undefined); // somebody took it for a leftover
  }
}

/** Clearing takes a millisecond; after this nobody does it any more. */
const clearingMs = 10_000;

async function addressFor(folder: string): Promise<string> {
  const parent = await realpath(dirname(folder)).catch(() => dirname(folder)); // the folder itself may not be there yet
  return addressOf(join(parent, basename(folder)));
}

function isFile(address: string): boolean {
  return !address.startsWith('\0') && process.platform !== 'win32';
}

function addressOf(folder: string): string {
  const name = `journeyman-${createHash('sha256').update(folder).digest('hex').slice(0, 20)}`; // macOS takes 103 bytes in all
  // Of the full length that the system takes: one libuv fills a shorter name up with zeros, a newer one does not, and then the editor
  // and a command line on another version of Node would hold two different addresses.
  if (process.platform === 'linux') return `\0${name.padEnd(linuxNameBytes, '-')}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  return join(tmpdir(), `${name}.sock`);
}

/** `sun_path` without the zero that an abstract name begins with; see unix(7). */
const linuxNameBytes = 107;

function listen(address: string): Promise<Claim> {
  const waiting = new Set<Socket>();
  return new Promise((done, failed) => {
    const server = createServer((socket) => {
      waiting.add(socket.unref());
      socket.on('error', () => undefined); // whoever waited is gone
      socket.on('close', () => waiting.delete(socket));
      socket.resume(); // nothing is said here, but only what is read tells that the other end was closed
    });
    server.unref();
    server.once('error', failed);
    server.listen(address, () => {
      done({
        release: () => {
          server.close();
          for (const socket of waiting) socket.destroy();
        },
      });
    });
  });
}

/** Nobody listens. Any other failure to connect is no proof of that. */
function isDead(address: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(address);
    socket.once('connect', () => {
      socket.destroy();
      done(false);
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      done(code === 'ECONNREFUSED' || code === 'ENOENT');
    });
  });
}
