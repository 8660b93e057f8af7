/** What a session is told besides its task: at its start once, and of subfolders when it gets there. */
import { join } from 'node:path';
import type { Guides, Told } from '../core/guides.ts';
import type { Notes } from '../core/notes.ts';
import type { GuideFiles } from './guideFiles.ts';
import { folderInstructions } from './instructions.ts';
import { manifestOf } from './manifest.ts';
import { findSkills } from './skills.ts';

export function guidesOf(guides: GuideFiles, notes: Pick<Notes, 'list'>): Guides {
  return {
    async begin(signal) {
      const [own, found, { skills, faults }] = await Promise.all([
        folderInstructions(guides, join(guides.home, '.agents'), signal, ['AGENTS.md']),
        Promise.all(guides.folders.map((folder) => folderInstructions(guides, folder, signal))),
        findSkills(guides, signal),
      ]);
      const all = [own, ...found].filter((one) => one !== null);
      return {
        instructions: all.map(({ path, text }) => ({ path, text })),
        skills,
        notes: manifestOf(await notes.list(signal)),
        faults: [...all.flatMap((one) => one.faults), ...faults],
      };
    },
    async news(folders, told, signal) {
      const [first] = guides.folders;
      if (first === undefined) return [];
      // The first as well: its instructions may have come to be, or to be trusted, since the start.
      const all = [...new Set(['.', ...folders, ...[...told.keys()].map(folderOf)])];
      const found = await Promise.all(all.map((folder) => folderInstructions(guides, join(first, folder), signal)));
      const standing = new Map(found.flatMap((one) => (one === null ? [] : [[one.path, one.text]])));
      const fresh = [...standing].filter(([path, text]) => told.get(path) !== text);
      const gone = [...told].flatMap(([path, text]): Told[] =>
        text === '' || standing.has(path) ? [] : [{ path, text: '' }],
      );
      return [...gone, ...fresh.map(([path, text]) => ({ path, text })).sort((a, b) => depth(a) - depth(b))];
    },
  };
}

function folderOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at < 0 ? '.' : path.slice(0, at);
}

function depth({ path }: Told): number {
  return path.split('/').length;
}
