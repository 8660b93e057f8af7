/** Which names ignore files hide: `.gitignore` in every folder, `.journeymanignore` at the top, `.git` always. */
import { readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** The rules of one ignore file and the folder it stands in: relative to the top, `''` for the top itself. */
export interface IgnoreRules {
  readonly folder: string;
  readonly rules: Ignore;
}

export function parseIgnoreFile(folder: string, text: string): IgnoreRules {
  return { folder, rules: ignore({ ignorecase: false }).add(text) };
}

/** `path` relative to the top; outer files first in `files`, since the innermost word counts. */
export function isIgnored(files: readonly IgnoreRules[], path: string, isFolder: boolean): boolean {
  if (path === '.git' || path.endsWith('/.git')) return true;
  let ignored = false;
  for (const { folder, rules } of files) {
    const rest = folder === '' ? path : path.slice(folder.length + 1);
    const verdict = rules.test(isFolder ? `${rest}/` : rest);
    if (verdict.ignored) ignored = true;
    else if (verdict.unignored) ignored = false;
  }
  return ignored;
}

/** An ignore file as it was read. */
export interface OwnRules {
  readonly name: string;
  readonly text: string;
  readonly rules: IgnoreRules;
}

/** The texts of ignore files by their folder, as they are in force. */
export type RuleTexts = readonly { readonly folder: string; readonly name: string; readonly text: string }[];

export const ignoreFileNames = ['.journeymanignore', '.gitignore'];

/** Those that stand in a folder. */
export function readRules(absolute: string, fromTop: string): readonly OwnRules[] {
  return ignoreFileNames.flatMap((name) => {
    const text = fromTop === '' || name === '.gitignore' ? textOrEmpty(join(absolute, name)) : '';
    return text === '' ? [] : [{ name, text, rules: parseIgnoreFile(fromTop, text) }];
  });
}

export function textsOf(own: readonly OwnRules[]): string {
  return JSON.stringify(own.map(({ name, text }) => [name, text]));
}

/** Whether ignore files with these texts hide a path. */
export function hiddenBy(rules: RuleTexts, folders: readonly string[]): (absolute: string) => boolean {
  const topOf = (absolute: string): string =>
    folders.find((one) => absolute === one || absolute.startsWith(one + sep)) ?? '';
  const own = new Map<string, IgnoreRules[]>();
  for (const { folder, text } of rules) {
    const parsed = parseIgnoreFile(relative(topOf(folder), folder).replaceAll(sep, '/'), text);
    own.set(folder, [...(own.get(folder) ?? []), parsed]);
  }
  return (absolute) => {
    const top = topOf(absolute);
    const parts = relative(top, absolute).split(sep);
    const chain: IgnoreRules[] = [];
    for (let i = 0; i < parts.length; i++) {
      chain.push(...(own.get(join(top, ...parts.slice(0, i))) ?? []));
      if (isIgnored(chain, parts.slice(0, i + 1).join('/'), i < parts.length - 1)) return true;
    }
    return false;
  };
}

function textOrEmpty(file: string): string {
  try {
    // A queue or a device would not end.
    const isPlain = statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
    return isPlain ? readFileSync(file, 'utf8') : '';
  } catch {
    return ''; // it may not be read: it hides nothing
  }
}
