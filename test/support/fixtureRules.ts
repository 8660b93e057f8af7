/** Rules and hooks of every source, as the host tells the panel of them. */
import type { RulesNow } from '../../src/protocol/rules.ts';

const file = { isThere: true, problem: null, consent: 'not needed', hash: 'ab12' } as const;

export const someRules: RulesNow = {
  sources: [
    {
      ...file,
      kind: 'managed',
      path: '/etc/journeyman/managed-settings.json',
      rules: [{ action: 'deny', rule: 'shell(prefix: curl)' }],
    },
    {
      ...file,
      kind: 'user',
      path: '/home/ada/.config/journeyman/settings.json',
      rules: [
        { action: 'ask', rule: 'write(docs/**)' },
        { action: 'allow', rule: 'shell(exact: npm test)' },
      ],
    },
    {
      ...file,
      kind: 'kept',
      path: '/home/ada/.config/journeyman/workspaces/billing-1f2e3d4c5b6a7988.json',
      rules: [],
      problem:
        '/home/ada/.config/journeyman/workspaces/billing-1f2e3d4c5b6a7988.json cannot be used: line 3, column 5: a comma with nothing after it. Mend it, or take it away',
    },
    { ...file, kind: 'session', path: null, rules: [{ action: 'allow', rule: 'shell(exact: make)' }] },
    {
      ...file,
      kind: 'workspace',
      path: '/home/ada/billing/.journeyman/settings.json',
      rules: [{ action: 'allow', rule: 'shell(prefix: npm run build)' }],
      consent: 'missing',
      hash: 'cd34',
    },
  ],
  hooks: [
    {
      event: 'PreToolUse',
      matcher: 'run_command|write_file',
      command: './scripts/check.sh',
      path: '/home/ada/.config/journeyman/settings.json',
      hash: 'ef56',
      consent: 'missing',
    },
  ],
};
