/** Names that are never opened or written without asking: files that hold secrets, and files that decide what runs. */

/** Reading these asks in every mode. A name, or a folder with all that is in it, at any depth; `*` is any run of characters. */
const secretNames: readonly string[] = [
  '.env*', '.envrc', '*.pem', '*.key', '*.p12', '*.pfx', '*.jks', '*.keystore', '*.kdbx', '*.ppk',
  'id_rsa', 'id_dsa', 'id_ecdsa*', 'id_ed25519*', '.ssh', '.gnupg', '.aws', '.azure', '.gcloud', '.kube', '.docker',
  '.netrc', '_netrc', '.npmrc', '.yarnrc*', '.pypirc', '.pgpass', '.my.cnf', '.git-credentials', '.htpasswd', '.vault-token', '.terraformrc',
  'credentials.json', 'secrets.json', 'secrets.y*ml', 'secrets.toml', 'service-account*.json', '*.tfstate*',
]; // prettier-ignore

/** Writing these asks in every mode: what runs later without a question, and what the agent is told or allowed. */
const protectedNames: readonly string[] = [
  '.git', '.gitmodules', '.gitattributes', '.gitconfig', '.github', '.gitlab-ci.yml', '.husky', '.pre-commit*', '.ci',
  '.vscode', '*.code-workspace', '.idea', '.devcontainer', '.devcontainer.json', '.envrc', '.env*',
  '.mcp.json', 'mcp.json', 'AGENTS*.md', 'CLAUDE*.md', 'GEMINI.md', '.agents', '.claude', '.cursor', '.cursorrules', '.clinerules*', '.windsurfrules',
  '.journeyman', '.journeymanignore', 'package.json', '.npmrc', '.yarnrc*', '.pnp.*', '.bin', '.ripgreprc',
  '.bashrc', '.bash_profile', '.profile', '.zshrc', '.zprofile', '.zshenv', '.inputrc',
]; // prettier-ignore

export function isSecret(path: string): boolean {
  return partsOf(path).some((part) => secret.test(part) || shortName.test(part));
}

export function isProtected(path: string): boolean {
  return partsOf(path).some((part) => guarded.test(part) || secret.test(part) || shortName.test(part));
}

const secret = anyOf(secretNames);
const guarded = anyOf(protectedNames);
/** `GIT~1` is how Windows may call `.git`. */
const shortName = /^[^.]{1,8}~\d/;

/**
 * The parts of a path as the least strict system reads them: case, dots and blanks at the end, and what follows a `:` do not tell
 * two names apart there, so they do not here.
 */
function partsOf(path: string): readonly string[] {
  return path
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\p{Cf}/gu, '')
    .split(/[/\\]/)
    .map((part) => (/^[a-z]:$/.test(part) ? part : part.replace(/(?<=.):.*$/, '').replace(/(?<=[^. ])[. ]+$/, '')));
}

function anyOf(names: readonly string[]): RegExp {
  return new RegExp(
    `^(?:${names.map((name) => name.toLowerCase().replace(/[.+]/g, '\\$&').replaceAll('*', '.*')).join('|')})$`,
    'u',
  );
}
