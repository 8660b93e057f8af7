// The loop with everything real but the model: log in files, the API's client, files, ripgrep and commands, against a server that
// checks each request as the API would (every call answered once, roles alternate, the prefix stays, marks within their limits).
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createAgent } from '../../src/agent.ts';
import type { Event } from '../../src/core/event.ts';
import { anthropicModel } from '../../src/model/anthropic.ts';
import { parseRule } from '../../src/permission/rules.ts';
import { systemShell } from '../../src/sandbox/shell.ts';
import { Sessions, type LiveSession } from '../../src/session/sessions.ts';
import { nodeFiles } from '../../src/workspace/files.ts';
import { findRipgrep, packageRipgrep, ripgrepSearch } from '../../src/workspace/search.ts';
import { environment, fakeClock } from '../support/events.ts';
import { fakeApprover } from '../support/fakeAgent.ts';
import { startScriptedApi, type Script, type ScriptedApi } from '../support/scriptedApi.ts';
import { tempFolder } from '../support/tempFolder.ts';

interface Wired {
  readonly api: ScriptedApi;
  readonly session: LiveSession;
  readonly folder: string;
  readonly storage: string;
}

async function wired(replies: Script['replies']): Promise<Wired> {
  const top = await tempFolder();
  const [folder, storage] = [join(top, 'work'), join(top, 'storage')];
  mkdirSync(folder);
  writeFileSync(join(folder, 'sum.js'), 'export const sum = (a, b) => a - b;\n');
  writeFileSync(
    join(folder, 'sum.test.js'),
    "import { sum } from './sum.js';\nif (sum(1, 2) !== 3) process.exit(1);\n",
  );
  const api = await startScriptedApi({ replies });
  onTestFinished(() => api.close());
  const files = nodeFiles([folder]);
  const agent = createAgent({
    storage,
    model: anthropicModel({ baseUrl: api.baseUrl, apiKey: () => Promise.resolve('k') }),
    files,
    search: ripgrepSearch({ rgPath: findRipgrep(packageRipgrep(import.meta.filename)), folders: [folder] }),
    shell: systemShell(),
    approver: fakeApprover(),
    clock: fakeClock(), // waits between tries take no time
  });
  const rules = [parseRule('shell(exact: node sum.test.js)', 'allow', 'cli')];
  const start = {
    environment: { ...environment, folders: [folder] },
    mode: 'edit',
    model: 'claude-test',
    rules,
  } as const;
  const session = await new Sessions(agent).create(start);
  onTestFinished(() => session.close());
  return { api, session, folder, storage };
}

const fix = { path: 'sum.js', edits: [{ old_text: 'a - b', new_text: 'a + b' }] };
const steps: Script['replies'] = [
  {
    content: [
      'I look first.',
      ...Array.from({ length: 12 }, (_, i) => ({
        tool: 'search_text',
        input: { pattern: i % 2 === 0 ? 'sum' : 'nothing' },
      })),
      { tool: 'read_file', input: { path: 'sum.js' } },
    ],
  },
  {
    content: [
      { thinking: 'a minus' },
      { tool: 'edit_file', input: fix },
      { tool: 'run_command', input: { command: 'node sum.test.js' } },
    ],
  },
  'Mended.',
];

test('a task is carried out over the wire, and each request is one the API would take', async () => {
  const { api, session, folder } = await wired(steps);
  expect(await session.run('sum is wrong')).toMatchObject({ kind: 'done', verified: true, summary: 'Mended.' });
  expect(readFileSync(join(folder, 'sum.js'), 'utf8')).toBe('export const sum = (a, b) => a + b;\n');
  expect(api.requests).toHaveLength(3);
  const { usage } = api.requests[2] ?? {};
  expect(usage?.input).toBe(0); // all but the newest message was read from cache, over thirteen calls in one reply
  expect(usage?.cacheRead).toBeGreaterThan(usage?.cacheWrite ?? 0);
});

test.each([
  ['cut in the middle of a call', { after: 'content_block_delta', nth: 3, then: 'cut' }],
  ['cut after a whole call', { after: 'content_block_stop', nth: 3, then: 'cut' }],
  [
    'an overload in the middle',
    { after: 'content_block_start', nth: 2, then: { type: 'overloaded_error', message: 'Overloaded' } },
  ],
] as const)('a reply that breaks off (%s) is asked for again, and no call of it runs twice', async (_title, fault) => {
  const [look, work, end] = steps;
  const broken = { ...(work as object), content: (work as { content: [] }).content, fault } as const;
  const { session, folder } = await wired([look ?? '', broken, work ?? '', end ?? '']);
  expect(await session.run('sum is wrong')).toMatchObject({ kind: 'done', verified: true });
  expect(readFileSync(join(folder, 'sum.js'), 'utf8')).toContain('a + b');
  const of = (type: Event['type']): number => session.events.filter((event) => event.type === type).length;
  expect([of('model.failed'), of('change.applied'), of('model.responded')]).toEqual([1, 1, 3]);
});

test('what the log holds is what was sent: a session opened again goes on with the same bytes', async () => {
  const { api, session, storage } = await wired([...(steps as []), 'Still mended.']);
  await session.run('sum is wrong');
  const { id, events } = session;
  await session.close();
  const agent = createAgent({
    storage,
    model: anthropicModel({ baseUrl: api.baseUrl, apiKey: () => Promise.resolve('k') }),
    files: nodeFiles([join(storage, '..', 'work')]),
    search: { text: () => Promise.reject(new Error('unused')) },
    shell: systemShell(),
    approver: fakeApprover(),
  });
  const again = await new Sessions(agent).open(id);
  expect(again.events).toEqual(events);
  expect(await again.run('and now?')).toMatchObject({ summary: 'Still mended.' }); // the server would refuse a changed prefix
  await again.close();
});
