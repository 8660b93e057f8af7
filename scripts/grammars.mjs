#!/usr/bin/env node
// Puts the parsers of the languages that the symbol index reads into dist/grammars/, unless they are there already.
//
//   node scripts/grammars.mjs
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './dependencies.mjs';

export const grammarsFolder = path.join(root, 'dist/grammars');

/** Name in the folder → file below node_modules. `web-tree-sitter.wasm` is the machine that runs the others. */
const files = {
  'web-tree-sitter': 'web-tree-sitter/web-tree-sitter.wasm',
  bash: 'tree-sitter-bash/tree-sitter-bash.wasm',
  c: 'tree-sitter-c/tree-sitter-c.wasm',
  cpp: 'tree-sitter-cpp/tree-sitter-cpp.wasm',
  csharp: 'tree-sitter-c-sharp/tree-sitter-c_sharp.wasm',
  css: 'tree-sitter-css/tree-sitter-css.wasm',
  dart: 'tree-sitter-wasms/out/tree-sitter-dart.wasm',
  elixir: 'tree-sitter-wasms/out/tree-sitter-elixir.wasm',
  go: 'tree-sitter-go/tree-sitter-go.wasm',
  html: 'tree-sitter-html/tree-sitter-html.wasm',
  java: 'tree-sitter-java/tree-sitter-java.wasm',
  javascript: 'tree-sitter-javascript/tree-sitter-javascript.wasm',
  json: 'tree-sitter-json/tree-sitter-json.wasm',
  kotlin: '@tree-sitter-grammars/tree-sitter-kotlin/tree-sitter-kotlin.wasm',
  lua: '@tree-sitter-grammars/tree-sitter-lua/tree-sitter-lua.wasm',
  php: 'tree-sitter-php/tree-sitter-php.wasm',
  python: 'tree-sitter-python/tree-sitter-python.wasm',
  ruby: 'tree-sitter-ruby/tree-sitter-ruby.wasm',
  rust: 'tree-sitter-rust/tree-sitter-rust.wasm',
  scala: 'tree-sitter-scala/tree-sitter-scala.wasm',
  swift: 'tree-sitter-wasms/out/tree-sitter-swift.wasm',
  toml: '@tree-sitter-grammars/tree-sitter-toml/tree-sitter-toml.wasm',
  tsx: 'tree-sitter-typescript/tree-sitter-tsx.wasm',
  typescript: 'tree-sitter-typescript/tree-sitter-typescript.wasm',
  yaml: '@tree-sitter-grammars/tree-sitter-yaml/tree-sitter-yaml.wasm',
  zig: '@tree-sitter-grammars/tree-sitter-zig/tree-sitter-zig.wasm',
};

/** Packages whose code goes into the folder, below the root of the project. */
export const grammarPackages = [...new Set(Object.values(files))]
  .map((file) => `node_modules/${/^(@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? ''}`)
  .filter((folder, at, all) => all.indexOf(folder) === at && !folder.endsWith('/tree-sitter-wasms'));

/** Licences of the grammars that come in `tree-sitter-wasms`, which does not bring them: name and text. */
export function grammarLicences() {
  const folder = path.join(root, 'scripts/licences');
  return readdirSync(folder).map(
    (file) =>
      /** @type {const} */ ([path.basename(file, '.txt'), readFileSync(path.join(folder, file), 'utf8').trim()]),
  );
}

/** Makes the folder hold exactly these files, and writes nothing when it does. Returns the folder. */
export function prepareGrammars() {
  const stamp = path.join(grammarsFolder, 'made-of.json');
  const wanted = madeOf();
  const names = Object.keys(files).map((name) => `${name}.wasm`);
  const complete = names.every((name) => existsSync(path.join(grammarsFolder, name)));
  if (complete && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return grammarsFolder;
  mkdirSync(grammarsFolder, { recursive: true });
  for (const [name, file] of Object.entries(files)) {
    const bytes = readFileSync(path.join(root, 'node_modules', file));
    replace(path.join(grammarsFolder, `${name}.wasm`), upgraded(bytes) ?? bytes);
  }
  for (const name of readdirSync(grammarsFolder)) {
    if (name.endsWith('.wasm') && !names.includes(name)) rmSync(path.join(grammarsFolder, name), { force: true });
  }
  replace(stamp, wanted);
  return grammarsFolder;
}

/** Changes when a package or this script does. */
function madeOf() {
  const packages = new Set(Object.values(files).map((file) => /^(@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? ''));
  const versions = [...packages].sort().map((name) => {
    const manifest = JSON.parse(readFileSync(path.join(root, 'node_modules', name, 'package.json'), 'utf8'));
    return `${name} ${manifest.version}`;
  });
  return JSON.stringify({ files, versions }, null, 1);
}

/**
 * @param {string} file
 * @param {string | Uint8Array} content
 */
function replace(file, content) {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, content);
  renameSync(temporary, file);
}

/**
 * A module whose head is the section `dylink` of old, rewritten as `dylink.0`, the one that is read today: the same four
 * numbers (memory size and alignment, table size and alignment) as its first subsection. null when it is of today already.
 * @param {Uint8Array} bytes
 */
function upgraded(bytes) {
  const magic = 8;
  if (bytes[magic] !== 0) return null; // no custom section in front
  const [length, body] = readNumber(bytes, magic + 1);
  const [nameLength, nameAt] = readNumber(bytes, body);
  const name = Buffer.from(bytes.subarray(nameAt, nameAt + nameLength)).toString('latin1');
  if (name !== 'dylink') return null;
  let at = nameAt + nameLength;
  const memory = [];
  for (let i = 0; i < 4; i++) {
    const [value, next] = readNumber(bytes, at);
    memory.push(...number(value));
    at = next;
  }
  if (readNumber(bytes, at)[0] !== 0) throw new Error('a grammar that needs other libraries cannot be loaded');
  const section = [8, ...Buffer.from('dylink.0'), 1, ...number(memory.length), ...memory];
  const head = Buffer.from([0, ...number(section.length), ...section]);
  return Buffer.concat([bytes.subarray(0, magic), head, bytes.subarray(body + length)]);
}

/**
 * LEB128: the value, and where the next one starts.
 * @param {Uint8Array} bytes
 * @param {number} at
 * @returns {[number, number]}
 */
function readNumber(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] ?? 0;
    value |= (byte & 127) << shift;
    if ((byte & 128) === 0) return [value >>> 0, at];
  }
}

/** @param {number} value */
function number(value) {
  const bytes = [];
  do {
    bytes.push((value & 127) | (value > 127 ? 128 : 0));
    value >>>= 7;
  } while (value > 0);
  return bytes;
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) prepareGrammars();
