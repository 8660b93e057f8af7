/** `/name arguments` as a message: what a prompt file, a skill or `/init` stands for. */
import type { Skill } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import type { Mode } from '../core/permission.ts';
import type { GuideFiles } from './guideFiles.ts';
import { findPromptFiles, promptText, readSlash, type PromptFile } from './promptFiles.ts';
import { findSkills } from './skills.ts';

export interface SlashMessage {
  readonly text: string;
  /** null: as the person has set it. */
  readonly mode: Mode | null;
  readonly model: string | null;
}

/** A prompt file counts before a skill of the same name; null: nothing here is called so, it is a message like any other. */
export async function slashMessage(
  guides: GuideFiles,
  text: string,
  signal: AbortSignal,
): Promise<SlashMessage | null> {
  const slash = readSlash(text);
  if (slash === null) return null;
  const { name, args } = slash;
  const prompt = (await findPromptFiles(guides, signal)).find((one) => one.name === name);
  if (prompt) return { text: promptText(prompt, args), mode: prompt.mode, model: prompt.model };
  const skill = (await findSkills(guides, signal)).skills.find((one) => one.name.toLowerCase() === name);
  if (skill) return { text: skillText(skill, args), mode: null, model: null };
  return name === 'init' ? { text: `${initText}${args === '' ? '' : `\n\n${args}`}`, mode: null, model: null } : null;
}

/** For a list: prompt files and the skills that none of them hides. */
export async function slashNames(
  guides: GuideFiles,
  signal: AbortSignal,
): Promise<{ readonly prompts: readonly PromptFile[]; readonly skills: readonly Skill[] }> {
  const [prompts, { skills }] = await Promise.all([findPromptFiles(guides, signal), findSkills(guides, signal)]);
  const taken = new Set(prompts.map(({ name }) => name));
  return { prompts, skills: skills.filter(({ name }) => !taken.has(name.toLowerCase())) };
}

function skillText({ name, path }: Skill, args: string): string {
  return `Use the skill ${name}: read ${path} first and do as it says.${args === '' ? '' : `\n\n${args}`}`;
}

const initText = `Write an AGENTS.md for this project: what an agent has to know that it would not guess.

Look at the manifest, the scripts, the CI and the layout first. Keep it under ${String(limits.initLines)} lines: how to build, test (all, and one test) and lint; where things are; conventions that the code shows; what is easy to get wrong. Nothing that stands in the README already, nothing that is true of every project. Run the commands that you name where that is cheap. If there is an AGENTS.md or a CLAUDE.md, improve it instead.`;
