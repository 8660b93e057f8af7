/** Files and folders of the system and of the home that no command may read: keys, sessions, histories. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Absolute paths of what exists; `isSecret` is the rule that file tools are judged by. */
export function secretPlaces(home: string, isSecret: (path: string) => boolean): readonly string[] {
  const inHome = ['', ...nested].flatMap((folder) => {
    const path = join(home, folder);
    return namesIn(path)
      .map((name) => join(path, name))
      .filter(isSecret);
  });
  return [...new Set([...inHome, ...[...ofHome.map((name) => join(home, name)), ...ofSystem].filter(existsSync)])];
}

/** Folders of the home whose entries are judged one by one. */
const nested: readonly string[] = [
  '.config', '.cargo', '.gem', '.m2', '.gradle', '.local/share', '.git', '.config/git', 'Library', 'Library/Application Support', 'snap',
]; // prettier-ignore

/** Secret, though their names do not say so everywhere. */
const ofHome: readonly string[] = [
  '.config/git/credentials', '.claude/.credentials.json', '.claude.json', '.codex/auth.json', '.gemini/oauth_creds.json', '.terraform.d/credentials.tfrc.json',
  '.m2/settings.xml', '.m2/settings-security.xml', '.gradle/gradle.properties', '.local/share/keyrings', '.thunderbird', '.config/BraveSoftware', '.config/microsoft-edge',
  '.config/Code/User/globalStorage', '.config/VSCodium/User/globalStorage', '.vscode-server/data/User/globalStorage', 'Library/Keychains', 'Library/Cookies',
  'Library/Application Support/Google/Chrome', 'Library/Application Support/Firefox', 'Library/Application Support/Code/User/globalStorage',
]; // prettier-ignore

const ofSystem: readonly string[] = [
  '/etc/shadow', '/etc/shadow-', '/etc/gshadow', '/etc/gshadow-', '/etc/sudoers', '/etc/sudoers.d', '/etc/ssl/private', '/etc/krb5.keytab', '/etc/NetworkManager/system-connections',
]; // prettier-ignore

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // not there, or not readable for the command either
  }
}
