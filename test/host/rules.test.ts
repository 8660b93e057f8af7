// Rules and hooks as a person sees and changes them in the editor; and the terminal of a command.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { BackgroundCommand, BackgroundCommands } from '../../src/core/command.ts';
import type { App } from '../../src/editor/app.ts';
import { CommandTerminals } from '../../src/editor/commandTerminals.ts';
import { handleIntent } from '../../src/editor/intents.ts';
import { handleRules } from '../../src/editor/ruleActions.ts';
import type { HostMessage, Intent } from '../../src/protocol/messages.ts';
import type { RulesNow } from '../../src/protocol/rules.ts';
import { closeEditors, eventually, folder, put, startApp } from './workspace.ts';

let app: App;
before(async () => {
  app = await startApp();
});
after(() => closeEditors());

/** What the panel is told meanwhile. */
async function posted(intent: Intent): Promise<readonly HostMessage[]> {
  const messages: HostMessage[] = [];
  const { panel } = app.parts;
  const post = panel.post.bind(panel);
  panel.post = (message) => {
    messages.push(message);
    post(message);
  };
  try {
    await handleIntent(app.parts, intent);
  } finally {
    panel.post = post;
  }
  return messages;
}

async function rulesAfter(intent: Intent): Promise<RulesNow> {
  const told = (await posted(intent)).findLast((message) => message.type === 'rules');
  assert.ok(told, `${intent.type} is answered by the rules`);
  return told.rules;
}

const of = (now: RulesNow, kind: string) => now.sources.find((one) => one.kind === kind);

async function meets(line: string): Promise<string | undefined> {
  const messages = await posted({ type: 'test_rule', line });
  return messages.find((message) => message.type === 'rule_tested')?.test.action;
}

describe('rules in the editor', () => {
  const rule = 'shell(exact: make all)';

  it('are added to the person’s own file, tried, changed into another and revoked', async () => {
    const now = await rulesAfter({ type: 'add_rule', reach: 'everywhere', action: 'allow', rule });
    const file = of(now, 'user');
    assert.deepEqual(file?.rules, [{ action: 'allow', rule }]);
    assert.deepEqual(JSON.parse(readFileSync(file.path ?? '', 'utf8')), { permissions: { allow: [rule] } });
    assert.equal(await meets('make all'), 'allow');
    assert.equal(await meets('make all; make'), 'ask');

    const instead = { kind: 'user', action: 'allow', rule } as const;
    const moved = await rulesAfter({ type: 'add_rule', reach: 'workspace', action: 'deny', rule, instead });
    assert.deepEqual([of(moved, 'user')?.rules, of(moved, 'kept')?.rules], [[], [{ action: 'deny', rule }]]);
    assert.equal(await meets('make all'), 'deny');

    const gone = await rulesAfter({ type: 'remove_rule', rule: { kind: 'kept', action: 'deny', rule } });
    assert.deepEqual(of(gone, 'kept')?.rules, []);
    assert.equal(await meets('make all'), 'ask');
    await assert.rejects(
      handleRules(app.parts, { type: 'add_rule', reach: 'everywhere', action: 'allow', rule: 'shell(rm' }),
    );
  });

  it('of the folder count once the person agrees to them as they stand, hooks too; a change asks again', async () => {
    const name = '.journeyman/settings.json';
    const settings = (command: string): string =>
      JSON.stringify({
        permissions: { allow: [rule] },
        hooks: { Stop: [{ hooks: [{ type: 'command', command }] }] },
      });
    put(name, settings('true'));
    try {
      const before = await rulesAfter({ type: 'list_rules' });
      const file = of(before, 'workspace');
      const [hook] = before.hooks;
      assert.deepEqual([file?.consent, hook?.consent, await meets('make all')], ['missing', 'missing', 'ask']);
      const shown = { path: file?.path ?? '', hash: file?.hash ?? '' };
      await assert.rejects(
        handleRules(app.parts, { type: 'trust_rules', ...shown, hash: 'another' }),
        /has changed since it was shown/,
      );

      await rulesAfter({ type: 'trust_rules', ...shown });
      const agreed = await rulesAfter({ type: 'trust_hook', hash: hook?.hash ?? '', isAgreed: true });
      assert.deepEqual([of(agreed, 'workspace')?.consent, agreed.hooks[0]?.consent], ['given', 'given']);
      assert.equal(await meets('make all'), 'allow');

      put(name, settings('false'));
      const changed = await rulesAfter({ type: 'list_rules' });
      assert.deepEqual([of(changed, 'workspace')?.consent, changed.hooks[0]?.consent], ['missing', 'missing']);
      assert.equal(await meets('make all'), 'ask');
    } finally {
      rmSync(path.join(folder, '.journeyman'), { recursive: true });
    }
  });

  it('are opened as a file, made where there is none yet; no other file is', async () => {
    const kept = of(await rulesAfter({ type: 'list_rules' }), 'kept')?.path ?? '';
    rmSync(kept, { force: true });
    await handleIntent(app.parts, { type: 'open_rules', path: kept });
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, kept);
    assert.equal(existsSync(kept), true);
    await assert.rejects(
      handleRules(app.parts, { type: 'open_rules', path: path.join(folder, 'hello.txt') }),
      /is no file of rules/,
    );
  });
});

describe('the terminal of a command in the background', () => {
  it('shows what it prints, takes no input, and its end is no end of the command', async () => {
    const said: string[] = [];
    let isFollowed = false;
    const running: BackgroundCommand = {
      ...{ session: 's1', call: 'c1', id: 'bg1', line: 'npm run dev\nsecond line', state: 'runs', startedAtMs: 0 },
      ...{ endedAtMs: null, exitCode: null, lastLine: '' },
    };
    const commands: Pick<BackgroundCommands, 'list' | 'follow'> = {
      list: () => [running],
      follow: (session, id, onText, onEnd) => {
        said.push(`${session} ${id}`);
        isFollowed = true;
        onText('ready\n');
        onEnd(0);
        return () => (isFollowed = false);
      },
    };
    const terminals = new CommandTerminals(commands);
    try {
      terminals.show('s1', 'bg1');
      await eventually('it is followed', () => isFollowed);
      const mine = (): readonly vscode.Terminal[] =>
        vscode.window.terminals.filter(({ name }) => name === 'bg1: npm run dev');
      assert.equal(mine().length, 1);
      mine()[0]?.sendText('rm -rf /', true);
      terminals.show('s1', 'bg1'); // the same one
      assert.deepEqual([mine().length, said], [1, ['s1 bg1']]);
      assert.throws(() => terminals.show('s1', 'bg9'), /bg9 is not known any more/);
      mine()[0]?.dispose();
      await eventually('it is closed', () => !isFollowed && mine().length === 0);
      terminals.show('s1', 'bg1');
      await eventually('it is followed anew', () => isFollowed);
    } finally {
      terminals.dispose();
    }
    await eventually('all are gone', () => !vscode.window.terminals.some(({ name }) => name.startsWith('bg1')));
  });
});
