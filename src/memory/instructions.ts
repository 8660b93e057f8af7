/** Instruction files: `AGENTS.md`, or `CLAUDE.md` where a folder has none, with what they import. */
import { dirname, join, resolve } from 'node:path';
import { limits } from '../core/limits.ts';
import type { GuideFiles } from './guideFiles.ts';

export interface Instructions {
  /** As the tools name it. */
  readonly path: string;
  readonly text: string;
  /** Files that it imports and that are not there, or that came to too much. For the person, a sentence each. */
  readonly faults: readonly string[];
}

/** Of one folder; null: it has none. */
export async function folderInstructions(
  guides: GuideFiles,
  folder: string,
  signal: AbortSignal,
  names: readonly string[] = ['AGENTS.md', 'CLAUDE.md'],
): Promise<Instructions | null> {
  for (const name of names) {
    const absolute = join(folder, name);
    const text = await guides.read(absolute, signal);
    if (text !== null && text.trim() !== '') return withImports(guides, absolute, text, signal);
  }
  return null;
}

/**
 * `@docs/style.md` in a line brings that file, below the text; relative to the file that names it, `~/` is the person's folder. Not in
 * code, five deep, each file once.
 */
async function withImports(
  guides: GuideFiles,
  absolute: string,
  text: string,
  signal: AbortSignal,
): Promise<Instructions> {
  const known = new Set([absolute]);
  const parts = [text.trim()];
  const faults: string[] = [];
  const path = guides.name(absolute);
  const follow = async (from: string, said: string, depth: number): Promise<void> => {
    for (const named of importsIn(said)) {
      const target = named.startsWith('~/') ? join(guides.home, named.slice(2)) : resolve(dirname(from), named);
      if (known.has(target)) continue;
      known.add(target);
      const found = depth < limits.importDepth ? await guides.read(target, signal) : null;
      if (found === null) {
        // Other words begin with @ too: people, packages.
        if (/\.(?:md|mdc|txt)$/i.test(named))
          faults.push(
            depth < limits.importDepth
              ? `${guides.name(from)} imports ${named}, which cannot be read.`
              : `${guides.name(from)} imports ${named}, which is more than ${String(limits.importDepth)} imports deep and was left out.`,
          );
        continue;
      }
      parts.push(`(${guides.name(target)}, imported)\n${found.trim()}`);
      await follow(target, found, depth + 1);
    }
  };
  await follow(absolute, text, 0);
  const whole = parts.join('\n\n');
  const { instructionChars } = limits;
  if (whole.length <= instructionChars) return { path, text: whole, faults };
  faults.push(
    `${path} has ${whole.length.toLocaleString('en-US')} characters with what it imports; the agent reads the first ${instructionChars.toLocaleString('en-US')}. Shorten it, or move parts into files that it only names.`,
  );
  return { path, text: `${whole.slice(0, instructionChars)}\n(cut: the rest of ${path} was not read)`, faults };
}

/** The paths after `@` outside of code, in order, each once. */
export function importsIn(text: string): readonly string[] {
  const found = new Set<string>();
  let fence: string | null = null;
  for (const line of text.split('\n')) {
    const mark = /^\s{0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== null) {
      if (mark?.startsWith(fence) === true && line.trim() === mark) fence = null;
      continue;
    }
    if (mark !== undefined) {
      fence = mark;
      continue;
    }
    const prose = line.replace(/(`+)[^`](?:.*?[^`])?\1(?!`)/g, ' ');
    for (const [, path = ''] of prose.matchAll(/(?:^|[\s(])@((?:~\/|\.{0,2}\/)?[\w.-][^\s`'"()[\]{}<>,;:!?*]*)/g))
      found.add(path.replace(/\.+$/, ''));
  }
  return [...found].filter((path) => path !== '');
}
