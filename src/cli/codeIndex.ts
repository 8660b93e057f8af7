/** The symbol index as the command line has it: its thread lies beside this program, what it keeps beside the sessions. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { JourneymanError } from '../core/error.ts';
import type { CodeIndex } from '../core/ports.ts';
import { startIndex, type IndexClient } from '../symbols/client.ts';
import { storageFolder } from './storage.ts';

/** Set by the build, from package.json. */
declare const JOURNEYMAN_VERSION: string;

/** null: this program runs from its source, without what the build puts beside it. */
export function openIndex(folders: readonly string[]): IndexClient | null {
  if (!existsSync(entry)) return null;
  return startIndex({
    entry,
    extractor: join(dist, 'extractor.js'),
    grammars: join(dist, 'grammars'),
    folders,
    storage: storageFolder(),
    history: true, // who runs this in a folder trusts it
    version: JOURNEYMAN_VERSION,
  });
}

/** For commands that are about the index itself. */
export function neededIndex(folders: readonly string[]): IndexClient {
  const index = openIndex(folders);
  if (index !== null) return index;
  throw new JourneymanError(
    'unavailable',
    'The symbol index comes with the built program: run "npm run build", then dist/cli.js.',
  );
}

/** Where no call is run: the tools are still those of a session, to the byte. */
export function unaskedIndex(): CodeIndex | null {
  return existsSync(entry) ? unasking : null;
}

const dist = dirname(import.meta.filename);
const entry = join(dist, 'indexer.js');

const unasking: CodeIndex = {
  status: () => ({ state: 'cancelled', indexed: 0, files: 0, definitions: 0, message: null }),
  onStatus: () => () => undefined,
  ready: () => unasked(),
  find: () => unasked(),
  outline: () => unasked(),
  references: () => unasked(),
  rank: () => unasked(),
  lines: () => unasked(),
  unsaved: () => undefined,
  changed: () => undefined,
  cancel: () => undefined,
  rebuild: () => undefined,
  close: () => Promise.resolve(),
};

function unasked(): Promise<never> {
  return Promise.reject(new JourneymanError('bug', 'Something asked the index where no call is run.'));
}
