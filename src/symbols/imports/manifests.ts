/** What the manifests of a workspace say of names: packages, modules and crates, and the aliases of TypeScript. */
import { posix } from 'node:path';
import { isObject } from '../../core/json.ts';
import type { ReadText } from '../view.ts';
import { folderOf, foldersAbove, join, type PathTable } from './pathTable.ts';

/** Manifests above this size are data, and more of them than this are samples. */
const manifestChars = 500_000;
const manifestsMax = 5000;
/** A configuration that extends another, which extends another: more is a loop. */
const extendsMax = 6;

export interface ScriptPackage {
  readonly folder: string;
  /** Files that the name alone may mean, the likeliest first. */
  readonly entries: readonly string[];
  readonly exports: readonly Alias[];
  /** Those with `#`. */
  readonly imports: readonly Alias[];
}
/** `prefix*suffix`, or `prefix` alone where `suffix` is null, means `targets`, in which `*` is what stood there. */
export interface Alias {
  readonly prefix: string;
  readonly suffix: string | null;
  readonly targets: readonly string[];
}
export interface ScriptConfig {
  /** Where bare names begin; null: they are packages. */
  readonly base: string | null;
  /** Targets are paths of the workspace. */
  readonly aliases: readonly Alias[];
}
export interface Crate {
  readonly folder: string;
  /** `src/lib.rs`, or what `[lib]` says. */
  readonly root: string;
}

export interface Manifests {
  /** By folder. */
  readonly scriptConfigs: ReadonlyMap<string, ScriptConfig>;
  readonly scriptFolders: ReadonlyMap<string, ScriptPackage>;
  readonly crateFolders: ReadonlyMap<string, Crate>;
  /** By name. */
  readonly scripts: ReadonlyMap<string, ScriptPackage>;
  readonly goModules: ReadonlyMap<string, string>;
  readonly crates: ReadonlyMap<string, Crate>;
  readonly dart: ReadonlyMap<string, string>;
  /** `Name\Space\` and its folder, the longest first. */
  readonly php: readonly (readonly [prefix: string, folder: string])[];
}

const names = ['package.json', 'tsconfig.json', 'jsconfig.json', 'go.mod', 'Cargo.toml', 'composer.json', 'pubspec.yaml'] as const; // prettier-ignore

/** Whether a change of this file may change what imports mean. */
export function isManifest(path: string): boolean {
  const name = posix.basename(path);
  return names.some((other) => other === name) || /^tsconfig\..*\.?json$/.test(name);
}

/** Total: what cannot be read or understood says nothing. Where two have one name, the one nearer to the top counts. */
export function readManifests(files: PathTable, readText: ReadText): Manifests {
  const read = (path: string): string => (readText(path) ?? '').slice(0, manifestChars);
  const all = (name: (typeof names)[number]): readonly string[] =>
    [...files.named(name)].sort((a, b) => a.length - b.length || (a < b ? -1 : 1)).slice(0, manifestsMax);
  const scriptConfigs = new Map<string, ScriptConfig>();
  const scriptFolders = new Map<string, ScriptPackage>();
  const crateFolders = new Map<string, Crate>();
  const scripts = new Map<string, ScriptPackage>();
  const goModules = new Map<string, string>();
  const crates = new Map<string, Crate>();
  const dart = new Map<string, string>();
  const php: [string, string][] = [];

  for (const path of [...all('tsconfig.json'), ...all('jsconfig.json')]) {
    const config = scriptConfig(path, files, read);
    if (config !== null && !scriptConfigs.has(folderOf(path))) scriptConfigs.set(folderOf(path), config);
  }
  for (const path of all('package.json')) {
    const json = parseJson(read(path));
    const found = scriptPackage(folderOf(path), json);
    scriptFolders.set(found.folder, found);
    if (typeof json['name'] === 'string' && !scripts.has(json['name'])) scripts.set(json['name'], found);
  }
  for (const path of all('go.mod')) {
    const name = /^module[ \t]+"?([^\s"]+)/m.exec(read(path))?.[1];
    if (name !== undefined && !goModules.has(name)) goModules.set(name, folderOf(path));
  }
  for (const path of all('Cargo.toml')) {
    const text = read(path);
    const name = tomlValue(text, 'lib', 'name') ?? tomlValue(text, 'package', 'name');
    const root = join(folderOf(path), tomlValue(text, 'lib', 'path') ?? 'src/lib.rs');
    const crate = { folder: folderOf(path), root };
    if (name !== null) crateFolders.set(crate.folder, crate);
    const word = name?.replaceAll('-', '_');
    if (word !== undefined && !crates.has(word)) crates.set(word, crate);
  }
  for (const path of all('pubspec.yaml')) {
    const name = /^name:[ \t]*["']?([\w-]+)/m.exec(read(path))?.[1];
    if (name !== undefined && !dart.has(name)) dart.set(name, folderOf(path));
  }
  for (const path of all('composer.json')) {
    const json = parseJson(read(path));
    for (const part of ['autoload', 'autoload-dev'])
      for (const [prefix, folder] of Object.entries(record(record(json[part])['psr-4'])))
        for (const one of strings(folder)) php.push([prefix, join(folderOf(path), one)]);
  }
  php.sort(([a], [b]) => b.length - a.length);
  return { scriptConfigs, scriptFolders, crateFolders, scripts, goModules, crates, dart, php };
}

/** What counts for a file: of its folder or the next one above that has some. */
export function above<T>(byFolder: ReadonlyMap<string, T>, path: string): T | null {
  for (const folder of foldersAbove(folderOf(path))) {
    const found = byFolder.get(folder);
    if (found !== undefined) return found;
  }
  return null;
}

/** Targets for what an alias stands for; [] when it is not this one. */
export function targetsOf(alias: Alias, specifier: string): readonly string[] {
  if (alias.suffix === null) return specifier === alias.prefix ? alias.targets : [];
  const long = specifier.length >= alias.prefix.length + alias.suffix.length;
  if (!long || !specifier.startsWith(alias.prefix) || !specifier.endsWith(alias.suffix)) return [];
  const star = specifier.slice(alias.prefix.length, specifier.length - alias.suffix.length);
  return alias.targets.map((target) => target.replace('*', () => star));
}

function scriptConfig(path: string, files: PathTable, read: (path: string) => string): ScriptConfig | null {
  let base: string | null = null;
  let aliases: readonly Alias[] | null = null;
  const pending = [path];
  for (let count = 0; count < extendsMax && pending.length > 0; count++) {
    const at = pending.pop() ?? path;
    const json = parseJson(read(at));
    const options = record(json['compilerOptions']);
    const ownBase = typeof options['baseUrl'] === 'string' ? join(folderOf(at), options['baseUrl']) : null;
    base ??= ownBase;
    if (aliases === null && typeof options['paths'] === 'object') {
      const from = ownBase ?? base ?? folderOf(at);
      aliases = aliasesOf(record(options['paths'])).map((alias) => ({
        ...alias,
        targets: alias.targets.map((target) => join(from, target)),
      }));
    }
    for (const other of strings(json['extends'])) {
      const file = join(folderOf(at), other);
      const found = [file, `${file}.json`, `${file}/tsconfig.json`].find((one) => files.has(one));
      if (found !== undefined && /^\.{0,2}\//.test(other)) pending.push(found);
    }
  }
  return base === null && aliases === null ? null : { base, aliases: aliases ?? [] };
}

function scriptPackage(folder: string, json: Readonly<Record<string, unknown>>): ScriptPackage {
  const exported = json['exports'];
  const map = record(exported);
  const isMap = Object.keys(map).some((key) => key.startsWith('.'));
  const exports = isMap ? aliasesOf(map) : exported === undefined ? [] : aliasesOf({ '.': exported });
  const main = ['source', 'module', 'main', 'types', 'typings', 'browser'].flatMap((key) => strings(json[key]));
  return {
    folder,
    entries: [...exports.flatMap((alias) => targetsOf(alias, '.')), ...main],
    exports,
    imports: aliasesOf(record(json['imports'])),
  };
}

/** The most exact first. */
function aliasesOf(map: Readonly<Record<string, unknown>>): readonly Alias[] {
  return Object.entries(map)
    .map(([key, value]): Alias => {
      const star = key.indexOf('*');
      return {
        prefix: star === -1 ? key : key.slice(0, star),
        suffix: star === -1 ? null : key.slice(star + 1),
        targets: [...new Set(strings(value))],
      };
    })
    .sort((a, b) => Number(a.suffix !== null) - Number(b.suffix !== null) || b.prefix.length - a.prefix.length);
}

/** All texts in it, however deep under conditions. */
function strings(value: unknown, depth = 0): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth > 6) return [];
  return Object.values(value).flatMap((one) => strings(one, depth + 1));
}

function tomlValue(text: string, table: string, key: string): string | null {
  const start = new RegExp(`^\\[${table}\\][ \\t]*(?:#.*)?$`, 'm').exec(text);
  if (!start) return null;
  const body = text.slice(start.index + start[0].length).split(/^\[/m, 1)[0] ?? '';
  return new RegExp(`^${key}[ \\t]*=[ \\t]*["']([^"'\\n]+)["']`, 'm').exec(body)?.[1] ?? null;
}

/** With comments and commas at ends, as editors' configurations have them; {} for what is no object. */
function parseJson(text: string): Readonly<Record<string, unknown>> {
  for (const tried of [
    text,
    text.replace(/("(?:[^"\\]|\\[^])*(?:"|$))|\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|,(?=\s*[}\]])/g, '$1'),
  ]) {
    try {
      return record(JSON.parse(tried));
    } catch {
      continue; // the second time: not JSON of any kind, it says nothing
    }
  }
  return {};
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}
