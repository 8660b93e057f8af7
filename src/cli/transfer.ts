/** `journeyman export` and `import`: a session as one file. */
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { JourneymanError } from '../core/error.ts';
import type { ExportOptions } from './arguments.ts';
import { sessions } from './manage.ts';

export async function exportCommand({ session, file }: ExportOptions): Promise<number> {
  const to = file ?? (process.stdout.isTTY ? `${session}.journeyman` : '-');
  const data = sessions().export(session);
  if (to === '-') {
    for await (const chunk of data) {
      if (!process.stdout.write(chunk)) await new Promise((done) => process.stdout.once('drain', done));
    }
    return 0;
  }
  const path = resolve(to);
  const handle = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw fileFault(error, path);
  });
  try {
    for await (const chunk of data) await handle.writeFile(chunk);
    await handle.close();
  } catch (error) {
    await handle.close().catch(() => undefined); // the first error says more
    await rm(path, { force: true });
    throw error;
  }
  process.stderr.write(`${path}\n`);
  return 0;
}

export async function importCommand({ file }: { file: string }): Promise<number> {
  const path = resolve(file);
  const data: AsyncIterable<Buffer> = file === '-' ? process.stdin : createReadStream(path);
  const id = await sessions()
    .import(data)
    .catch((error: unknown) => {
      throw fileFault(error, path);
    });
  process.stdout.write(`${id}\n`);
  return 0;
}

function fileFault(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EEXIST') return new JourneymanError('invalid_input', `${path} exists already. Name another file.`);
  if (code === 'ENOENT') return new JourneymanError('not_found', `There is no ${path}.`);
  if (code === 'EISDIR') return new JourneymanError('invalid_input', `${path} is a folder. Name a file.`);
  if (code === 'EACCES' || code === 'EPERM') return new JourneymanError('denied', `${path} may not be opened by you.`);
  return error;
}
