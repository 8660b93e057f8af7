// Prompt files: where they are found, what their heads say, and the message that a name with arguments stands for.
import { expect, test } from 'vitest';
import { guideFiles } from '../../src/memory/guideFiles.ts';
import { findPromptFiles, promptText, readSlash, tighter, type PromptFile } from '../../src/memory/promptFiles.ts';
import { slashMessage, slashNames } from '../../src/memory/slash.ts';
import { isSecret } from '../../src/permission/names.ts';
import { nodeFiles } from '../../src/workspace/files.ts';
import { tempFolder } from '../support/tempFolder.ts';

const { signal } = new AbortController();

async function guides(
  workspace: Readonly<Record<string, string>>,
  home: Readonly<Record<string, string>> = {},
  isTrusted = true,
) {
  const files = nodeFiles([await tempFolder(workspace)]);
  return guideFiles({ files, home: await tempFolder(home), isTrusted: () => isTrusted, isSecret });
}

const review =
  '---\ndescription: Looks closely.\nargument-hint: "[file]"\nmode: plan\nmodel: small\n---\nReview $1 now.';

test('those of the workspace come before the person’s, with what their heads say', async () => {
  const found = await findPromptFiles(
    await guides(
      {
        '.journeyman/prompts/review.md': review,
        '.github/prompts/Fix it.prompt.md': '---\nmode: agent\nmodel: x\n---\n# Fix\n$ARGUMENTS',
        '.github/prompts/ask.prompt.md': '---\nmode: ask\n---\nWhy?',
        '.github/prompts/review.prompt.md': 'hidden by ours',
        '.github/prompts/README.md': 'no prompt',
      },
      { '.agents/prompts/mine.md': 'Do mine.', '.agents/prompts/ask.md': 'hidden' },
    ),
    signal,
  );
  expect(found.map(({ path, ...rest }) => ({ ...rest, path: path.replace(/^.*\.agents/, '.agents') }))).toEqual([
    {
      name: 'ask',
      description: 'Why?',
      hint: '',
      mode: 'plan',
      model: null,
      text: 'Why?',
      path: '.github/prompts/ask.prompt.md',
    },
    {
      name: 'fix-it',
      description: 'Fix',
      hint: '[arguments]',
      mode: null,
      model: null,
      text: '# Fix\n$ARGUMENTS',
      path: '.github/prompts/Fix it.prompt.md',
    },
    {
      name: 'mine',
      description: 'Do mine.',
      hint: '',
      mode: null,
      model: null,
      text: 'Do mine.',
      path: '.agents/prompts/mine.md',
    },
    {
      name: 'review',
      description: 'Looks closely.',
      hint: '[file]',
      mode: 'plan',
      model: 'small',
      text: 'Review $1 now.',
      path: '.journeyman/prompts/review.md',
    },
  ]);
});

test.each<[string, string, string, string]>([
  ['all arguments', 'Fix $ARGUMENTS.', 'a "b c"', 'Fix a "b c".'],
  ['single ones, with quotes', '$2 before $1, no $3', `a "b c"`, 'b c before a, no '],
  ['what has no place comes last', 'Review.', 'the parser', 'Review.\n\nthe parser'],
  ['nothing given', 'Review.', '', 'Review.'],
  ['an argument is not looked into', 'Say $1 $2', `'$2' x`, 'Say $2 x'],
  ['other words with a dollar', 'costs $10 in $ARGUMENTSX', 'a', 'costs $10 in $ARGUMENTSX\n\na'],
])('%s', (_what, text, args, expected) => {
  const prompt: PromptFile = { name: 'p', description: '', hint: '', mode: null, model: null, text, path: '' };
  expect(promptText(prompt, args)).toBe(expected.trim());
});

test.each<[string, unknown]>([
  ['/review src/a.ts now', { name: 'review', args: 'src/a.ts now' }],
  [' /Fix-It\nline one\nline two ', { name: 'fix-it', args: 'line one\nline two' }],
  ['/usr/bin is full', null],
  ['review /this', null],
  ['/', null],
])('%s', (text, expected) => {
  expect(readSlash(text)).toEqual(expected);
});

test('a name stands for a prompt file, then for a skill, then for what is built in, else for nothing', async () => {
  const found = await guides({
    '.journeyman/prompts/review.md': review,
    '.agents/skills/review/SKILL.md': '---\ndescription: r\n---\nx',
    '.agents/skills/release/SKILL.md': '---\ndescription: Publishes.\n---\nx',
  });
  const message = (text: string) => slashMessage(found, text, signal);
  expect(await message('/review src/a.ts')).toEqual({ text: 'Review src/a.ts now.', mode: 'plan', model: 'small' });
  expect(await message('/release 1.2')).toEqual({
    text: 'Use the skill release: read .agents/skills/release/SKILL.md first and do as it says.\n\n1.2',
    mode: null,
    model: null,
  });
  expect((await message('/init'))?.text).toContain('Write an AGENTS.md for this project');
  expect([await message('/nothing here'), await message('review it')]).toEqual([null, null]);
  const { prompts, skills } = await slashNames(found, signal);
  expect([prompts.map(({ name }) => name), skills.map(({ name }) => name)]).toEqual([['review'], ['release']]);
});

test('a workspace that is not trusted has no prompt files', async () => {
  const found = await guides({ '.journeyman/prompts/review.md': review }, {}, false);
  expect(await slashMessage(found, '/review', signal)).toBeNull();
});

test('a prompt file tightens the mode and never loosens it', () => {
  expect([tighter('edit', 'plan'), tighter('ask', 'auto'), tighter('edit', null)]).toEqual(['plan', 'ask', 'edit']);
});
