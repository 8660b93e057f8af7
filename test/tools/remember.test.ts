// `remember` in a session: asked about in every mode with the whole note, kept on a yes, done once.
import { expect, test } from 'vitest';
import type { Note, Notes } from '../../src/core/notes.ts';
import { parseRule } from '../../src/permission/rules.ts';
import { remember } from '../../src/tools/remember.ts';
import { fakeAgent, fakeApprover } from '../support/fakeAgent.ts';
import { call, calls, fakeModel, text } from '../support/fakeModel.ts';
import { start } from '../support/lives.ts';

function memoryNotes(): Notes & { readonly kept: Note[] } {
  const kept: Note[] = [];
  return {
    kept,
    list: () => Promise.resolve(kept),
    write(note) {
      const whole = { ...note, id: `${note.scope}/${note.title}`, created: '', updated: '', path: '' };
      kept.push(whole);
      return Promise.resolve({ note: whole, dropped: [] });
    },
    forget(name, scope) {
      const at = kept.findIndex((one) => one.title === name && one.scope === scope);
      return Promise.resolve(at < 0 ? null : (kept.splice(at, 1)[0] ?? null));
    },
    used: () => Promise.resolve(),
  };
}

const said = { title: 'Tests', text: 'By npm test.', kind: 'fact' };

test('the person reads the whole note, and a yes keeps it with its source', async () => {
  const notes = memoryNotes();
  const approver = fakeApprover({ action: 'allow', by: { kind: 'user' } });
  const model = fakeModel(calls(call('remember', said)), text('Kept.'));
  const session = await start(fakeAgent(model, [remember(notes)], { approver }));
  await session.change({ mode: 'plan' });
  await session.run('remember how tests are run');
  expect(approver.asked.map(({ question }) => question)).toEqual([
    {
      kind: 'access',
      tool: 'remember',
      resources: [{ effect: 'note', target: 'Tests' }],
      why: 'It asks because it would hold in sessions to come.',
      text: 'Tests\n\nBy npm test.\n\n(fact, for this project)',
    },
  ]);
  expect(notes.kept).toMatchObject([{ ...said, scope: 'project', source: `session ${session.id}, turn 1` }]);
});

test('a no keeps nothing, a rule lets it through', async () => {
  const notes = memoryNotes();
  const approver = fakeApprover({ action: 'deny', by: { kind: 'user' }, reason: 'not needed' });
  const session = await start(
    fakeAgent(fakeModel(calls(call('remember', said)), text('Well.')), [remember(notes)], { approver }),
  );
  await session.run('go');
  expect(notes.kept).toEqual([]);
  const again = await start(
    fakeAgent(fakeModel(calls(call('remember', said)), text('Kept.')), [remember(notes)], { approver: fakeApprover() }),
  );
  await again.note({ type: 'rule.added', rule: parseRule('note(**)', 'allow', 'user') });
  await again.run('go');
  expect(notes.kept).toHaveLength(1);
});

test('empty text forgets; what is not there is told; its fate is found by looking', async () => {
  const notes = memoryNotes();
  const tool = remember(notes);
  const { signal } = new AbortController();
  const io = { session: 's', call: 'c', proposed: null, accepted: null, onOutput: () => undefined, signal };
  const keep = tool.parse(said, { cwd: '.', commands: new Map() });
  const forget = tool.parse({ ...said, text: ' ' }, { cwd: '.', commands: new Map() });
  expect(await tool.settle?.(keep, io)).toBe('not_done');
  await tool.run(keep, io);
  expect(await tool.settle?.(keep, io)).toEqual({ status: 'ok', text: 'Kept: project/Tests.' });
  expect(tool.shows?.(forget)).toBe('Forgets the note “Tests”.');
  expect(await tool.run(forget, io)).toEqual({ status: 'ok', text: 'Forgotten: project/Tests.' });
  await expect(tool.run(forget, io)).rejects.toThrow('There is no note “Tests” for the project.');
});
