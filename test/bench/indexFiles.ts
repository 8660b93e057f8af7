/** The files of a tree that are measured, by language, and what the bench's parts share. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { startGrammars, type Grammars } from '../../src/symbols/extract/parser.ts';
import { languages, type LanguageEntry } from '../../src/symbols/languages/languages.ts';
import { indexLimits } from '../../src/symbols/indexLimits.ts';
import type { Cost } from './indexWork.ts';

/** As `universal-ctags` calls them. */
export const measured: Readonly<Record<string, { readonly endings: readonly string[]; readonly ctags: string }>> = {
  typescript: { endings: ['.ts', '.mts', '.cts'], ctags: 'TypeScript' },
  python: { endings: ['.py'], ctags: 'Python' },
  go: { endings: ['.go'], ctags: 'Go' },
  rust: { endings: ['.rs'], ctags: 'Rust' },
  java: { endings: ['.java'], ctags: 'Java' },
  c: { endings: ['.c'], ctags: 'C' },
};

export const dist = path.resolve(import.meta.dirname, '../../dist');
export const grammarFolder = path.join(dist, 'grammars');

export interface MeasuredFile {
  readonly absolute: string;
  readonly bytes: number;
}

/** Those that are parsed at all: no links, not too large. */
export function filesOf(tree: string, language: string): MeasuredFile[] {
  const endings = measured[language]?.endings ?? [];
  return readdirSync(tree, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !/[\\/](?:\.git|node_modules)[\\/]/.test(file))
    .map((absolute) => ({ absolute, bytes: statSync(absolute).size }))
    .filter(({ bytes }) => bytes <= indexLimits.parsedChars)
    .sort((one, other) => (one.absolute < other.absolute ? -1 : 1));
}

export function entryOf(language: string): LanguageEntry {
  const entry = languages.find(({ id }) => id === language);
  if (entry === undefined) throw new Error(`${language} is not among the languages of the index.`);
  return entry;
}

export function openGrammars(): Promise<Grammars> {
  if (!existsSync(grammarFolder)) throw new Error('The grammars are missing: run "npm run build" first.');
  return startGrammars(grammarFolder);
}

/** A folder with these files alone, under the paths that they have. */
export function folderOf(tree: string, files: readonly MeasuredFile[], into: string): string {
  for (const { absolute } of files) {
    const target = path.join(into, path.relative(tree, absolute));
    mkdirSync(path.dirname(target), { recursive: true });
    try {
      linkSync(absolute, target);
    } catch {
      copyFileSync(absolute, target);
    }
  }
  return into;
}

/** null: it is not installed. */
export function ctagsProgram(): string | null {
  for (const program of ['universal-ctags', 'ctags']) {
    const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
    if (typeof stdout === 'string' && stdout.includes('Universal Ctags')) return program;
  }
  return null;
}

/** User CPU of a program, of all its threads; its own output is thrown away. */
export function userMsOf(program: string, args: readonly string[]): number {
  const script = 'TIMEFORMAT="%U"; time "$@" > /dev/null 2> /dev/null';
  const { stderr } = spawnSync('bash', ['-c', script, 'bash', program, ...args], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } }); // prettier-ignore
  return Number(stderr.trim()) * 1000;
}

/** Runs a part of this bench in a process of its own and reads the line of JSON that it prints. */
export function inOwnProcess(work: string, args: readonly string[]): Cost {
  const out = execFileSync(process.execPath, [process.argv[1] ?? '', '--work', work, ...args], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(out) as Cost;
}
