/** Which names ignore files hide: `.gitignore` in every folder, `.journeymanignore` at the top, `.git` always. */
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
