/**
 * What the extension costs an editor in which it is installed: its activation in a plain Node with just the calls of VS Code that
 * it may use by then, and the size of what is loaded and shipped.
 *
 *   npm run bench:start -- [--runs 15] [--json FILE] [--no-build]
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { median, printTable, writeJson, type Figure } from './table.ts';

const root = path.resolve(import.meta.dirname, '../..');
const dist = path.join(root, 'dist');
const vsix = path.join(root, 'out/journeyman.vsix');

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '15' },
    json: { type: 'string' },
    'no-build': { type: 'boolean', default: false },
  },
});
if (!values['no-build']) {
  const built = spawnSync(process.execPath, [path.join(root, 'scripts/package.mjs')], { stdio: 'inherit' });
  if (built.status !== 0) throw new Error('the build failed');
}

interface Activation {
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Files of ours that it read. */
  readonly files: readonly string[];
}

/** Any other use of VS Code's API is an error: activation registers, and nothing more. */
const activate = `
const Module = require('node:module');
const load = Module._load;
const disposable = { dispose() {} };
const vscode = {
  commands: { registerCommand: () => disposable },
  window: { registerWebviewViewProvider: () => disposable },
  workspace: { registerFileSystemProvider: () => disposable },
  languages: { registerCodeActionsProvider: () => disposable },
  CodeActionKind: { QuickFix: {} },
  EventEmitter: class {},
  ExtensionMode: { Production: 1, Development: 2, Test: 3 },
};
const packageJSON = require(process.argv[2]);
Module._load = (name, ...rest) => (name === 'vscode' ? vscode : load(name, ...rest));
const cpu = process.cpuUsage();
const from = performance.now();
const extension = require(process.argv[1]);
const globalStorageUri = { fsPath: '/nowhere' };
extension.activate({ subscriptions: [], extensionMode: 1, extension: { packageJSON }, globalStorageUri });
const wallMs = performance.now() - from;
const { user, system } = process.cpuUsage(cpu);
const files = Object.keys(require.cache).filter((file) => file.endsWith('.js'));
console.log(JSON.stringify({ cpuMs: (user + system) / 1000, wallMs, files }));
`;

const runs = Array.from({ length: Number(values.runs) }, (): Activation => {
  const args = ['-e', activate, path.join(dist, 'extension.js'), path.join(root, 'package.json')];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Activation;
});
const kb = (file: string): number => statSync(file).size / 1000;
const sum = (files: readonly string[]): number => files.reduce((total, file) => total + kb(file), 0);
const inDist = readdirSync(dist).filter((file) => file.endsWith('.js'));
const panel = inDist.filter((file) => file.startsWith('webview'));

const figures: readonly Figure[] = [
  { name: 'activation, wall', value: median(runs.map(({ wallMs }) => wallMs)), unit: 'ms', aim: 30 },
  { name: 'activation, CPU', value: median(runs.map(({ cpuMs }) => cpuMs)), unit: 'ms', aim: 30 },
  { name: 'read at activation', value: sum(runs[0]?.files ?? []), unit: 'kB' },
  {
    name: 'code for Node in all',
    value: sum(inDist.filter((file) => !panel.includes(file)).map(inDistPath)),
    unit: 'kB',
  },
  { name: 'code of the panel', value: sum(panel.map(inDistPath)), unit: 'kB' },
  { name: '.vsix', value: existsSync(vsix) ? kb(vsix) / 1000 : null, unit: 'MB', aim: 6 },
];

function inDistPath(file: string): string {
  return path.join(dist, file);
}

printTable(`Start, median of ${String(runs.length)}`, figures);
writeJson(values.json, { node: process.version, platform: process.platform, figures });
