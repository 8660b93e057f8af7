/**
 * Ownership of a session folder that dies with its process: a listening local socket, never a lock file
 * (lock files outlive a `kill -9`). Linux: abstract socket; Windows: named pipe; elsewhere a socket file in the temporary
 * folder, whose staleness a refused connection proves.
 */
import { createHash, randomUUID } from 'node:crypto';
import { realpath, rename, unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { JourneymanError } from '../core/error.ts';

export interface Claim {
  release(): void;
}

/** Throws `locked` while another process, window or call holds the folder. */
export async function claim(folder: string): Promise<Claim> {
  const parent = await realpath(dirname(folder)).catch(() => dirname(folder)); // the folder itself may not be there yet
  return claimAddress(addressOf(join(parent, basename(folder))));
}

export async function claimAddress(address: string): Promise<Claim> {
  for (let attempt = 1; ; attempt++) {
    try {
      const server = await listen(address);
      return { release: () => void server.close() };
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
 * Removes what a dead process left. It is moved first and asked again: another claimant may have been quicker, and then it is
 * alive and goes back where it was.
 */
async function clearAway(address: string): Promise<boolean> {
  const aside = `${address}.${randomUUID().slice(0, 8)}`;
  try {
    await rename(address, aside);
  } catch {
    return true; // gone already
  }
  if (!(await isDead(aside))) {
    await rename(aside, address);
    return false;
  }
  await unlink(aside);
  return true;
}

function isFile(address: string): boolean {
  return !address.startsWith('\0') && process.platform !== 'win32';
}

function addressOf(folder: string): string {
  const name = `journeyman-${createHash('sha256').update(folder).digest('hex').slice(0, 20)}`; // macOS takes 103 bytes in all
  if (process.platform === 'linux') return `\0${name}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  return join(tmpdir(), `${name}.sock`);
}

function listen(address: string): Promise<Server> {
  return new Promise((done, failed) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once('error', failed);
    server.listen(address, () => {
      done(server);
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
