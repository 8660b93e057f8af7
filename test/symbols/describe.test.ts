// A definition in one line, and what its comment says, in the languages that the index knows.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describe } from '../../src/symbols/describe.ts';

/** `«` start, `¦` name, `»` head, `§` end. */
function described(language: string, marked: string): readonly [signature: string, doc: string] {
  const at = (mark: string): number => {
    const before = marked.slice(0, marked.indexOf(mark));
    return before.replace(/[«¦»§]/g, '').length;
  };
  const text = marked.replace(/[«¦»§]/g, '');
  const end = marked.includes('§') ? at('§') : text.length;
  const head = marked.includes('»') ? at('»') : end;
  const { signature, doc } = describe(text, { start: at('«'), nameStart: at('¦'), head, end }, language);
  return [signature, doc];
}

test.each<[what: string, language: string, text: string, signature: string, doc: string]>([
  [
    'a documented function over several lines',
    'typescript',
    `/**\n * Sends a file. Then waits.\n * @param file what\n */\n// eslint-disable-next-line max-params\n«export async function ¦upload(\n  file: File, // the file\n  /* how */ options: Options = { a: '// no' },\n): Promise<Receipt> »{\n}§`,
    `export async function upload(file: File, options: Options = { a: '// no' }): Promise<Receipt>`,
    'Sends a file.',
  ],
  [
    'an arrow',
    'tsx',
    `// Adds two\n// numbers, e.g. 1 and 2\n«const ¦add = (a: number) => »{ return 1 }§`,
    'const add = (a: number)',
    'Adds two numbers, e.g. 1 and 2',
  ],
  [
    'a decorated class',
    'typescript',
    `/** A view. */\n«@Component({ selector: ')', a: 1 })\n@Other\nexport class ¦A extends B »{}§`,
    `export class A extends B`,
    'A view.',
  ],
  ['a constant', 'javascript', `const a = 1; // one\n\n«const ¦b = 2;§`, 'const b = 2', ''],
  [
    'a comment of the line before is not its own',
    'javascript',
    `a(); /* says a */\n«function ¦b() »{}§`,
    'function b()',
    '',
  ],
  [
    'a docstring',
    'python',
    `# above\n«@app.route("/x")\n@cache\ndef ¦view(a,\n         b=":"):»\n    r"""Shows it.\n\n    Args:\n        a: x\n    """\n    return a§`,
    'def view(a, b=":")',
    'Shows it.',
  ],
  [
    'a comment where there is no docstring',
    'python',
    `# The base\n«class ¦A(B):»\n    x = "y"§`,
    'class A(B)',
    'The base',
  ],
  [
    'a function',
    'go',
    `// Serve runs it: 1.5 times\n// at least. Never twice.\n//go:noinline\n«func (s *Server) ¦Serve(l net.Listener) error »{}§`,
    'func (s *Server) Serve(l net.Listener) error',
    'Serve runs it: 1.5 times at least.',
  ],
  [
    'attributes below the comment',
    'rust',
    `/// Reads.\n///\n/// More.\n«#[derive(Debug, Clone)]\n#[serde(rename = "x")]\npub fn ¦read<'a>(x: &'a str) -> &'a str\nwhere\n    X: Y,\n»{}§`,
    `pub fn read<'a>(x: &'a str) -> &'a str where X: Y`,
    'Reads.',
  ],
  [
    'a comment below the attributes',
    'rust',
    `#[test]\n«#[inline]\n/// Reads it\nfn ¦read() »{}§`,
    'fn read()',
    'Reads it',
  ],
  [
    'attributes that its start leaves out',
    'rust',
    `//! the file\n/// Reads it\n#[inline]\n«fn ¦read() »{}§`,
    'fn read()',
    'Reads it',
  ],
  [
    'an annotated method',
    'java',
    `class A {\n  /**\n   * Gives the {@link Foo} of it.\n   */\n  «@Override\n  @Named("a(")\n  public <T> List<T> ¦get(@Nullable T t) throws E »{}§`,
    'public <T> List<T> get(@Nullable T t) throws E',
    'Gives the Foo of it.',
  ],
  ['an annotation type', 'java', `«public @interface ¦Named »{}§`, 'public @interface Named', ''],
  [
    'a function',
    'c',
    `/* Frees it.\n * Twice. */\n«static int\n¦free_it(void *p)\n»{}§`,
    'static int free_it(void *p)',
    'Frees it.',
  ],
  [
    'a template',
    'cpp',
    `// ------\n// Swaps\n// ------\n«[[nodiscard]]\ntemplate <typename T> T ¦swap(T a) »{}§`,
    'template <typename T> T swap(T a)',
    'Swaps',
  ],
  [
    'a summary',
    'csharp',
    `/// <summary>\n/// Gets a <see cref="Foo"/> of it.\n/// </summary>\n/// <param name="x">y</param>\n«[HttpGet("x[0]")]\npublic async Task<int> ¦Get(int x) »{}§`,
    'public async Task<int> Get(int x)',
    'Gets a Foo of it.',
  ],
  [
    'a method',
    'ruby',
    `# frozen_string_literal: true\n\n# Adds a thing\n# @param a [Integer]\n«def ¦add(a, b = {})»\n  1\nend§`,
    'def add(a, b = {})',
    'Adds a thing',
  ],
  [
    'a method',
    'php',
    `/** Gives it! */\n«#[Route('/x')]\npublic function ¦get(?int $x): string »{}§`,
    'public function get(?int $x): string',
    'Gives it!',
  ],
  [
    'an expression body',
    'kotlin',
    `/** Is it? */\n«@JvmStatic fun ¦isIt(x: Int): Boolean =» x > 1§`,
    'fun isIt(x: Int): Boolean',
    'Is it?',
  ],
  [
    'a function',
    'swift',
    `/// Draws.\n«@available(iOS 13, *)\nfunc ¦draw(_ x: Int) -> Void »{}§`,
    'func draw(_ x: Int) -> Void',
    'Draws.',
  ],
  ['a function', 'bash', `#!/bin/bash\n# Cleans up\n«¦clean() »{\n}§`, 'clean()', 'Cleans up'],
  [
    'a function',
    'lua',
    `--- Makes one.\n-- @tparam a\n«local function ¦make(a)» return a end§`,
    'local function make(a)',
    'Makes one.',
  ],
  [
    'a doc attribute',
    'elixir',
    `  @doc """\n  Fetches it.\n\n  More.\n  """\n  @spec fetch(a) ::\n          {:ok, b}\n  «def ¦fetch(a) when a > 1 do»\n    a\n  end§`,
    'def fetch(a) when a > 1',
    'Fetches it.',
  ],
  ['a module', 'elixir', `«defmodule ¦A.B do»\n  @moduledoc "Does A. And B."\nend§`, 'defmodule A.B', 'Does A.'],
  [
    'a function',
    'zig',
    `/// Parses.\n«pub fn ¦parse(x: []const u8) !void »{}§`,
    'pub fn parse(x: []const u8) !void',
    'Parses.',
  ],
  ['a heading', 'markdown', `<!-- note -->\n«## ¦How it works»\ntext§`, '## How it works', 'note'],
  ['a key', 'yaml', `# Where it listens\n«¦port: 80§`, 'port: 80', 'Where it listens'],
  ['a rule', 'css', `/* The row */\n«¦.row:hover »{}§`, '.row:hover', 'The row'],
])('%s in %s', (_what, language, text, signature, doc) => {
  expect(described(language, text)).toEqual([signature, doc]);
});

test('a head that never ends is cut', () => {
  const [signature] = described('json', `«"¦a": [${'1, '.repeat(100_000)}]§`);
  expect(signature).toHaveLength(200);
  expect(signature.endsWith('…')).toBe(true);
});

test('a licence is not what the first function is about', () => {
  expect(described('c', `/* Copyright (c) 2020 A\n * Licensed under X. */\n«int ¦f() »{}§`)).toEqual(['int f()', '']);
});

test('any text with any offsets has an answer on one line', () => {
  const piece = fc.constantFrom(
    ...Array.from('ab@#[](){}:=/*-<>!"\'` \n\r'),
    '/*',
    '*/',
    '"""',
    '@doc',
    '<!--',
    '--[[',
    '\ud800',
  );
  const language = fc.constantFrom(null, 'typescript', 'python', 'rust', 'elixir', 'php', 'lua', 'html', 'nothing');
  const offset = fc.integer({ min: -5, max: 70 });
  fc.assert(
    fc.property(
      fc.array(piece),
      language,
      offset,
      offset,
      offset,
      offset,
      (pieces, id, start, nameStart, head, end) => {
        const { signature, doc } = describe(pieces.join(''), { start, end, head, nameStart }, id);
        expect(signature + doc).not.toMatch(/\n/);
        expect(Math.max(signature.length, doc.length)).toBeLessThanOrEqual(200);
      },
    ),
    { numRuns: 500 },
  );
});
