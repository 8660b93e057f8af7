/** Prompt files: messages that a person keeps, called by `/name` with arguments. */
import { join } from 'node:path';
import { limits } from '../core/limits.ts';
import { modes, type Mode } from '../core/permission.ts';
import { readHead } from './frontMatter.ts';
import type { GuideFiles } from './guideFiles.ts';

export interface PromptFile {
  readonly name: string;
  readonly description: string;
  /** What to write behind the name: "[file]"; '' where it takes nothing. */
  readonly hint: string;
  /** null: as the person has set it. */
  readonly mode: Mode | null;
  readonly model: string | null;
  readonly text: string;
  /** For a person. */
  readonly path: string;
}

/** Of the workspace, then the person's; of two with one name the first counts. Sorted by name. */
export async function findPromptFiles(guides: GuideFiles, signal: AbortSignal): Promise<readonly PromptFile[]> {
  const found = new Map<string, PromptFile>();
  const { folders, home } = guides;
  const places = [
    ...folders.map((folder) => ({ root: join(folder, '.journeyman', 'prompts'), end: '.md', ours: true })),
    ...folders.map((folder) => ({ root: join(folder, '.github', 'prompts'), end: '.prompt.md', ours: false })),
    { root: join(home, '.agents', 'prompts'), end: '.md', ours: true },
  ];
  for (const { root, end, ours } of places) {
    for (const file of await guides.names(root)) {
      const name = file.slice(0, -end.length).toLowerCase().replace(/\s+/g, '-');
      if (!file.endsWith(end) || !/^[\p{L}\p{N}][\p{L}\p{N}._:-]*$/u.test(name) || found.has(name)) continue;
      if (found.size >= limits.promptFilesMax) break;
      const text = await guides.read(join(root, file), signal);
      if (text !== null) found.set(name, promptFile(name, guides.name(join(root, file)), text, ours));
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function promptFile(name: string, path: string, text: string, ours: boolean): PromptFile {
  const { fields, body } = readHead(text);
  const takes = /\$(?:ARGUMENTS|[1-9])/.test(body);
  const mode = modes.find((one) => one === fields.get('mode')) ?? null;
  return {
    name,
    description: oneLine(fields.get('description') ?? body.split('\n', 1)[0]?.replace(/^#+\s*/, '') ?? ''),
    hint: oneLine(fields.get('argument-hint') ?? (takes ? '[arguments]' : '')),
    // Elsewhere "ask" means that nothing is changed, and the rest is no mode of ours.
    mode: ours ? mode : fields.get('mode') === 'ask' ? 'plan' : null,
    model: ours ? (fields.get('model') ?? null) : null,
    text: body,
    path,
  };
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > limits.skillDescriptionChars ? `${line.slice(0, limits.skillDescriptionChars - 1)}…` : line;
}

/** `/name and what follows`; null where a text does not begin so. */
export function readSlash(text: string): { readonly name: string; readonly args: string } | null {
  const [, name, args = ''] = /^\/([\p{L}\p{N}][\p{L}\p{N}._:-]*)(?:\s+([\s\S]*))?$/u.exec(text.trim()) ?? [];
  return name === undefined ? null : { name: name.toLowerCase(), args: args.trim() };
}

/** Its text with the arguments in place; what has no place comes last. In one pass: an argument is never looked into. */
export function promptText({ text }: PromptFile, args: string): string {
  const words = wordsOf(args);
  const places = /\$(ARGUMENTS\b|[1-9](?!\d))/g;
  const said = text.replace(places, (_all, which: string) =>
    which === 'ARGUMENTS' ? args : (words[Number(which) - 1] ?? ''),
  );
  return args === '' || said !== text ? said.trim() : `${said.trim()}\n\n${args}`;
}

/** A prompt file can tighten the mode, never loosen it. */
export function tighter(now: Mode, wanted: Mode | null): Mode {
  return wanted !== null && modes.indexOf(wanted) < modes.indexOf(now) ? wanted : now;
}

/** Parted at blanks; quotes hold words together. */
function wordsOf(args: string): readonly string[] {
  return [...args.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((found) => found[1] ?? found[2] ?? found[3] ?? '');
}
