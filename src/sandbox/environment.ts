/** What a command sees of our environment: no keys, no pagers, no prompts. */

/** Tells the processes of one command apart from all others, also when they have left its group. */
export const markName = 'JOURNEYMAN_COMMAND';

const secretName = /KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|PRIVATE|^AUTH|_AUTH|COOKIE|SESSION_ID/i;
/** Ours, the editor's, and what would make another program run or load something. */
const ownName =
  /^(ANTHROPIC_|JOURNEYMAN_|VSCODE_|ELECTRON_|BASH_ENV$|ENV$|NODE_OPTIONS$|LD_PRELOAD$|PROMPT_COMMAND$|BASH_FUNC_)/i;

const quiet: Readonly<Record<string, string>> = {
  PAGER: 'cat',
  GIT_PAGER: 'cat',
  MANPAGER: 'cat',
  SYSTEMD_PAGER: '',
  TERM: 'dumb',
  NO_COLOR: '1',
  FORCE_COLOR: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_EDITOR: 'true',
  DEBIAN_FRONTEND: 'noninteractive',
  npm_config_yes: 'true',
  npm_config_progress: 'false',
};

export function commandEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !secretName.test(name) && !ownName.test(name));
  return { ...Object.fromEntries(kept), ...quiet };
}
