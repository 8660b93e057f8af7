import { expect, test } from 'vitest';
import { fileLog } from '../../src/log/fileLog.ts';
import { Sessions } from '../../src/session/sessions.ts';
import { environment, fakeClock } from '../support/events.ts';
import { fakeAgent } from '../support/fakeAgent.ts';
import { fakeModel, text } from '../support/fakeModel.ts';
import { tempFolder } from '../support/tempFolder.ts';

test('a fork can be opened and gone on with, as it stands on disk', async () => {
  const log = fileLog(await tempFolder(), fakeClock());
  const sessions = new Sessions(
    fakeAgent(fakeModel(text('Done.')), [], { log, newId: () => crypto.randomUUID().slice(0, 8) }),
  );
  const one = await sessions.create({ environment, mode: 'ask', model: 'm', rules: [] });
  await one.run('do it');
  const fork = await sessions.open(await sessions.fork(one.id, null));
  expect(fork.events.map(({ seq, type }) => [seq, type])).toEqual([
    ...one.events.map(({ seq, type }) => [seq, type]),
    [one.events.length + 1, 'session.forked'],
  ]);
  await fork.change({ title: 'Another way' });
  await fork.close();
  expect((await sessions.read(fork.id)).at(-1)).toMatchObject({ type: 'session.changed', title: 'Another way' });
});
