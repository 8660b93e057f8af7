/**
 * The files of the workspace that may hold code, with their dates: as ignore files leave them, without what is binary by its name, too
 * large, or a link. Read at once and folder by folder, for a thread of its own.
 */
import { lstatSync, readdirSync, type Dirent, type Stats } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { limits } from '../core/limits.ts';
import { ignoreFileNames, isIgnored, readRules, type IgnoreRules } from './ignoreFiles.ts';
import { isWithin, placesIn } from './place.ts';

export interface CodeFile {
  /** As the tools name it. */
  readonly path: string;
  readonly absolute: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
}

export interface CodeFiles {
  /** All of the workspace, one folder at a time. */
  all(): Generator<readonly CodeFile[]>;
  /** What stands at a path now: the file, or what is in the folder. */
  at(absolute: string): Generator<readonly CodeFile[]>;
  /** As the tools name it and where it is; null for what no file can be called. */
  locate(path: string): { readonly path: string; readonly absolute: string } | null;
  /** Whether what a file says decides which files there are. */
  decides(path: string): boolean;
}

export function codeFiles(folders: readonly string[]): CodeFiles {
  const places = placesIn(folders);
  const nameOf = (absolute: string): string => places.locate(absolute).path;

  function* below(absolute: string, fromTop: string, outer: readonly IgnoreRules[]): Generator<readonly CodeFile[]> {
    const children = childrenOf(absolute);
    const own = children.some(({ name }) => ignoreFileNames.includes(name)) ? readRules(absolute, fromTop) : [];
    const rules = own.length === 0 ? outer : [...outer, ...own.map((one) => one.rules)];
    const prefix = nameOf(absolute);
    const files: CodeFile[] = [];
    const inner: string[] = [];
    for (const child of children) {
      const { name } = child;
      const isFolder = child.isDirectory();
      if (isFolder ? isPackages(name) : !child.isFile() || isBinaryName(name)) continue;
      if (isIgnored(rules, fromTop === '' ? name : `${fromTop}/${name}`, isFolder)) continue;
      if (isFolder) {
        inner.push(name);
        continue;
      }
      const file = join(absolute, name);
      const stat = statOf(file);
      if (stat !== null && stat.size <= limits.fileBytesMax) {
        const path = prefix === '.' ? name : `${prefix}/${name}`;
        files.push({ path, absolute: file, sizeBytes: stat.size, mtimeMs: stat.mtimeMs });
      }
    }
    if (files.length > 0) yield files;
    for (const name of inner) yield* below(join(absolute, name), fromTop === '' ? name : `${fromTop}/${name}`, rules);
  }

  return {
    *all() {
      // A folder within another is listed with that one.
      for (const folder of folders) {
        if (!folders.some((other) => other !== folder && isWithin(other, folder))) yield* below(folder, '', []);
      }
    },
    *at(absolute) {
      const top = folders.find((folder) => isWithin(folder, absolute));
      if (top === undefined) return;
      const fromTop = relative(top, absolute).split(sep).join('/');
      const stat = statOf(absolute);
      if (stat === null || (!stat.isFile() && !stat.isDirectory())) return;
      const rules = fromTop === '' ? [] : rulesAbove(top, fromTop, stat.isDirectory());
      if (rules === null) return;
      if (stat.isDirectory()) yield* below(absolute, fromTop, rules);
      else if (!isBinaryName(absolute) && stat.size <= limits.fileBytesMax) {
        yield [{ path: nameOf(absolute), absolute, sizeBytes: stat.size, mtimeMs: stat.mtimeMs }];
      }
    },
    locate(path) {
      try {
        return places.locate(path);
      } catch {
        return null;
      }
    },
    decides: (path) => ignoreFileNames.some((name) => path === name || path.endsWith(`/${name}`)),
  };
}

/** null: it is hidden. */
function rulesAbove(top: string, fromTop: string, isFolder: boolean): readonly IgnoreRules[] | null {
  const parts = fromTop.split('/');
  const rules: IgnoreRules[] = [];
  for (let i = 0; i < parts.length; i++) {
    const folder = parts.slice(0, i).join('/');
    rules.push(...readRules(join(top, folder), folder).map((one) => one.rules));
    const isLast = i === parts.length - 1;
    const path = parts.slice(0, i + 1).join('/');
    if (isIgnored(rules, path, !isLast || isFolder)) return null;
    if ((!isLast || isFolder) && isPackages(parts[i] ?? '')) return null;
    if (!isLast && statOf(join(top, path))?.isDirectory() !== true) return null; // a link on the way
  }
  return rules;
}

function childrenOf(absolute: string): readonly Dirent[] {
  try {
    return readdirSync(absolute, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return []; // gone meanwhile, or it may not be read
  }
}

function statOf(absolute: string): Stats | null {
  try {
    return lstatSync(absolute, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null; // it may not be looked at
  }
}

/** Installed, not written here; where no ignore file names them they would bury everything else. */
function isPackages(name: string): boolean {
  return packageFolders.has(name);
}
const packageFolders = new Set('node_modules bower_components __pycache__ .venv .tox .mypy_cache .hg .svn'.split(' '));

function isBinaryName(name: string): boolean {
  return binaryEndings.has(extname(name).toLowerCase());
}
const binaryEndings = new Set(
  (
    '.7z .a .aac .ai .avi .avif .bin .bmp .br .bz2 .class .cur .dat .db .dll .dmg .doc .docx .dylib .ear .eot .eps .exe .flac .gif .gz .icns ' +
    '.ico .idx .iso .jar .jpeg .jpg .lib .m4a .mkv .mo .mov .mp3 .mp4 .mpeg .mpg .node .npy .o .obj .ogg .otf .pack .parquet .pb .pdb .pdf .pkl ' +
    '.png .ppt .pptx .psd .pyc .pyd .rar .so .sqlite .sqlite3 .tar .tgz .tif .tiff .ttf .wasm .wav .webm .webp .whl .woff .woff2 .xls .xlsx .xz ' +
    '.zip .zst'
  ).split(' '),
);
