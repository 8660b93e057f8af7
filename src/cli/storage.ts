/** Where the command line keeps sessions: the user's data folder of the system, never the workspace. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export function storageFolder(env: NodeJS.ProcessEnv = process.env): string {
  const { JOURNEYMAN_HOME: own, LOCALAPPDATA: local, XDG_DATA_HOME: xdg } = env;
  if (own) return own;
  if (process.platform === 'win32') return join(local ?? join(homedir(), 'AppData', 'Local'), 'journeyman');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'journeyman');
  return join(xdg ?? join(homedir(), '.local', 'share'), 'journeyman');
}
