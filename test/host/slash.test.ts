// `/` in a real extension host: what is offered, what a prompt file becomes, and the mode that it tightens.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { App } from '../../src/editor/app.ts';
import { handleIntent } from '../../src/editor/intents.ts';
import type { HostMessage, Intent } from '../../src/protocol/messages.ts';
import { closeEditors, folder, put, startApp } from './workspace.ts';

let app: App;
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

describe('/ in the editor', () => {
  // Within: hooks of a file's top are everybody's.
  before(async () => {
    app = await startApp();
    put('.journeyman/prompts/review.md', '---\ndescription: Looks closely.\nmode: plan\n---\nReview $1 now.\n');
    put('.agents/skills/release/SKILL.md', '---\ndescription: Publishes.\n---\nTag first.\n');
  });
  after(async () => {
    for (const name of ['.journeyman/prompts', '.agents'])
      rmSync(path.join(folder, name), { recursive: true, force: true });
    await app.parts.tasks.clear();
    await closeEditors();
  });

  it('offers what is built in, prompt files and skills, those that fit best first', async () => {
    const offered = async (words: string): Promise<readonly string[] | undefined> => {
      const messages = await posted({ type: 'ask_mentions', words, sign: '/' });
      return messages.find((one) => one.type === 'mentions')?.mentions.map(({ label }) => label);
    };
    assert.deepEqual(await offered('re'), ['/review', '/release']);
    assert.deepEqual((await offered(''))?.slice(0, 3), ['/clear', '/compact', '/init']);
  });

  it('shows what a prompt file says before it is sent, in the mode that it asks for', async () => {
    await app.parts.tasks.clear();
    await app.parts.tasks.setMode('edit');
    const messages = await posted({ type: 'send', text: '/review src/a.ts', attachments: [] });
    assert.deepEqual(
      messages.filter(({ type }) => type === 'compose'),
      [{ type: 'compose', text: 'Review src/a.ts now.', attachments: [] }],
    );
    assert.equal(app.parts.tasks.mode, 'plan');
    assert.equal(app.parts.desk.live, null);
  });
});
