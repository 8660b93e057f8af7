/** The settings files that rules and hooks stand in: where they are, and their texts, read again when they change. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { toError } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import type { InTurn, SettingsFile, SettingsFiles } from '../core/settings.ts';

export interface SettingsPlaces {
  readonly managed: string;
  readonly user: string;
  /** The person's own for this workspace, outside of it. */
  readonly kept: string | null;
  /** One a folder of the workspace. */
  readonly workspace: readonly string[];
}

/** Where the person's own configuration lies, for the editor and the command line alike. */
export function configFolder(env: NodeJS.ProcessEnv = process.env): string {
  const { JOURNEYMAN_HOME: own, APPDATA: roaming, XDG_CONFIG_HOME: xdg } = env;
  if (own) return own;
  if (process.platform === 'win32') return join(roaming ?? join(homedir(), 'AppData', 'Roaming'), 'journeyman');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'journeyman');
  return join(xdg ?? join(homedir(), '.config'), 'journeyman');
}

/** What no tool opens: also as a command line would spell it. */
export function ownFolders(): readonly string[] {
  const config = configFolder();
  const inHome = relative(homedir(), config);
  if (inHome.startsWith('..') || isAbsolute(inHome)) return [config];
  return [config, ...['~', '$HOME', '${HOME}'].map((home) => `${home}/${inHome.replaceAll('\\', '/')}`)];
}

/** Set by whoever manages the machine; only they can write there. */
export function managedFile(env: NodeJS.ProcessEnv = process.env): string {
  const name = 'managed-settings.json';
  if (process.platform === 'win32') return join(env['ProgramData'] ?? 'C:\\ProgramData', 'Journeyman', name);
  if (process.platform === 'darwin') return join('/Library/Application Support/Journeyman', name);
  return join('/etc/journeyman', name);
}

export function settingsPlaces(config: string, folders: readonly string[]): SettingsPlaces {
  const [first] = folders;
  return {
    managed: managedFile(),
    user: join(config, 'settings.json'),
    kept: first === undefined ? null : join(config, 'workspaces', `${keyOf(first)}.json`),
    workspace: folders.map((folder) => join(folder, '.journeyman', 'settings.json')),
  };
}

/** `places` may change while it is used: folders come and go. */
export function settingsFiles(places: () => SettingsPlaces, inTurn: InTurn): SettingsFiles {
  const known = new Map<string, { readonly stamp: string; readonly file: SettingsFile }>();
  const readOne = async (kind: SettingsFile['kind'], path: string): Promise<SettingsFile> => {
    const absent: SettingsFile = { kind, path, text: null, fault: null, hash: '' };
    try {
      const info = await stat(path, { bigint: true });
      const stamp = [info.ino, info.size, info.mtimeNs, info.ctimeNs].join(' ');
      const before = known.get(path);
      if (before?.stamp === stamp) return before.file;
      if (!info.isFile()) return { ...absent, fault: 'it is no file' };
      if (info.size > limits.settingsBytesMax)
        return { ...absent, fault: `it is larger than ${String(limits.settingsBytesMax / 1024)} kB` };
      const text = await readFile(path, 'utf8');
      const file: SettingsFile = { kind, path, text, fault: null, hash: hashOf(text) };
      known.set(path, { stamp, file });
      return file;
    } catch (thrown) {
      const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null;
      return code === 'ENOENT' || code === 'ENOTDIR' ? absent : { ...absent, fault: toError(thrown).message };
    }
  };
  return {
    read() {
      const { managed, user, kept, workspace } = places();
      return Promise.all([
        readOne('managed', managed),
        readOne('user', user),
        ...(kept === null ? [] : [readOne('kept', kept)]),
        ...workspace.map((path) => readOne('workspace', path)),
      ]);
    },
    async change(path, text) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await inTurn(path, async () => {
        const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
        try {
          await writeFile(temporary, await text(), { mode: 0o600, flush: true });
          await rename(temporary, path);
        } catch (thrown) {
          await rm(temporary, { force: true });
          throw thrown;
        }
      });
    },
  };
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A name that a person knows the folder by, and that no other folder has. */
function keyOf(folder: string): string {
  const readable = basename(folder)
    .replace(/[^\w.-]+/g, '-')
    .slice(0, 40);
  return `${readable === '' ? 'root' : readable}-${hashOf(folder).slice(0, 16)}`;
}
