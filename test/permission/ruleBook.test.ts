import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Resource, Verdict } from '../../src/core/permission.ts';
import type { Location } from '../../src/core/ports.ts';
import { inTurn } from '../../src/log/claim.ts';
import { fileConsents } from '../../src/permission/consents.ts';
import { decide } from '../../src/permission/decide.ts';
import { ruleBook, type RuleBook } from '../../src/permission/ruleBook.ts';
import { formatRule, parseRule } from '../../src/permission/rules.ts';
import { settingsFiles, type SettingsPlaces } from '../../src/permission/settingsFiles.ts';
import { placesIn } from '../../src/workspace/place.ts';
import { bundle, otherProcess } from '../support/otherProcess.ts';
import { tempFolder } from '../support/tempFolder.ts';

let places: SettingsPlaces & { readonly kept: string };
let workspaceFile: string;
let consents: string;
let trusted: boolean;
let book: RuleBook;

beforeEach(async () => {
  const folder = await tempFolder();
  workspaceFile = join(folder, 'w/.journeyman/settings.json');
  consents = join(folder, 'config/consents.json');
  places = {
    managed: join(folder, 'etc/managed-settings.json'),
    user: join(folder, 'config/settings.json'),
    kept: join(folder, 'config/workspaces/w.json'),
    workspace: [workspaceFile],
  };
  trusted = true;
  const files = settingsFiles(() => places, inTurn);
  book = ruleBook({ files, consents: fileConsents(consents, files), isTrusted: () => trusted });
});

async function write(path: string, content: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
}

const where = placesIn(['/project']);
const locate = (path: string): Location => where.locate(path);
const line = (target: string): readonly Resource[] => [{ effect: 'execute', target }];
async function judged(resources: readonly Resource[], mode: 'ask' | 'edit' = 'ask'): Promise<Verdict> {
  return decide({ mode, ...(await book.read()), resources, locate });
}

const allow = (...rules: readonly string[]): unknown => ({ permissions: { allow: rules } });

describe('the sources of rules', () => {
  it('no file is no rule', async () => {
    expect(await book.read()).toEqual({ rules: [], broken: [] });
  });

  it('deny stands before ask, ask before allow, whatever the source, and the decision names whose rule it was', async () => {
    await write(places.managed, { permissions: { deny: ['shell(prefix: curl)'], allow: ['shell(exact: make)'] } });
    await write(places.user, allow('shell(exact: curl a.dev)', 'shell(exact: npm test)', 'shell(exact: make)'));
    await write(places.kept, { permissions: { ask: ['shell(exact: make)'] } });
    expect(await judged(line('curl a.dev'))).toEqual({
      action: 'deny',
      by: { kind: 'rule', rule: 'shell(prefix: curl)', source: 'managed' },
      reason:
        'The rule of this machine forbids this: shell(prefix: curl). Do it another way, or tell the user what you need and why.',
    });
    expect(await judged(line('npm test'))).toEqual({
      action: 'allow',
      by: { kind: 'rule', rule: 'shell(exact: npm test)', source: 'user' },
    });
    expect(await judged(line('make'))).toMatchObject({
      action: 'ask',
      why: 'It asks because your rule `shell(exact: make)` says so.',
    });
  });

  it('the rules of a workspace only tighten until a person agrees to just what they are, and never in a folder without trust', async () => {
    await write(workspaceFile, {
      permissions: { allow: ['shell(exact: npm test)'], deny: ['read(private/**)'] },
    });
    expect((await book.read()).rules.map((rule) => [rule.action, formatRule(rule)])).toEqual([
      ['deny', 'read(private/**)'],
    ]);
    const shown = (await book.list()).find(({ path }) => path === workspaceFile);
    expect(shown).toMatchObject({ kind: 'workspace', consent: 'missing', problem: null });

    await book.trust(workspaceFile, shown?.hash ?? '');
    expect((await judged(line('npm test'))).action).toBe('allow');
    trusted = false;
    expect((await judged(line('npm test'))).action).toBe('ask');
    trusted = true;

    await write(workspaceFile, allow('shell(exact: npm test)', 'shell(exact: make)'));
    expect((await judged(line('npm test'))).action).toBe('ask');
    await expect(book.trust(workspaceFile, shown?.hash ?? '')).rejects.toThrow('has changed since it was shown');
    const now = (await book.list()).find(({ path }) => path === workspaceFile);
    await book.trust(workspaceFile, now?.hash ?? '');
    expect((await judged(line('make'))).action).toBe('allow');
    await book.distrust(workspaceFile);
    expect((await judged(line('make'))).action).toBe('ask');
  });

  it('a file is read again when it changes, and is gone when it is', async () => {
    await write(places.user, allow('shell(exact: npm test)'));
    expect((await judged(line('npm test'))).action).toBe('allow');
    await write(places.user, { permissions: { deny: ['shell(exact: npm test)'] } });
    expect((await judged(line('npm test'))).action).toBe('deny');
    await rm(places.user);
    expect((await judged(line('npm test'))).action).toBe('ask');
  });
});

describe('a broken file', () => {
  it.each([
    ['{"permissions": {"allow": ["shell(exact: make)",]}}', 'line 1, column 49: a comma with nothing after it'],
    ['{\n"permission": {}}', 'line 2: "permission" is not known here; known are "permissions" and "hooks"'],
    ['{"permissions": {"allows": []}}', 'line 1: "allows" is not known here; known are "allow", "ask" and "deny"'],
    ['{"permissions": []}', 'line 1: "permissions" should be an object'],
    ['{"permissions": {"allow": "make"}}', 'line 1: "allow" should be a list of texts'],
    ['{"permissions": {"allow": [7]}}', 'line 1: a rule is a text, such as "shell(exact: npm test)"'],
    ['[]', 'it should hold one object: { "permissions": { … }, "hooks": { … } }'],
    [
      '{"permissions": {"allow": ["mcp(a:b)"]}}',
      'line 1: The rule "mcp(a:b)" cannot be used: rules for `mcp` have no effect in this version',
    ],
  ])('%j allows nothing, says its place, and lets every command and edit ask', async (text, words) => {
    await write(places.user, text);
    await write(places.kept, allow('shell(exact: npm test)'));
    const { broken } = await book.read();
    expect(broken).toHaveLength(1);
    expect(broken[0]).toContain(`${places.user} cannot be used: ${words}`);
    for (const asked of [line('npm test'), line('ls'), [{ effect: 'write', target: 'src/a.ts' }] as const])
      expect(await judged(asked, 'edit')).toMatchObject({
        action: 'ask',
        why: expect.stringContaining(places.user) as string,
      });
    expect((await judged([{ effect: 'read', target: 'src/a.ts' }])).action).toBe('allow');
  });

  it('forbids what it forbade, also while it is half saved', async () => {
    await write(places.user, { permissions: { deny: ['shell(prefix: rm)'], allow: ['shell(exact: make)'] } });
    await book.read();
    await write(places.user, '{"permissions": {"deny": [');
    expect((await judged(line('rm -r build'))).action).toBe('deny');
    await write(places.user, '{"permissions": {"deny": ["shell(prefix: rm)"], "other": []}}');
    expect((await judged(line('rm -r build'))).action).toBe('deny');
  });
});

describe('what a person says is kept', () => {
  it('in their own files, atomically, with all else that stands there', async () => {
    await write(places.user, '{\n\t"hooks": {"Stop": []},\n\t"permissions": {"deny": ["shell(prefix: rm)"]}\n}\n');
    await book.add('everywhere', parseRule('shell(exact: npm test)', 'allow', 'session'));
    await book.add('everywhere', parseRule('shell(exact: npm test)', 'allow', 'session'));
    await book.add('workspace', parseRule('shell(prefix: npm run)', 'allow', 'session'));
    expect(await readFile(places.user, 'utf8')).toBe(
      `${JSON.stringify({ hooks: { Stop: [] }, permissions: { deny: ['shell(prefix: rm)'], allow: ['shell(exact: npm test)'] } }, null, '\t')}\n`,
    );
    expect(JSON.parse(await readFile(places.kept, 'utf8'))).toEqual(allow('shell(prefix: npm run)'));
    expect((await readdir(dirname(places.user))).sort()).toEqual(['settings.json', 'workspaces']);
    expect((await judged(line('npm test'))).action).toBe('allow');

    await book.remove('everywhere', parseRule('shell(exact: npm test)', 'allow', 'user'));
    expect((await judged(line('npm test'))).action).toBe('ask');
  });

  it('never into a file that is broken', async () => {
    await write(places.user, '{"permissions": ');
    await expect(book.add('everywhere', parseRule('shell(exact: npm test)', 'allow', 'session'))).rejects.toThrow(
      /^The rule was not written: .*line 1, column 17.*then try again\.$/,
    );
    expect(await readFile(places.user, 'utf8')).toBe('{"permissions": ');
  });
});

it('rules and consents that several processes write at once are all kept', async () => {
  const bundles = await tempFolder();
  const [claims, books, settings, agreed, rules] = await Promise.all(
    [
      'log/claim.ts',
      'permission/ruleBook.ts',
      'permission/settingsFiles.ts',
      'permission/consents.ts',
      'permission/rules.ts',
    ].map((source) => bundle(source, bundles)),
  );
  const script = (name: string): string => `
    const load = (path) => import(path);
    const { inTurn } = await load(${JSON.stringify(claims)});
    const { ruleBook } = await load(${JSON.stringify(books)});
    const { settingsFiles } = await load(${JSON.stringify(settings)});
    const { fileConsents } = await load(${JSON.stringify(agreed)});
    const { parseRule } = await load(${JSON.stringify(rules)});
    const files = settingsFiles(() => (${JSON.stringify(places)}), inTurn);
    const consents = fileConsents(${JSON.stringify(consents)}, files);
    const book = ruleBook({ files, consents, isTrusted: () => true });
    const each = [...Array(8).keys()].map((n) => '${name}' + n);
    await Promise.all(each.flatMap((one) => [
      book.add('everywhere', parseRule('shell(exact: ' + one + ')', 'allow', 'user')),
      consents.write((all) => ({ ...all, hooks: { ...all.hooks, [one]: one } })),
    ]));`;
  const names = ['a', 'b', 'c'];
  await Promise.all(names.map((name) => otherProcess(script(name)).end));
  const all = names.flatMap((name) => Array.from({ length: 8 }, (_, n) => `${name}${String(n)}`));
  const user = (await book.list()).find(({ kind }) => kind === 'user');
  expect(user?.rules.map(formatRule).sort()).toEqual(all.map((one) => `shell(exact: ${one})`).sort());
  const { hooks } = JSON.parse(await readFile(consents, 'utf8')) as { hooks: object };
  expect(Object.keys(hooks).sort()).toEqual([...all].sort());
  expect(await readdir(dirname(consents))).toEqual(['consents.json', 'settings.json']);
}, 60_000);
