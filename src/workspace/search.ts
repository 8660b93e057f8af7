/** Search of texts by ripgrep: its own process, read as it speaks, ended as soon as there is enough. */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, relative } from 'node:path';
import { JourneymanError } from '../core/error.ts';
import { matchesGlob } from '../core/glob.ts';
import { limits } from '../core/limits.ts';
import type { Search, TextMatch, TextQuery } from '../core/ports.ts';
import { isWithin, placesIn } from './place.ts';

export interface RipgrepOptions {
  /** A function is called at the first search: looking for the program is no cost of the start. */
  readonly rgPath: string | (() => string);
  readonly folders: readonly string[];
}

export function ripgrepSearch({ rgPath, folders }: RipgrepOptions): Search {
  const places = placesIn(folders);
  let program: string | null = null;
  return {
    async text(query, signal) {
      signal.throwIfAborted();
      program ??= typeof rgPath === 'string' ? rgPath : rgPath();
      const named = places.locate(query.path ?? '.');
      const top = folders.find((folder) => isWithin(folder, named.absolute)) ?? dirname(named.absolute);
      const fromTop = (absolute: string): string => relative(top, absolute).replaceAll('\\', '/');
      let start = named;
      if (query.path === null && query.glob !== null)
        start = places.locate(join(named.absolute, literalFolder(query.glob)));
      await places.check(start, start !== named);
      signal.throwIfAborted();

      const prefix = named.absolute === top ? '' : `${fromTop(named.absolute)}/`;
      const isWanted = (path: string): boolean =>
        query.glob === null ||
        matchesGlob(path, query.glob) ||
        (path.startsWith(prefix) && matchesGlob(path.slice(prefix.length), query.glob));
      const args = argumentsOf(query, `./${fromTop(start.absolute)}`);
      const { matches, truncated } = await runRipgrep(program, args, top, isWanted, query.matchesMax, signal);
      const names = new Map(
        [...new Set(matches.map(({ path }) => path))].map((path) => [path, places.locate(join(top, path)).path]),
      );
      return {
        matches: matches.map((match) => ({ ...match, path: names.get(match.path) ?? match.path })).sort(byPlace),
        truncated,
      };
    },
  };
}

/** The first of these programs that is there, else `rg` on the PATH. */
export function findRipgrep(candidates: readonly string[], path = process.env['PATH'] ?? ''): string {
  const onPath = path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, binary));
  const found = [...candidates, ...onPath].find(isProgram);
  if (found !== undefined) return found;
  throw new JourneymanError(
    'unavailable',
    'Searching needs ripgrep, and no `rg` was found. Install ripgrep so that `rg` is on the PATH; until then use list_files and read_file.',
  );
}

/** Where VS Code and its kin keep their own ripgrep; `appRoot` is `vscode.env.appRoot`. */
export function editorRipgrep(appRoot: string): readonly string[] {
  const target = `${process.platform}-${process.arch}`;
  return ['node_modules', 'node_modules.asar.unpacked'].flatMap((modules) => [
    join(appRoot, modules, '@vscode', 'ripgrep', 'bin', binary),
    join(appRoot, modules, '@vscode', 'ripgrep-universal', 'bin', target, binary),
    join(appRoot, modules, '@vscode', `ripgrep-${target}`, 'bin', binary),
  ]);
}

/** The npm package, as seen from a file or module URL. */
export function packageRipgrep(from: string): readonly string[] {
  try {
    return [createRequire(from).resolve(`@vscode/ripgrep-${process.platform}-${process.arch}/bin/${binary}`)];
  } catch {
    return []; // not installed beside that file; the next candidate may be there
  }
}

const binary = process.platform === 'win32' ? 'rg.exe' : 'rg';

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The same ignore files as when listing, and none from above the workspace: a `*` in the home folder would hide everything. */
export const listingArguments = [
  '--no-config',
  '--no-messages',
  '--hidden',
  '--no-require-git',
  '--no-ignore-parent',
  '--no-ignore-dot',
  '--ignore-file=.gitignore',
  '--ignore-file=.journeymanignore',
  '--glob=!.git',
] as const;

function argumentsOf(
  { pattern, regex, caseSensitive, glob, contextLines }: TextQuery,
  target: string,
): readonly string[] {
  const name = glob === null ? null : namePattern(glob);
  return [
    '--color=never',
    '--no-heading',
    '--with-filename',
    '--line-number',
    '--null',
    '--no-context-separator',
    `--max-columns=${String(limits.searchLineChars)}`,
    '--max-columns-preview',
    `--max-filesize=${String(limits.fileBytesMax)}`,
    `--context=${String(contextLines)}`,
    ...listingArguments,
    // `--glob` would bring ignored files back; a file type does not.
    ...(name === null ? [] : [`--type-add=wanted:${name}`, '--type=wanted']),
    ...(caseSensitive ? [] : ['--ignore-case']),
    ...(regex ? ['--engine=auto'] : ['--fixed-strings']),
    ...(pattern.includes('\n') || (regex && pattern.includes('\\n')) ? ['--multiline'] : []),
    `--regexp=${pattern}`,
    '--',
    target,
  ];
}

/** The part of a glob that file names alone decide: `*.ts` of `src/*.ts`; null where there is none. The whole glob is checked later. */
function namePattern(glob: string): string | null {
  const name = glob.slice(glob.lastIndexOf('/') + 1);
  const braces = /^[^{}]*(?:\{[^{}]*\}[^{}]*)*$/.test(name);
  return name === '' || name === '**' || glob.startsWith('!') || !braces || /[\\:()]/.test(name) ? null : name;
}

/** The folder that a glob names before its first wildcard: `src` of `src/**`. */
function literalFolder(glob: string): string {
  const parts = glob.split('/').slice(0, -1);
  const wild = parts.findIndex((part) => part === '' || part === '..' || /[*?[\]{}()!\\]/.test(part));
  return (wild < 0 ? parts : parts.slice(0, wild)).join('/') || '.';
}

function runRipgrep(
  program: string,
  args: readonly string[],
  cwd: string,
  isWanted: (path: string) => boolean,
  matchesMax: number,
  signal: AbortSignal,
): Promise<{ matches: readonly TextMatch[]; truncated: boolean }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    const matches: TextMatch[] = [];
    let count = 0;
    let truncated = false;
    let faults = '';
    let rest = '';
    let last = { path: '', wanted: false };
    const onAbort = (): void => {
      child.kill('SIGKILL');
      reject(signal.reason as Error);
    };
    const onLine = (line: string): void => {
      const match = parseLine(line);
      if (match === null || truncated) return;
      if (match.path !== last.path) last = { path: match.path, wanted: isWanted(match.path) };
      if (!last.wanted) return;
      if (!match.context && ++count > matchesMax) {
        truncated = true;
        child.kill('SIGKILL');
        return;
      }
      matches.push(match);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(onLine);
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      if (faults.length < 4000) faults += chunk;
    });
    child.on('error', (thrown) => {
      signal.removeEventListener('abort', onAbort);
      reject(
        new JourneymanError('unavailable', `The search program ${program} did not start: ${thrown.message}.`, {
          cause: thrown,
        }),
      );
    });
    child.on('close', (exitCode) => {
      signal.removeEventListener('abort', onAbort);
      if (rest !== '') onLine(rest);
      if (exitCode === 2 && faults !== '' && matches.length === 0) reject(patternError(faults));
      else resolve({ matches, truncated });
    });
  });
}

/** `path NUL line : text` for a match, `-` instead of `:` for context; anything else is a remark of the program. */
function parseLine(line: string): TextMatch | null {
  const end = line.indexOf('\0');
  if (end < 0) return null;
  let mark = end + 1;
  while (line.charCodeAt(mark) >= 48 && line.charCodeAt(mark) <= 57) mark++;
  if (mark === end + 1) return null;
  const text = line.slice(mark + 1, line.endsWith('\r') ? -1 : undefined);
  return {
    path: line.slice(line.startsWith('./') ? 2 : 0, end),
    line: Number(line.slice(end + 1, mark)),
    text,
    context: line[mark] === '-',
  };
}

function patternError(faults: string): JourneymanError {
  const reason = faults.replace(/^rg: /, '').replace(/^~+\n/gm, '').trim();
  return new JourneymanError(
    'invalid_input',
    `The search was refused: ${reason}\nMend the pattern, or search for plain text with regex false.`,
  );
}

function byPlace(a: TextMatch, b: TextMatch): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.line - b.line;
}
