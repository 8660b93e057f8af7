/** What a command sees of our environment: no keys, no pagers, no prompts. */
import type { KnownSecret } from '../core/ports.ts';

/** Tells the processes of one command apart from all others, also when they have left its group. */
export const markName = 'JOURNEYMAN_COMMAND';

const secretName = /KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|PRIVATE|^AUTH|_AUTH|COOKIE|SESSION_ID/i;
/** Ours, the editor's, what makes another program run or load something, and what sends git to another repository. */
const ownName =
  /^(ANTHROPIC_|JOURNEYMAN_|VSCODE_|ELECTRON_|GIT_|BASH_FUNC_|BASH_ENV$|ENV$|NODE_OPTIONS$|LD_PRELOAD$|DYLD_INSERT_LIBRARIES$|PROMPT_COMMAND$|FORCE_COLOR$|CLICOLOR_FORCE$)/i;
/** The way to the user's key agent, not a key: without it no `git push` over SSH. */
const agentSocket = 'SSH_AUTH_SOCK';

const quiet: Readonly<Record<string, string>> = {
  PAGER: 'cat',
  GIT_PAGER: 'cat',
  MANPAGER: 'cat',
  SYSTEMD_PAGER: '',
  TERM: 'dumb',
  NO_COLOR: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_EDITOR: 'true',
  SSH_ASKPASS_REQUIRE: 'never',
  DEBIAN_FRONTEND: 'noninteractive',
  npm_config_yes: 'true',
  npm_config_progress: 'false',
};

/** What must be seen nowhere: the values of the variables that a command does not get because their names say so. */
export function secretsOf(env: NodeJS.ProcessEnv): readonly KnownSecret[] {
  return Object.entries(env).flatMap(([name, value = '']) =>
    name !== agentSocket && secretName.test(name) && isUnguessable(value) ? [{ name, value }] : [],
  );
}

/** Not a path, a switch, or a word that stands in any text. */
function isUnguessable(value: string): boolean {
  return (
    value.length >= 8 &&
    !/^(?:[/~.]|[A-Za-z]:\\)/.test(value) &&
    (value.length >= 20 || /\d/.test(value)) &&
    /\D/.test(value)
  );
}

export function commandEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(
    ([name]) => name === agentSocket || !(secretName.test(name) || ownName.test(name)),
  );
  return { ...Object.fromEntries(kept), ...quiet };
}
