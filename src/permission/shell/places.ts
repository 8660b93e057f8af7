/** What the words of a command lead to: secrets, places that make something run later, variables that hold secrets or load code. */
import { isProtected, isSecret, mayMatch } from '../names.ts';
import type { Word } from './line.ts';

/** Says which secret a word names, or may name by a wild card; null: none. */
export function secretIn(word: Word): string | null {
  const variable = word.variables.find(holdsSecret);
  if (variable !== undefined) return `the variable ${variable} may hold a secret`;
  const path = pathsIn(word).find((one) => isSecret(one) || (word.glob && mayMatch(one, 'secret')));
  return path === undefined ? null : `it names ${path}, which may hold secrets`;
}

/** Says which place that makes something run later a word names; null: none. */
export function laterIn(word: Word): string | null {
  const path = pathsIn(word).find(
    (one) => isProtected(one) || runsLater.test(one.replaceAll('\\', '/')) || (word.glob && mayMatch(one, 'protected')),
  );
  return path === undefined ? null : `it names ${path}, which decides what runs later`;
}

/** May a wild card in this word stand for a secret file? Names that begin with a dot have to be spelled. */
export function reachesSecrets(word: Word): boolean {
  return word.glob && pathsIn(word).some((path) => mayMatch(path, 'any'));
}

/** A redirection to it is no plain write; null: it is. */
export function deviceIn({ text }: Word): string | null {
  if (/^\/dev\/(?:tcp|udp)\//.test(text)) return 'it sends to the network';
  return /^\/(?:dev|proc|sys)\//.test(text) && !/^\/dev\/(?:null|std(?:out|err)|fd\/\d|tty)$/.test(text)
    ? 'it writes to a device or the system'
    : null;
}

/** Does a word that names a script mean what the command is fed? */
export function isFed(text: string): boolean {
  return /^(?:-|\/dev\/stdin|\/dev\/fd\/\d+|\/proc\/[^/]+\/fd\/\d+)$/.test(text);
}

export function holdsSecret(variable: string): boolean {
  return /token|secret|passw|passphrase|credential|api_?key|access_?key|private|_key$|^key$|_pat$|_pwd$|auth|cookie|session_id|dsn|webhook|connection_string|database_url/i.test(
    variable,
  );
}

/** Variables that decide which code a program loads or runs, or where it keeps its traces. */
export function loadsCode(variable: string): boolean {
  if (
    /^(?:NODE_ENV|PYTHONUNBUFFERED|PYTHONDONTWRITEBYTECODE|PYTHONHASHSEED|NODE_NO_WARNINGS|GIT_AUTHOR_\w+|GIT_COMMITTER_\w+|TERM|CARGO_TERM_COLOR)$/.test(
      variable,
    )
  )
    return false;
  return (
    /^(?:LD|DYLD|GIT|SSH|BASH|ZSH|ZDOT|PYTHON|PERL|RUBY|NODE|NPM|YARN|PNPM|LESS|MAN|CARGO|RUSTC|RUSTUP|GO|JAVA|JDK|MAVEN|GRADLE|LUA|PHP|TERMINFO|GCONV|HIST|RIPGREP|TAR|FPATH|GREP|XDG|ELECTRON|DOTNET|MAKE|COMPOSER|BUNDLE|GEM|CURL|WGET|DOCKER|KUBE|AWS)/i.test(
      variable,
    ) ||
    /^(?:ENV|IFS|PS[0-4]|HOME|SHELL|USER|EDITOR|VISUAL|BROWSER|CC|CXX|LOCPATH|NLSPATH|PROMPT_COMMAND|SHELLOPTS|CDPATH|GLOBIGNORE|TZDIR|HOSTALIASES|RES_OPTIONS|LOCALDOMAIN|RSYNC_RSH|TMPDIR|_JAVA_OPTIONS)$/.test(
      variable,
    ) ||
    /(?:PATH|OPTS?|OPTIONS|FLAGS|PAGER|PRELOAD|RC|PROXY|_SHELL|WRAPPER|COMMAND|LOADER|PLUGINS?)$/i.test(variable)
  );
}

/** A word may hold a path behind an option, a name or a host: `--file=.env`, `HEAD:.env`, `@.env`, `-f.env`. */
export function pathsIn(word: Word): readonly string[] {
  return spread(word.brace ? word.raw.replace(/["'\\]/g, '') : word.text).flatMap((text) => {
    const parts = text.split(/[=:@,<>|;&()'"\s]+/);
    const behind = /^-[A-Za-z](.+)/.exec(text)?.[1];
    return [text, ...parts, ...(behind === undefined ? [] : [behind])].filter((part) => part !== '');
  });
}

/** What braces stand for: `.{env,x}` is `.env` and `.x`. */
function spread(text: string): readonly string[] {
  let texts = [text];
  for (let round = 0; round < 6 && texts.length < 200; round++) {
    texts = texts.flatMap((one) => {
      const braces = /^([\s\S]*)\{([^{}]*)\}([\s\S]*)$/.exec(one);
      if (!braces) return [one];
      const [, before = '', inner = '', after = ''] = braces;
      return inner.split(',').map((choice) => `${before}${choice}${after}`);
    });
  }
  return texts;
}

const runsLater =
  /^\/(?:etc|usr|bin|sbin|lib\w*|boot|opt|var\/spool|System|Library)(?:\/|$)|(?:^|\/)(?:cron\.\w+|crontabs?|systemd|autostart|LaunchAgents|LaunchDaemons|init\.d|rc\.d|profile\.d|\.local\/bin|\.config\/(?:fish|git|nvim|systemd|autostart)|site-packages|sitecustomize\.py|usercustomize\.py|[^/]+\.pth|Startup)(?:\/|$)|^(?:~|\/home\/[^/]+|\/Users\/[^/]+)\/bin\/|^[A-Za-z]:\/Windows/i;
