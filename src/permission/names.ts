/** Names that are never opened or written without asking: files that hold secrets, and files that decide what runs. */

/** Reading these asks in every mode. A name, or a folder with all that is in it, at any depth; `*` is any run of characters. */
const secretNames: readonly string[] = [
  '.env*', '.envrc', '*.pem', '*.key', '*.p12', '*.pfx', '*.jks', '*.keystore', '*.kdbx', '*.ppk',
  'id_rsa', 'id_dsa', 'id_ecdsa*', 'id_ed25519*', '.ssh', '.gnupg', '.aws', '.azure', '.gcloud', '.kube', '.docker',
  '.netrc', '_netrc', '.npmrc', '.yarnrc*', '.pypirc', '.pgpass', '.my.cnf', '.git-credentials', '.htpasswd', '.vault-token', '.terraformrc',
  'credentials.json', 'secrets.json', 'secrets.y*ml', 'secrets.toml', 'service-account*.json', '*.tfstate*',
  '.mozilla', '.password-store', 'keychains', 'logins.json', 'key[34].db', 'cookies.sqlite', 'login data', '.electrum', 'wallet.dat',
  '.*_history', '.cargo-credentials', '.s3cfg', '.boto', '.rclone.conf', '.pgpass', '.dockercfg', 'application_default_credentials.json',
  '.ansible_vault*', '.vault_pass*', '*.gpg', '*.age', '*.agekey', '*.jwk', '.sops.y*ml', '.op', '.authinfo*',
]; // prettier-ignore

/** Files that hold secrets by where they are: their name alone says nothing. */
const secretPlaces =
  /(?:^|\/)(?:etc\/g?shadow-?|etc\/sudoers(?:\.d)?|etc\/ssl\/private|proc\/[^/]+\/(?:environ|mem|fd|maps|cmdline|root|cwd)|dev\/k?mem|\.config\/(?:gh|gcloud|op|google-chrome|chromium|BraveSoftware|hub|sops|rclone|github-copilot)|\.cargo\/credentials[^/]*|\.gem\/credentials|\.m2\/settings\.xml|\.gradle\/gradle\.properties|\.local\/share\/keyrings|library\/application support\/(?:google|firefox|brave)|appdata\/(?:local|roaming)\/(?:google|mozilla|microsoft\/credentials)|run\/secrets|var\/run\/secrets)(?:\/|$)/iu;

/** Writing these asks in every mode: what runs later without a question, and what the agent is told or allowed. */
export const protectedNames: readonly string[] = [
  '.git', '.gitmodules', '.gitattributes', '.gitconfig', '.github', '.gitlab-ci.yml', '.husky', '.pre-commit*', '.ci',
  '.vscode', '*.code-workspace', '.idea', '.devcontainer', '.devcontainer.json', '.envrc', '.env*',
  '.mcp.json', 'mcp.json', 'AGENTS*.md', 'CLAUDE*.md', 'GEMINI.md', '.agents', '.claude', '.cursor', '.cursorrules', '.clinerules*', '.windsurfrules',
  '.journeyman', '.journeymanignore', 'package.json', '.npmrc', '.yarnrc*', '.pnp.*', '.bin', '.ripgreprc',
  '.bashrc', '.bash_profile', '.bash_login', '.bash_logout', '.bash_aliases', '.profile', '.zshrc', '.zprofile', '.zshenv', '.zlogin', '.zlogout',
  '.inputrc', '.xprofile', '.xinitrc', '.xsession*', '.vimrc', '.exrc', '.emacs*', '.tmux.conf', '.screenrc', '.gdbinit', '.lldbinit', '.pythonrc*', '.irbrc',
  '.wgetrc', '.curlrc', '.lesskey', '.gitlab', '.circleci', '.travis.yml', 'azure-pipelines.yml', 'jenkinsfile', '.lefthook*', 'lefthook.y*ml', '.claude.json', '.codex',
  '.gemini', '.aider*', '.roo*', '.continue', '.zed', '.fleet', '.cline*', '.opencode', '.mise.toml', '.tool-versions', 'authorized_keys', '.hgrc', '.hg', '.svn',
]; // prettier-ignore

export function isSecret(path: string): boolean {
  const parts = partsOf(path);
  return parts.some((part) => secret.test(part) || shortName.test(part)) || secretPlaces.test(parts.join('/'));
}

/**
 * May a path with wild cards stand for a name of these? `secret`, `protected`: where the name is spelled in part, `.en?`, `id_[r]sa`;
 * `any`: for a secret, by a wild card alone as well. What begins with a dot is never meant by `*`.
 */
export function mayMatch(path: string, kind: 'secret' | 'protected' | 'any'): boolean {
  return partsOf(path).some((part) => {
    if (!/[*?[]/.test(part) || (kind !== 'any' && !part.startsWith('.') && !isSpelled(part))) return false;
    const names = kind === 'protected' ? protectedSamples : secretSamples;
    const pattern = new RegExp(
      `^${part
        .replace(/\[[^\]]*\]/g, '?')
        .replace(/[\\^$.+(){}|[\]]/g, '\\$&')
        .replace(/\*+/g, '.*')
        .replaceAll('?', '.')}$`,
      'u',
    );
    return names.some((name) => name.startsWith('.') === part.startsWith('.') && pattern.test(name));
  });
}

/** All but a few of its signs: nobody writes `id_[r]sa` who means another file. */
function isSpelled(part: string): boolean {
  return !part.includes('*') && part.replace(/\[[^\]]*\]|\?/g, '').length >= 3;
}

export function isProtected(path: string): boolean {
  return partsOf(path).some((part) => guarded.test(part) || secret.test(part) || shortName.test(part));
}

/**
 * Is it a name that some system reads as another: a device of Windows, a stream, a server, or with an end that is dropped there?
 */
export function isOddName(path: string): boolean {
  return (
    /^(?:\\\\|\/\/)/.test(path) ||
    path
      .split(/[/\\]/)
      .some(
        (part) =>
          /^(?:con|prn|aux|nul|com[\d\u00b9\u00b2\u00b3]|lpt[\d\u00b9\u00b2\u00b3])(?:\..*)?$/i.test(part) ||
          /:[:$]/.test(part) ||
          (/[. ]$/.test(part) && !/^\.{1,2}$/.test(part)) ||
          /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(part),
      )
  );
}

const secret = anyOf(secretNames);
const guarded = anyOf(protectedNames);
const secretSamples = samplesOf(secretNames);
const protectedSamples = samplesOf(protectedNames);
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

/** Names that the patterns stand for: enough to see whether a wild card meets them. */
function samplesOf(names: readonly string[]): readonly string[] {
  return names.flatMap((name) =>
    ['', 'a'].map((rest) => name.toLowerCase().replaceAll('*', rest).replace('[34]', '4')),
  );
}

function anyOf(names: readonly string[]): RegExp {
  return new RegExp(
    `^(?:${names.map((name) => name.toLowerCase().replace(/[.+]/g, '\\$&').replaceAll('*', '.*')).join('|')})$`,
    'u',
  );
}
