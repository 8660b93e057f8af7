#!/usr/bin/env node
// Checks that imports follow the plan of the house in ARCHITECTURE.md; this table is the plan in a form that can fail.
//
//   node scripts/floors.mjs       prints each import that breaks it
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { root } from './dependencies.mjs';

/**
 * The rooms of src/, floor by floor. An import goes down, or stays in its room: rooms of one floor do not know each
 * other. What they need of one another is a port of core, handed over by agent.ts.
 */
const FLOORS = [
  ['core'],
  [
    'log',
    'model',
    'permission',
    'hooks',
    'workspace',
    'review',
    'sandbox',
    'audit',
    'symbols',
    'memory',
    'trace',
    'protocol',
  ],
  ['context', 'tools'],
  ['session'],
  ['subagents', 'fleet'],
  ['editor'],
  ['doors'],
];

/** Files directly in src/ that are allowed there, and the folder that one of them has grown into: the room `doors`. */
const DOORS = ['extension.ts', 'cli.ts', 'agent.ts', 'indexer.ts', 'extractor.ts', 'cli/'];

/** A package is imported in one place only: a room, a folder or a file. What is not named here may not be imported. */
const HOMES = {
  minimatch: 'src/core/',
  '@cfworker/json-schema': 'src/core/',
  '@anthropic-ai/sdk': 'src/model/',
  diff: 'src/workspace/',
  ignore: 'src/workspace/',
  '@anthropic-ai/sandbox-runtime': 'src/sandbox/',
  'web-tree-sitter': 'src/symbols/',
  '@opentelemetry/*': 'src/trace/',
  '@modelcontextprotocol/sdk': 'src/tools/mcp',
  '@restatedev/*': 'src/fleet/',
  '@vscode/webview-ui-toolkit': 'webview-ui/controls.ts',
  '@vscode/codicons': 'webview-ui/',
  'lit-html': 'webview-ui/',
  'markdown-it': 'webview-ui/',
  'highlight.js': 'webview-ui/',
};

/** The editor is known to one room and to its door. */
const VSCODE_HOMES = ['src/editor/', 'src/extension.ts'];
/** These run without an editor: nothing that they reach may import it. */
const WITHOUT_EDITOR = ['src/cli.ts', 'src/agent.ts'];
/** These run in the panel's frame as well: nothing of Node. (And core takes no clock, no randomness, no I/O.) */
const WITHOUT_NODE = ['src/core/', 'src/protocol/', 'webview-ui/'];
/** What the panel may know of the rest. */
const PANEL_SEES = ['webview-ui/', 'src/protocol/'];

/** @typedef {ReadonlyMap<string, string>} Files text by path from the root of the project, with forward slashes */

/**
 * What breaks the plan, one sentence each; empty if nothing does.
 * @param {Files} files all of src/ and webview-ui/
 * @returns {string[]}
 */
export function checkFloors(files) {
  const problems = [];
  /** @type {Map<string, string[]>} */
  const graph = new Map();
  for (const [file, text] of files) {
    const imports = importsOf(text);
    graph.set(
      file,
      imports.filter((name) => name.startsWith('.')).map((name) => resolve(file, name)),
    );
    if (file.startsWith('src/') && floorOf(file) === undefined) {
      problems.push(`${file} is in no room: name its folder in scripts/floors.mjs, or move it into one`);
      continue;
    }
    for (const name of imports) {
      const why = name.startsWith('.') ? relativeProblem(file, resolve(file, name)) : packageProblem(file, name);
      if (why) problems.push(`${file} imports ${name}: ${why}`);
    }
  }
  for (const door of WITHOUT_EDITOR) {
    const way = wayTo(graph, door, (file) => importsOf(files.get(file) ?? '').includes('vscode'));
    if (way) problems.push(`${door} must run without an editor, but reaches vscode by ${way.join(' → ')}`);
  }
  return problems;
}

/**
 * @param {string} file
 * @param {string} target
 */
function relativeProblem(file, target) {
  if (file.startsWith('webview-ui/')) {
    return startsWithAny(target, PANEL_SEES) ? undefined : 'the panel knows src/protocol/ and nothing else of the rest';
  }
  const room = roomOf(file);
  const other = roomOf(target);
  if (target === 'package.json' && room === 'doors') return undefined; // a door knows its version
  if (/^media\/.*\.json$/.test(target)) return undefined; // data, which the build puts into the bundle
  if (!target.startsWith('src/') || other === undefined) return 'src/ imports only its own rooms';
  if (room === other) return undefined;
  const [from, to] = [floorOf(file) ?? 0, floorOf(target) ?? 0];
  if (from === to) return `${room} and ${other} are on one floor; what they share is a port of core`;
  return from > to ? undefined : `${other} is above ${room}; imports go down`;
}

/**
 * @param {string} file
 * @param {string} name
 */
function packageProblem(file, name) {
  if (name === 'vscode') {
    return startsWithAny(file, VSCODE_HOMES) ? undefined : `only ${VSCODE_HOMES.join(' and ')} know the editor`;
  }
  if (name.startsWith('node:')) {
    return startsWithAny(file, WITHOUT_NODE) ? 'this runs in a browser frame too, where there is no Node' : undefined;
  }
  const home = homeOf(name);
  if (home === undefined) return 'this package has no home; give it one in scripts/floors.mjs';
  return file.startsWith(home) ? undefined : `its home is ${home}`;
}

/** @param {string} name */
function homeOf(name) {
  const [scope, rest] = name.split('/');
  const packageName = name.startsWith('@') ? `${scope}/${rest}` : scope;
  return Object.entries(HOMES).find(([p]) => p === packageName || p === `${scope}/*`)?.[1];
}

/**
 * The shortest way along imports from a file to one that is looked for.
 * @param {ReadonlyMap<string, readonly string[]>} graph
 * @param {string} start
 * @param {(file: string) => boolean} isTarget
 * @returns {string[] | undefined}
 */
function wayTo(graph, start, isTarget) {
  const seen = new Set([start]);
  for (let ways = [[start]]; ways.length > 0;) {
    const longer = [];
    for (const way of ways) {
      const last = way.at(-1) ?? start;
      if (isTarget(last)) return way;
      for (const next of graph.get(last) ?? []) {
        if (seen.has(next)) continue;
        seen.add(next);
        longer.push([...way, next]);
      }
    }
    ways = longer;
  }
  return undefined;
}

/**
 * All that a file imports: types, `export … from`, `import()` and `require()` included.
 * @param {string} text
 */
function importsOf(text) {
  return ts.preProcessFile(text, true, true).importedFiles.map((i) => i.fileName);
}

/** @param {string} file */
function roomOf(file) {
  const inSrc = file.slice('src/'.length);
  if (DOORS.some((door) => (door.endsWith('/') ? inSrc.startsWith(door) : inSrc === door))) return 'doors';
  const room = inSrc.split('/')[0] ?? '';
  return inSrc.includes('/') && FLOORS.flat().includes(room) ? room : undefined;
}

/** @param {string} file */
function floorOf(file) {
  const room = roomOf(file);
  return room === undefined ? undefined : FLOORS.findIndex((rooms) => rooms.includes(room));
}

/**
 * @param {string} file
 * @param {string} name
 */
function resolve(file, name) {
  return path.posix.join(path.posix.dirname(file), name);
}

/**
 * @param {string} text
 * @param {readonly string[]} starts
 */
function startsWithAny(text, starts) {
  return starts.some((start) => text.startsWith(start));
}

/**
 * The sources of the project.
 * @returns {Files}
 */
export function readSources() {
  const files = ['src', 'webview-ui'].flatMap((folder) =>
    existsSync(path.join(root, folder))
      ? readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((f) => `${folder}/${f}`)
      : [],
  );
  const sources = files.map((f) => f.replaceAll('\\', '/')).filter((f) => /\.[cm]?[jt]sx?$/.test(f));
  return new Map(sources.sort().map((file) => [file, readFileSync(path.join(root, file), 'utf8')]));
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const problems = checkFloors(readSources());
  for (const problem of problems) console.error(problem);
  console.log(`floors: ${problems.length === 0 ? 'as planned' : `${problems.length} imports against the plan`}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
