import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createExtractor } from '../../src/symbols/extract/extractor.ts';
import { grammars } from '../support/grammars.ts';
import { tempFolder } from '../support/tempFolder.ts';

test('a language whose grammar is gone or broken counts by its words, and says so', async () => {
  const machine = readFileSync(path.join(grammars, 'web-tree-sitter.wasm'));
  const json = readFileSync(path.join(grammars, 'json.wasm'));
  const folder = await tempFolder({ 'web-tree-sitter.wasm': machine, 'json.wasm': json, 'go.wasm': 'no module' });
  const extractor = await createExtractor({ grammars: folder });
  const how = (file: string, text: string): string => extractor.extract(file, text, true).how;
  expect([how('a.go', 'func f() {}'), how('a.rb', 'def f; end'), how('a.json', '{"a": 1}')]).toEqual([
    'words',
    'words',
    'parsed',
  ]);
  expect(extractor.follow('a.go', 'func f() {}').words.text.split('\n')).toEqual(['func']);
  expect(extractor.withoutGrammar()).toEqual(['Go', 'Ruby']);
});
