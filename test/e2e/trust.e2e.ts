// A folder that nobody has trusted yet: only reads run, and nothing that the folder names; once it is trusted, they do.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { command, eventually } from '../../scripts/workbench/page.mjs';
import { startScriptedApi, type ScriptedApi, type ScriptedBlock, type ScriptedReply } from '../support/scriptedApi.ts';
import { openJourneyman } from './support/journeyman.ts';
import { screenshot, useWorkbench } from './support/workbench.ts';

const run = (line: string): ScriptedBlock => ({ tool: 'run_command', input: { command: line } });
const replies: readonly ScriptedReply[] = [
  {
    content: [
      { tool: 'read_file', input: { path: 'a.txt' } },
      { tool: 'write_file', input: { path: 'written.txt', content: 'x\n' } },
      run('ls'),
      run('touch allowed.txt'),
    ],
  },
  'I only read.',
  { content: [run('touch allowed.txt'), run('touch asked.txt')] },
  'Both are there.',
];

let api: ScriptedApi;
beforeAll(async () => {
  const model = { type: 'model', id: 'own', display_name: 'Own model', max_input_tokens: 100_000, max_tokens: 8000 };
  api = await startScriptedApi({ replies, models: [model] });
});

// Whoever starts git is written down. The workbench takes its PATH from a login shell: that has to find this one first, too.
const home = mkdtempSync(path.join(tmpdir(), 'journeyman-home-'));
const started = path.join(home, 'started');
const git = path.join(home, 'git');
writeFileSync(git, `#!/bin/sh\necho "$@" >> ${started}\nPATH="\${PATH#*:}" exec git "$@"\n`);
chmodSync(git, 0o755);
for (const name of ['.profile', '.bash_profile', '.zprofile'])
  writeFileSync(path.join(home, name), `export PATH="${home}:$PATH"\n`);
afterAll(async () => {
  rmSync(home, { recursive: true, force: true });
  await api.close();
});

const bench = useWorkbench({
  files: {
    'a.txt': 'what stands in a\n',
    'AGENTS.md': 'Always say MARKED-BY-THE-FOLDER.\n',
    '.journeyman/settings.json': JSON.stringify({
      permissions: { allow: ['shell(exact: touch allowed.txt)', 'shell(exact: ls)', 'write(written.txt)'] },
      hooks: { Stop: [{ hooks: [{ type: 'command', command: 'touch hooked.txt' }] }] },
    }),
  },
  settings: {
    'security.workspace.trust.enabled': true,
    'security.workspace.trust.startupPrompt': 'never',
    'workbench.editor.useModal': 'off', // the page about trust would lie over the panel
  },
  env: { HOME: home, PATH: `${home}:${process.env['PATH'] ?? ''}` },
  viewport: { width: 1400, height: 900 },
});
const isThere = (name: string): boolean => existsSync(path.join(bench.folder, name));

async function say(frame: Frame, text: string): Promise<void> {
  await frame.locator('[data-field=composer]').click();
  await bench.page.keyboard.type(text);
  await bench.page.keyboard.press('Enter');
}

/** What the model was told of the calls of its last reply. */
function results(): readonly string[] {
  const content = api.requests.at(-1)?.body.messages.at(-1)?.content ?? [];
  return content.filter(({ type }) => type === 'tool_result').map((block) => JSON.stringify(block));
}

test('before it is trusted the agent is there and reads; nothing is changed, run or taken from the folder', async () => {
  const { page } = bench;
  const frame = await openJourneyman(page);
  await frame.getByText('This folder is not trusted: it only reads').waitFor();
  await screenshot(page, 'trust-1-before');
  await frame.getByRole('button', { name: 'Connect…' }).click();
  const list = page.locator('.quick-input-widget:visible');
  await list.locator('input').fill(api.baseUrl);
  await page.keyboard.press('Enter');
  await list.getByText('Key for').waitFor();
  await page.keyboard.press('Enter');
  await frame.getByText('Own model').first().waitFor();
  await say(frame, 'Look around');
  await frame.getByText('I only read.').first().waitFor();
  await screenshot(page, 'trust-2-only-reads');

  const [read, ...others] = results();
  expect(read).toContain('what stands in a');
  expect(others).toHaveLength(3);
  for (const other of others) expect(other).toContain('has not trusted this folder');
  expect(['written.txt', 'allowed.txt', 'hooked.txt'].filter(isThere)).toEqual([]);
  expect(JSON.stringify(api.requests[0]?.body)).not.toContain('MARKED-BY-THE-FOLDER');
  expect(existsSync(started) ? readFileSync(started, 'utf8') : '').toBe('');
});

test('before it is trusted its rules and hooks cannot be agreed to', async () => {
  const { page } = bench;
  const frame = await openJourneyman(page);
  await command(page, 'Journeyman: Rules…');
  await frame.getByText('This folder is not trusted: what it allows does not count.').waitFor();
  expect(await frame.getByRole('button', { name: /^Agree to/ }).count()).toBe(0);
  await screenshot(page, 'trust-3-rules');
});

test('once it is trusted, and what it names is agreed to, commands and hooks run', async () => {
  const { page } = bench;
  await command(page, 'Workspaces: Manage Workspace Trust');
  await page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).click();
  const frame = await openJourneyman(page);
  await command(page, 'Journeyman: Rules…');
  await frame.getByRole('button', { name: 'Agree to these rules' }).click();
  await frame.getByRole('button', { name: 'Agree to this hook' }).click();
  await frame.getByText('You agreed to what it allows, as it stands.').waitFor();
  await screenshot(page, 'trust-4-agreed');
  await command(page, 'Journeyman: New Session');
  await frame.getByText('This folder is not trusted').waitFor({ state: 'detached' });
  await say(frame, 'Make them');
  const dock = frame.getByRole('region', { name: /Run this command/ }).and(frame.locator('[data-ready]'));
  await dock.getByText('touch asked.txt').first().waitFor();
  expect(isThere('allowed.txt')).toBe(true);
  await dock.getByRole('button', { name: /^Allow once/ }).click();
  await frame.getByText('Both are there.').first().waitFor();
  await eventually('the hook of the folder has run', () => isThere('hooked.txt'));
  expect(isThere('asked.txt')).toBe(true);
  expect(JSON.stringify(api.requests.at(-1)?.body)).toContain('MARKED-BY-THE-FOLDER');
  await eventually('git was started', () => existsSync(started));
});
