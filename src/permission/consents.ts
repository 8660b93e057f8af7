/** What a person has agreed to, by content: rules of workspaces and hooks. One file in their own configuration. */
import { readFile } from 'node:fs/promises';
import { JourneymanError, toError } from '../core/error.ts';
import { isObject } from '../core/json.ts';
import type { ConsentRecord, Consents, SettingsFiles } from '../core/settings.ts';

const none: ConsentRecord = { rules: {}, hooks: {} };

/** A file that cannot be read agrees to nothing. */
export function fileConsents(path: string, files: Pick<SettingsFiles, 'change'>): Consents {
  const read = async (): Promise<ConsentRecord> => {
    try {
      return recordIn(JSON.parse(await readFile(path, 'utf8')));
    } catch (thrown) {
      if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return none;
      if (thrown instanceof SyntaxError) return none; // asked again: no more than that is lost
      throw new JourneymanError(
        'unavailable',
        `What you agreed to cannot be read from ${path}: ${toError(thrown).message}.`,
      );
    }
  };
  return {
    read,
    write: (change) => files.change(path, async () => `${JSON.stringify(change(await read()), null, 2)}\n`),
  };
}

function recordIn(value: unknown): ConsentRecord {
  if (!isObject(value)) return none;
  return { rules: textsIn(value['rules']), hooks: textsIn(value['hooks']) };
}

function textsIn(value: unknown): Readonly<Record<string, string>> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
