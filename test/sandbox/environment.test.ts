import { expect, it } from 'vitest';
import { commandEnvironment, secretsOf } from '../../src/sandbox/environment.ts';

it('gives a command no keys, nothing that redirects it, and nothing that waits for a person', () => {
  const env = {
    PATH: '/bin',
    HOME: '/home/a',
    SSH_AUTH_SOCK: '/run/agent',
    ANTHROPIC_BASE_URL: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    npm_config__authToken: 'x',
    DB_PASSWORD: 'x',
    GIT_DIR: '/elsewhere',
    VSCODE_IPC_HOOK: 'x',
    ELECTRON_RUN_AS_NODE: '1',
    NODE_OPTIONS: '--require x',
    BASH_ENV: 'x',
    FORCE_COLOR: '1',
    PAGER: 'less',
  };
  expect(commandEnvironment(env)).toEqual({
    PATH: '/bin',
    HOME: '/home/a',
    SSH_AUTH_SOCK: '/run/agent',
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
  });
});

it('knows the secrets of an environment, and leaves paths, switches and words', () => {
  const env = {
    ANTHROPIC_API_KEY: 'EXAMPLE-key-123',
    DB_PASSWORD: 'EXAMPLE-hunter2',
    SSH_AUTH_SOCK: '/tmp/agent.12345678',
    SSL_KEYFILE: '/etc/ssl/key1.pem',
    XDG_SESSION_ID: '12345678',
    TOKEN_CHECK: 'disabled',
    PATH: '/usr/bin:/usr/local/bin1',
  };
  expect(secretsOf(env).map(({ name }) => name)).toEqual(['ANTHROPIC_API_KEY', 'DB_PASSWORD']);
});
