// Instructions and skills as they lie on disk: which are found, what they import, what is said of those that are broken.
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { limits } from '../../src/core/limits.ts';
import { guideFiles } from '../../src/memory/guideFiles.ts';
import { guidesOf } from '../../src/memory/guides.ts';
import { importsIn } from '../../src/memory/instructions.ts';
import { isSecret } from '../../src/permission/names.ts';
import { nodeFiles } from '../../src/workspace/files.ts';
import { tempFolder } from '../support/tempFolder.ts';

const { signal } = new AbortController();

interface Setting {
  readonly workspace?: Readonly<Record<string, string>>;
  readonly home?: Readonly<Record<string, string>>;
  readonly isTrusted?: boolean;
}

async function guides({ workspace = {}, home = {}, isTrusted = true }: Setting) {
  const folder = await tempFolder(workspace);
  const user = await tempFolder(home);
  const files = guideFiles({ files: nodeFiles([folder]), home: user, isTrusted: () => isTrusted, isSecret });
  return { ...guidesOf(files, { list: () => Promise.resolve([]) }), folder, user };
}

async function begin(setting: Setting) {
  const { user, ...found } = await guides(setting);
  const { instructions, skills, faults } = await found.begin(signal);
  const named = (path: string): string => path.replace(user, '~');
  return {
    instructions: instructions.map(({ path, text }) => [named(path), text.replaceAll(user, '~')]),
    skills: skills.map((skill) => ({ ...skill, path: named(skill.path) })),
    faults: faults.map(named),
  };
}

const skill = (description: string, name?: string): string =>
  `---\n${name === undefined ? '' : `name: ${name}\n`}description: ${description}\n---\nDo it.\n`;

describe('at the start', () => {
  test('an empty project tells nothing', async () => {
    expect(await begin({})).toEqual({ instructions: [], skills: [], faults: [] });
  });

  test('the person comes first, and CLAUDE.md counts where there is no AGENTS.md', async () => {
    expect(
      await begin({
        workspace: { 'CLAUDE.md': 'of the project', 'sub/AGENTS.md': 'later' },
        home: { '.agents/AGENTS.md': 'mine', '.claude/CLAUDE.md': 'for another program' },
      }),
    ).toMatchObject({
      instructions: [
        ['~/.agents/AGENTS.md', 'mine'],
        ['CLAUDE.md', 'of the project'],
      ],
    });
    expect(await begin({ workspace: { 'CLAUDE.md': 'no', 'AGENTS.md': 'yes' } })).toMatchObject({
      instructions: [['AGENTS.md', 'yes']],
    });
  });

  test('imports come below, each once and not for ever, from the workspace and the folder of the person only', async () => {
    const { instructions, faults } = await begin({
      workspace: {
        'AGENTS.md':
          'See @docs/a.md, @~/.agents/mine.md and @docs/none.md. Ask @someone or @types/node.\n@../out.md @.env',
        'docs/a.md': 'A, with @b.md',
        'docs/b.md': 'B, with @a.md and @../AGENTS.md',
        '.env': 'KEY=1',
      },
      home: { '.agents/mine.md': 'mine', '.ssh/id_rsa': 'no' },
    });
    expect(instructions).toEqual([
      [
        'AGENTS.md',
        'See @docs/a.md, @~/.agents/mine.md and @docs/none.md. Ask @someone or @types/node.\n@../out.md @.env\n\n' +
          '(docs/a.md, imported)\nA, with @b.md\n\n(docs/b.md, imported)\nB, with @a.md and @../AGENTS.md\n\n' +
          '(~/.agents/mine.md, imported)\nmine',
      ],
    ]);
    expect(faults).toEqual([
      'AGENTS.md imports docs/none.md, which cannot be read.',
      'AGENTS.md imports ../out.md, which cannot be read.',
    ]);
  });

  test('an import that goes too deep is left out and told', async () => {
    const chain = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`${String(i)}.md`, `@${String(i + 1)}.md`]));
    const { instructions, faults } = await begin({ workspace: { ...chain, 'AGENTS.md': '@0.md' } });
    expect(instructions[0]?.[1]).toContain('(4.md, imported)');
    expect(instructions[0]?.[1]).not.toContain('(5.md, imported)');
    expect(faults).toEqual(['4.md imports 5.md, which is more than 5 imports deep and was left out.']);
  });

  test('what is too long is cut, and the person is told how long it is', async () => {
    const { instructions, faults } = await begin({ workspace: { 'AGENTS.md': 'x'.repeat(20_000) } });
    expect(instructions[0]?.[1]).toBe(
      `${'x'.repeat(limits.instructionChars)}\n(cut: the rest of AGENTS.md was not read)`,
    );
    expect(faults).toEqual([
      'AGENTS.md has 20,000 characters with what it imports; the agent reads the first 16,000. Shorten it, or move parts into files that it only names.',
    ]);
  });

  test('skills of the project come before those of the person, by name, path and what they are for', async () => {
    expect(
      await begin({
        workspace: {
          '.agents/skills/release/SKILL.md': skill('Publishes.'),
          '.claude/skills/other/SKILL.md': skill('Looks.', 'look'),
        },
        home: {
          '.agents/skills/release/SKILL.md': skill('Mine.'),
          '.claude/skills/tidy/SKILL.md': skill('Tidies.', 'tidy'),
        },
      }),
    ).toEqual({
      instructions: [],
      skills: [
        { name: 'release', description: 'Publishes.', path: '.agents/skills/release/SKILL.md' },
        { name: 'look', description: 'Looks.', path: '.claude/skills/other/SKILL.md' },
        { name: 'tidy', description: 'Tidies.', path: '~/.claude/skills/tidy/SKILL.md' },
      ],
      faults: [],
    });
  });

  test('a broken skill is named and does no harm', async () => {
    const { skills, faults } = await begin({
      workspace: {
        '.agents/skills/a/SKILL.md': 'no head',
        '.agents/skills/b/SKILL.md': '---\nname: b\n---\nx',
        '.agents/skills/c/SKILL.md': skill('Fine.', 'not a name'),
        '.agents/skills/d/SKILL.md': '\0binary',
        '.agents/skills/e/SKILL.md': skill('Fine.'),
        '.agents/skills/f/README.md': 'no skill at all',
      },
    });
    expect(skills.map(({ name }) => name)).toEqual(['e']);
    expect(faults).toEqual([
      '.agents/skills/a/SKILL.md is no skill: it does not begin with a head between two lines of ---.',
      '.agents/skills/b/SKILL.md is no skill: its head has no description.',
      '.agents/skills/c/SKILL.md is no skill: its name "not a name" holds more than letters, digits and dashes.',
      '.agents/skills/d/SKILL.md is no skill: it cannot be read as text.',
    ]);
  });

  test('no link of the workspace leads a skill out of it', async () => {
    const told = await guides({ workspace: { '.agents/skills/own/SKILL.md': skill('Own.') } });
    const outside = await tempFolder({ 'SKILL.md': skill('Foreign.') });
    await symlink(outside, join(told.folder, '.agents/skills/foreign'));
    const { skills, faults } = await told.begin(signal);
    expect([skills.map(({ name }) => name), faults]).toEqual([
      ['own'],
      ['.agents/skills/foreign/SKILL.md is not read: a link leads it out of where skills are kept.'],
    ]);
  });

  test('a workspace that is not trusted tells nothing, the person does', async () => {
    expect(
      await begin({
        isTrusted: false,
        workspace: { 'AGENTS.md': 'no', '.agents/skills/a/SKILL.md': skill('No.') },
        home: { '.agents/AGENTS.md': 'yes', '.agents/skills/b/SKILL.md': skill('Yes.') },
      }),
    ).toEqual({
      instructions: [['~/.agents/AGENTS.md', 'yes']],
      skills: [{ name: 'b', description: 'Yes.', path: '~/.agents/skills/b/SKILL.md' }],
      faults: [],
    });
  });
});

describe('of subfolders', () => {
  const workspace = { 'AGENTS.md': 'root', 'web/AGENTS.md': 'web', 'web/ui/CLAUDE.md': 'ui', 'api/AGENTS.md': 'api' };
  const known = new Map([['AGENTS.md', 'root']]);

  test('those of the folders that were come to, the outermost first', async () => {
    const told = await guides({ workspace });
    expect(await told.news(['web', 'web/ui', 'docs'], known, signal)).toEqual([
      { path: 'web/AGENTS.md', text: 'web' },
      { path: 'web/ui/CLAUDE.md', text: 'ui' },
    ]);
  });

  test('nothing that was told as it stands; what has changed or is gone is told', async () => {
    const told = await guides({ workspace });
    const before = new Map([...known, ['web/AGENTS.md', 'web'], ['api/AGENTS.md', 'old'], ['gone/AGENTS.md', 'x']]);
    expect(await told.news(['web', 'api'], before, signal)).toEqual([
      { path: 'gone/AGENTS.md', text: '' },
      { path: 'api/AGENTS.md', text: 'api' },
    ]);
    expect(await told.news([], new Map([...known, ['gone/AGENTS.md', '']]), signal)).toEqual([]);
    expect(await told.news([], new Map(), signal)).toEqual([{ path: 'AGENTS.md', text: 'root' }]);
  });

  test('none of a workspace that is not trusted', async () => {
    const told = await guides({ workspace, isTrusted: false });
    expect(await told.news(['web'], known, signal)).toEqual([]);
  });
});

test.each<[string, string, readonly string[]]>([
  ['a path', 'see @docs/a.md.', ['docs/a.md']],
  ['paths of all kinds', '@./a @../b.md (@c) @~/.agents/d.md', ['./a', '../b.md', 'c', '~/.agents/d.md']],
  ['nothing of an address', 'write to me@example.com', []],
  ['nothing in code', 'run `x @a.md` and ``y `@b.md` ``', []],
  ['nothing in a fence', '```\n@a.md\n```\n@b.md\n~~~~ts\n```\n@c.md\n~~~~\n', ['b.md']],
])('imports: %s', (_what, text, expected) => {
  expect(importsIn(text)).toEqual(expected);
});
