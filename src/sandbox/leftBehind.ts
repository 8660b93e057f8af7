/** After a held command: what it left that would run something later is moved out of the way, what steers others is said. */
import { cp, lstat, mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { shownPath, type Protected } from './protected.ts';

export interface Left {
  readonly folders: readonly string[];
  readonly before: Protected;
  readonly after: Protected;
  /** Older than the command: not its work. */
  readonly sinceMs: number;
  /** Where it goes; made when it is needed. */
  readonly aside: string;
}

/**
 * A line each. Never throws: what cannot be moved is said too. A person may have written it meanwhile, which nobody can tell apart: so only
 * what starts programs is moved, and it is kept.
 */
export async function clearLeft(left: Left): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const path of await laterRun(left)) {
    const isOfGit = [...left.after.repositories].some((repository) => path.startsWith(`${repository}/`));
    if (isOfGit || startsPrograms.test(basename(path))) lines.push(await moveAside(left, path));
    else lines.push(`${shownPath(left.folders, path)} was made while this ran: it is a protected file, look at it.`);
  }
  return lines;
}

/** By whoever opens the folder: editors, agents, shells, package managers with hooks. */
const startsPrograms =
  /^(?:\.vscode|\.idea|\.husky|\.devcontainer(?:\.json)?|\.envrc|\.?mcp\.json|\.claude|\.cursor|\.codex|\.gemini|\.zed|\.fleet|.*\.code-workspace)$/i;

/** New ones of the protected names; of repositories that are new, what their settings or hooks would start. */
async function laterRun({ before, after, sinceMs }: Left): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of [...after.fixed, ...after.links]) {
    if (before.fixed.has(path)) continue;
    const isOfGit = after.repositories.has(dirname(path));
    const parts = !isOfGit ? [path] : basename(path) === 'hooks' ? await hooksIn(path) : await settingsIn(path);
    for (const part of parts) if (await isSince(part, sinceMs)) found.push(part);
  }
  return found;
}

/** Git makes a folder of samples, which are never started. */
async function hooksIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => !name.endsWith('.sample')).map((name) => join(folder, name));
}

async function settingsIn(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return startsSomething.test(text) ? [file] : [];
}

/** Settings of git that name a program, or a file with more settings. */
const startsSomething =
  /^\s*(?:\[\s*(?:include|includeif|alias|filter|credential)\b|(?:\[[^\]]*\]\s*)?(?:fsmonitor|hookspath|sshcommand|pager|editor|askpass|gitproxy|program|helper|textconv|external|command|clean|smudge|process|driver|cmd|path|uploadpack|receivepack|vcs)\s*=(?!\s*(?:true|false)\s*$))/imu;

async function isSince(path: string, sinceMs: number): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  return found !== null && found.ctimeMs >= sinceMs;
}

async function moveAside({ folders, aside }: Left, path: string): Promise<string> {
  const shown = shownPath(folders, path);
  const to = join(aside, shown.replaceAll('/', '__'));
  try {
    await mkdir(aside, { recursive: true, mode: 0o700 });
    await rename(path, to).catch(async () => {
      await cp(path, to, { recursive: true, verbatimSymlinks: true });
      await rm(path, { recursive: true, force: true });
    });
    return `${shown} was made by this command and would take effect later, outside the sandbox: it was moved to ${to}.`;
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return `${shown} was made by this command and takes effect later, outside the sandbox. It could not be moved away: ${why}`;
  }
}
