/** Skills: folders with a `SKILL.md` that says what they are for; the agent reads one when it needs it. */
import { join } from 'node:path';
import type { Skill } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import { readHead } from './frontMatter.ts';
import type { GuideFiles } from './guideFiles.ts';

export interface FoundSkills {
  readonly skills: readonly Skill[];
  /** For the person, a sentence each. */
  readonly faults: readonly string[];
}

/** Of the workspace, then the person's; of two with one name the first counts. */
export async function findSkills(guides: GuideFiles, signal: AbortSignal): Promise<FoundSkills> {
  const { home, folders } = guides;
  const roots = [
    ...folders.flatMap((folder) =>
      places.map((place) => ({ root: join(folder, place), within: folders, shown: null })),
    ),
    ...places.map((place) => ({
      root: join(home, place),
      within: places.map((one) => join(home, one)),
      shown: `~/${place}`,
    })),
  ];
  const skills = new Map<string, Skill>();
  const files = new Set<string>();
  const faults: string[] = [];
  for (const { root, within, shown } of roots) {
    for (const folder of await guides.names(root)) {
      signal.throwIfAborted();
      const file = join(root, folder, 'SKILL.md');
      const real = await guides.real(file, within);
      if (real === null && (await guides.names(join(root, folder))).includes('SKILL.md'))
        faults.push(
          `${shown ?? guides.name(root)}/${folder}/SKILL.md is not read: a link leads it out of where skills are kept.`,
        );
      if (real === null || files.has(real)) continue;
      files.add(real);
      const text = await guides.read(real, signal);
      const name = shown === null ? guides.name(file) : `${shown}/${folder}/SKILL.md`;
      const skill = text === null ? 'it cannot be read as text' : skillOf(text, folder, guides.name(real));
      if (typeof skill === 'string') faults.push(`${name} is no skill: ${skill}.`);
      else if (!skills.has(skill.name)) skills.set(skill.name, skill);
    }
  }
  const all = [...skills.values()];
  if (all.length > limits.skillsMax)
    faults.push(
      `There are ${String(all.length)} skills; the agent is told of the first ${String(limits.skillsMax)}. Take out those that this work does not need.`,
    );
  return { skills: all.slice(0, limits.skillsMax), faults };
}

const places = [join('.agents', 'skills'), join('.claude', 'skills')];

/** What is wrong with it, as a clause, where it is none. */
function skillOf(text: string, folder: string, path: string): Skill | string {
  const { fields, isHeaded, body } = readHead(text);
  if (!isHeaded) return 'it does not begin with a head between two lines of ---';
  const description = (fields.get('description') ?? '').replace(/\s+/g, ' ').trim();
  if (description === '') return 'its head has no description';
  if (body === '') return 'nothing stands below its head';
  const name = fields.get('name')?.trim() || folder;
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._:-]*$/u.test(name))
    return `its name "${name}" holds more than letters, digits and dashes`;
  const cut = limits.skillDescriptionChars;
  return { name, description: description.length > cut ? `${description.slice(0, cut - 1)}…` : description, path };
}
