// The plan of the house holds, and the check that says so can fail.
import { describe, expect, test } from 'vitest';
import { checkFloors, readSources } from '../scripts/floors.mjs';

function check(files: Readonly<Record<string, string>>): string[] {
  return checkFloors(new Map(Object.entries(files)));
}

test('the sources follow the plan', () => {
  expect(checkFloors(readSources())).toEqual([]);
});

describe('what follows the plan', () => {
  test.each<[string, string, string]>([
    ['down', 'src/session/a.ts', `import { b } from '../tools/b.ts';`],
    ['down by several floors', 'src/editor/a.ts', `import type { B } from '../core/b.ts';`],
    ['within a room', 'src/tools/mcp/a.ts', `import { b } from '../b.ts';`],
    ['a door to a door', 'src/extension.ts', `import { b } from './agent.ts';`],
    ['a door that has grown into a folder', 'src/cli/run.ts', `import { b } from '../agent.ts';`],
    ['a door to its version', 'src/cli.ts', `import { version } from '../package.json';`],
    ['data', 'src/model/a.ts', `import b from '../../media/b.json';`],
    ['the editor in its room', 'src/editor/a.ts', `import * as vscode from 'vscode';`],
    ['a package at home', 'src/model/a.ts', `import type { B } from '@anthropic-ai/sdk/resources/messages';`],
    ['a scope at home', 'src/trace/a.ts', `import { b } from '@opentelemetry/api';`],
    ['a package at home in a file', 'src/tools/mcp.ts', `const b = await import('@modelcontextprotocol/sdk/client');`],
    ['the panel and the protocol', 'webview-ui/a.ts', `import { b } from '../src/protocol/b.ts';`],
    ['what only looks like an import', 'src/core/a.ts', `// import '../session/b.ts'\nconst b = "from 'vscode'";`],
  ])('%s', (_what, file, text) => {
    expect(check({ [file]: text })).toEqual([]);
  });
});

describe('what does not', () => {
  test.each<[string, string, string]>([
    ['src/core/a.ts', `import { b } from '../log/b.ts';`, 'log is above core; imports go down'],
    ['src/core/a.ts', `export type { B } from '../session/b.ts';`, 'session is above core; imports go down'],
    [
      'src/log/a.ts',
      `const b = await import('../model/b.ts');`,
      'log and model are on one floor; what they share is a port of core',
    ],
    [
      'src/tools/a.ts',
      `import { b } from '../context/b.ts';`,
      'tools and context are on one floor; what they share is a port of core',
    ],
    ['src/editor/a.ts', `import { b } from '../agent.ts';`, 'doors is above editor; imports go down'],
    ['src/log/a.ts', `import { b } from '../../test/b.ts';`, 'src/ imports only its own rooms'],
    ['src/session/a.ts', `import type { Uri } from 'vscode';`, 'only src/editor/ and src/extension.ts know the editor'],
    ['src/core/a.ts', `import { b } from 'node:path';`, 'this runs in a browser frame too, where there is no Node'],
    ['src/tools/a.ts', `import { b } from 'minimatch';`, 'its home is src/core/'],
    ['src/tools/a.ts', `import { b } from '@modelcontextprotocol/sdk/client';`, 'its home is src/tools/mcp'],
    ['src/tools/a.ts', `import { b } from 'left-pad';`, 'this package has no home; give it one in scripts/floors.mjs'],
    [
      'webview-ui/a.ts',
      `import { b } from '../src/core/b.ts';`,
      'the panel knows src/protocol/ and nothing else of the rest',
    ],
    ['webview-ui/a.ts', `import { b } from '@vscode/webview-ui-toolkit';`, 'its home is webview-ui/controls.ts'],
  ])('%s: %s', (file, text, why) => {
    expect(check({ [file]: text })).toEqual([
      expect.stringMatching(new RegExp(`^${escape(file)} imports .*: ${escape(why)}$`)),
    ]);
  });

  test('a file outside of all rooms', () => {
    expect(check({ 'src/helpers.ts': '', 'src/utils/a.ts': '' })).toEqual([
      'src/helpers.ts is in no room: name its folder in scripts/floors.mjs, or move it into one',
      'src/utils/a.ts is in no room: name its folder in scripts/floors.mjs, or move it into one',
    ]);
  });

  test('a command line that reaches the editor by a detour', () => {
    const files = {
      'src/cli.ts': `import './cli/run.ts';`,
      'src/cli/run.ts': `const { b } = await import('../editor/b.ts');`,
      'src/editor/b.ts': `import * as vscode from 'vscode';`,
    };
    expect(check(files)).toEqual([
      'src/cli.ts must run without an editor, but reaches vscode by src/cli.ts → src/cli/run.ts → src/editor/b.ts',
    ]);
  });
});

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
