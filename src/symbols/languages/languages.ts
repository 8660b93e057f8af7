/** The languages that the index knows, and how a file tells which one it is in. */
import { css, html, json, toml, yaml } from './data.ts';
import { bash, elixir, lua, php, python, ruby } from './dynamic.ts';
import { csharp, dart, java, kotlin, scala, swift } from './managed.ts';
import type { LanguageRules } from './rules.ts';
import { javascript, typescript } from './script.ts';
import { c, cpp, go, rust, zig } from './systems.ts';

export interface LanguageEntry {
  readonly id: string;
  /** As people call it. */
  readonly name: string;
  /** With their dot, in lower case. */
  readonly extensions: readonly string[];
  /** Whole names of files, as they are. */
  readonly files?: readonly string[];
  /** Programs that a first line `#!…` may name. */
  readonly programs?: readonly string[];
  /** File in the folder of the grammars, without `.wasm`, and what to look for in its trees; none: it is read by hand. */
  readonly grammar?: string;
  readonly rules?: LanguageRules;
}

export const languages: readonly LanguageEntry[] = [
  {
    id: 'typescript', name: 'TypeScript', extensions: ['.ts', '.mts', '.cts'], programs: ['deno', 'ts-node', 'tsx'],
    grammar: 'typescript', rules: typescript,
  },
  { id: 'tsx', name: 'TSX', extensions: ['.tsx'], grammar: 'tsx', rules: typescript },
  {
    id: 'javascript', name: 'JavaScript', extensions: ['.js', '.jsx', '.mjs', '.cjs', '.es6'], files: ['Jakefile'],
    programs: ['node', 'bun'], grammar: 'javascript', rules: javascript,
  },
  {
    id: 'python', name: 'Python', extensions: ['.py', '.pyi', '.pyw', '.bzl'], programs: ['python', 'python2', 'python3'],
    files: ['SConstruct', 'SConscript', 'wscript', 'BUILD.bazel', 'WORKSPACE'], grammar: 'python', rules: python,
  },
  { id: 'go', name: 'Go', extensions: ['.go'], grammar: 'go', rules: go },
  { id: 'rust', name: 'Rust', extensions: ['.rs'], grammar: 'rust', rules: rust },
  { id: 'java', name: 'Java', extensions: ['.java'], grammar: 'java', rules: java },
  { id: 'c', name: 'C', extensions: ['.c'], grammar: 'c', rules: c },
  {
    id: 'cpp', name: 'C++', extensions: ['.cpp', '.cc', '.cxx', '.c++', '.hpp', '.hh', '.hxx', '.h++', '.ipp', '.inl', '.tpp', '.cu', '.cuh', '.ino'],
    grammar: 'cpp', rules: cpp,
  },
  { id: 'csharp', name: 'C#', extensions: ['.cs', '.csx'], grammar: 'csharp', rules: csharp },
  {
    id: 'ruby', name: 'Ruby', extensions: ['.rb', '.rake', '.gemspec', '.ru', '.podspec'], programs: ['ruby'],
    files: ['Rakefile', 'Gemfile', 'Guardfile', 'Vagrantfile', 'Podfile', 'Fastfile', 'Brewfile'], grammar: 'ruby', rules: ruby,
  },
  { id: 'php', name: 'PHP', extensions: ['.php', '.phtml', '.php5', '.inc'], programs: ['php'], grammar: 'php', rules: php },
  { id: 'kotlin', name: 'Kotlin', extensions: ['.kt', '.kts'], grammar: 'kotlin', rules: kotlin },
  { id: 'scala', name: 'Scala', extensions: ['.scala', '.sc', '.sbt'], grammar: 'scala', rules: scala },
  { id: 'swift', name: 'Swift', extensions: ['.swift'], programs: ['swift'], grammar: 'swift', rules: swift },
  {
    id: 'bash', name: 'Bash', extensions: ['.sh', '.bash', '.zsh', '.ksh', '.bats'], programs: ['sh', 'bash', 'zsh', 'dash', 'ksh'],
    files: ['.bashrc', '.bash_profile', '.profile', '.zshrc', 'PKGBUILD'], grammar: 'bash', rules: bash,
  },
  { id: 'lua', name: 'Lua', extensions: ['.lua', '.luau'], programs: ['lua', 'luajit'], grammar: 'lua', rules: lua },
  { id: 'elixir', name: 'Elixir', extensions: ['.ex', '.exs'], programs: ['elixir'], grammar: 'elixir', rules: elixir },
  { id: 'zig', name: 'Zig', extensions: ['.zig', '.zon'], grammar: 'zig', rules: zig },
  { id: 'dart', name: 'Dart', extensions: ['.dart'], programs: ['dart'], grammar: 'dart', rules: dart },
  { id: 'markdown', name: 'Markdown', extensions: ['.md', '.markdown', '.mdx', '.mdown', '.mkd'] },
  { id: 'html', name: 'HTML', extensions: ['.html', '.htm', '.xhtml'], grammar: 'html', rules: html },
  { id: 'css', name: 'CSS', extensions: ['.css'], grammar: 'css', rules: css },
  {
    id: 'json', name: 'JSON', extensions: ['.json', '.jsonc', '.webmanifest', '.code-workspace'],
    files: ['.babelrc', '.eslintrc', '.prettierrc'], grammar: 'json', rules: json,
  },
  { id: 'yaml', name: 'YAML', extensions: ['.yaml', '.yml'], files: ['.clang-format'], grammar: 'yaml', rules: yaml },
  { id: 'toml', name: 'TOML', extensions: ['.toml'], files: ['Pipfile'], grammar: 'toml', rules: toml },
]; // prettier-ignore

const byExtension = new Map(languages.flatMap((one) => one.extensions.map((extension) => [extension, one])));
const byFile = new Map(languages.flatMap((one) => (one.files ?? []).map((file) => [file, one])));
const byProgram = new Map(languages.flatMap((one) => (one.programs ?? []).map((program) => [program, one])));
const byId = new Map(languages.map((one) => [one.id, one]));

/** By name, or by its first line; null when it is none of these. */
export function languageOf(path: string, text: string): LanguageEntry | null {
  const file = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  const named = byFile.get(file);
  if (named !== undefined) return named;
  const dot = file.lastIndexOf('.');
  const extension = dot < 0 ? '' : file.slice(dot).toLowerCase();
  if (extension === '.h') return byId.get(isCpp(text) ? 'cpp' : 'c') ?? null;
  return byExtension.get(extension) ?? (extension === '' || dot === 0 ? ofProgram(text) : null);
}

export function languageNamed(id: string): LanguageEntry | null {
  return byId.get(id) ?? null;
}

/** A header says so by words that C does not have. */
function isCpp(text: string): boolean {
  return /^[ \t]*(?:(?:class|namespace|template|using)\b|(?:public|private|protected):|#include <[a-z_]+>)|\bstd::/m.test(
    text,
  );
}

function ofProgram(text: string): LanguageEntry | null {
  const line = /^#!\s*(?:\S*\/)?(?:env\s+(?:-S\s+)?(?:\S*\/)?)?([\w.+-]+)/.exec(text.slice(0, 200));
  const program = line?.[1]?.replace(/[\d.]+$/, '');
  return (program === undefined ? undefined : byProgram.get(program)) ?? null;
}
