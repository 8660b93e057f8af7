/** Paths of any make, in folders full of links: what a tool may open unasked is in the workspace, holds no secret and is not protected. */
import { linkSync, mkdirSync, readdirSync, readFileSync, lstatSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decide } from '../../src/permission/decide.ts';
import { changeFile } from '../../src/workspace/diff.ts';
import { nodeFiles } from '../../src/workspace/files.ts';
import { never } from '../contract/contract.ts';
import { tempFolder } from '../support/tempFolder.ts';

const texts: Readonly<Record<string, string>> = {
  'work/a.txt': 'plain',
  'work/sub/b.txt': 'plain',
  'work/.env': 'guarded',
  'work/.git/config': 'guarded',
  'work/sub/.git/hooks/pre-commit': 'guarded',
  'work/.vscode/settings.json': 'guarded',
  'outside/c.txt': 'guarded',
  'outside/sub/.env': 'guarded',
  'work2/d.txt': 'guarded',
};
const part = fc.constantFrom('.', '..', '', 'a.txt', 'sub', 'b.txt', 'new', '.env', '.ENV', '.env ', '.env.', '.git', '.GIT', 'git~1', 'config', 'hooks', 'pre-commit', '.vscode', 'settings.json', 'settings.json::$DATA', 'outside', 'work', 'work2', 'c.txt', 'd.txt', 'l1', 'l2', 'l3', 'hard', '~', '$HOME', 'a.txt/..', '.\u200benv', '.g\u0131t', 'CON', 'a.txt\0'); // prettier-ignore
const path = fc
  .tuple(
    fc.constantFrom('', '', '', './', '/', '../', 'PLACE/', 'PLACE/work/', 'file://PLACE/'),
    fc.array(part, { minLength: 1, maxLength: 5 }),
    fc.constantFrom('/', '/', '/', '//', '\\'),
  ) // prettier-ignore
  .map(([start, parts, joint]) => start + parts.join(joint));
const linked = fc.record({
  name: fc.constantFrom('l1', 'l2', 'l3', 'sub/l1', 'sub/l2'),
  to: fc.constantFrom('PLACE/outside', 'PLACE/outside/c.txt', '../outside', '../work2', '.git', '.env', 'sub', '..', 'l2', 'l1/sub', 'PLACE/work', 'PLACE/outside/not-there', 'a.txt', '.vscode/settings.json'), // prettier-ignore
});
const world = fc.record({ links: fc.array(linked, { maxLength: 4 }), hard: fc.option(fc.constantFrom('outside/c.txt', 'work/.env', 'work/a.txt')), path }); // prettier-ignore

/** What is in files, links not followed. */
function contents(folder: string, under = ''): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(join(folder, under)).flatMap((name): readonly (readonly [string, string])[] => {
      const one = join(under, name);
      const stat = lstatSync(join(folder, one));
      if (stat.isDirectory()) return Object.entries(contents(folder, one));
      return stat.isFile() ? [[one, readFileSync(join(folder, one), 'utf8')]] : [];
    }),
  );
}

it('what is allowed unasked reads and changes nothing that is guarded', { timeout: 120_000 }, async () => {
  const place = await tempFolder();
  const at = (text: string): string => text.replaceAll('PLACE', place);
  let allowed = 0;
  await fc.assert(
    fc.asyncProperty(world, async ({ links, hard, path: written }) => {
      for (const name of readdirSync(place)) rmSync(join(place, name), { recursive: true });
      for (const [name, text] of Object.entries(texts)) {
        mkdirSync(dirname(join(place, name)), { recursive: true });
        writeFileSync(join(place, name), text);
      }
      for (const { name, to } of new Map(links.map((one) => [one.name, one])).values())
        symlinkSync(at(to), join(place, 'work', name));
      if (hard !== null) linkSync(join(place, hard), join(place, 'work/hard'));
      const before = contents(place);
      const files = nodeFiles([join(place, 'work')]);
      const may = (effect: 'read' | 'write'): boolean => {
        const asked = { mode: 'edit', rules: [], resources: [{ effect, target: at(written) }] } as const;
        return decide({ ...asked, locate: (name) => files.locate(name) }).action === 'allow';
      };
      const read = await tried(async () => (may('read') ? (await files.read(at(written), never)).text : ''));
      expect({ written, read: read === 'guarded' }).toEqual({ written, read: false });
      await tried(async () => {
        if (!may('write')) return;
        allowed++;
        const old = await tried(() => files.read(at(written), never));
        await files.apply([changeFile(files.locate(at(written)).path, old, 'changed by the agent', '1')], never);
      });
      const after = contents(place);
      const guarded = Object.keys({ ...before, ...after }).filter((name) => before[name] !== after[name] && !isFree(name)); // prettier-ignore
      expect({ written, guarded }).toEqual({ written, guarded: [] });
    }),
    { numRuns: Number(process.env.FUZZ ?? 150), ...(process.env.FUZZ === undefined && { seed: 1 }) },
  );
  expect(allowed).toBeGreaterThan(0);
});

/** Files of the workspace that stand under a plain name. */
function isFree(name: string): boolean {
  const low = name.toLowerCase();
  return low.startsWith('work/') && !/(^|\/)\.(env|git|vscode)/.test(low);
}

async function tried<T>(act: () => Promise<T>): Promise<T | null> {
  try {
    return await act();
  } catch {
    return null; // refused with a reason
  }
}
