/**
 * Ownership of a session folder that dies with its process: a listening local socket, never a lock file
 * (lock files outlive a `kill -9`). Linux: abstract socket; Windows: named pipe; elsewhere a socket file in the temporary
 * folder, whose staleness a refused connection proves.
 */
import { createHash } from 'node:crypto';
import { realpath, unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JourneymanError } from '../core/error.ts';

export interface Claim {
  release(): void;
}

/** Throws `locked` while another process, window or call holds the folder. */
export async function claim(folder: string): Promise<Claim> {
  const address = addressOf(await realpath(folder).catch(() => folder));
  for (let attempt = 1; ; attempt++) {
    try {
      const server = await listen(address);
      return { release: () => void server.close() };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      if (address.startsWith('\0') || process.platform === 'win32' || attempt === 3 || (await answers(address))) {
        throw new JourneymanError('locked', 'This session runs in another window. Only one can write to it.', {
          cause: error,
        });
      }
      await unlink(address).catch(() => undefined); // left by a dead process; another claimant may have been quicker
    }
  }
}

function addressOf(folder: string): string {
  const name = `journeyman-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`;
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

function answers(address: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(address);
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => {
      done(false);
    });
  });
}
