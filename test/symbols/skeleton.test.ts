import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { DefinitionTable } from '../../src/symbols/facts.ts';
import { walkByCursor } from '../../src/symbols/extract/cursorWalk.ts';
import { factsByHeap, fastFacts } from '../../src/symbols/extract/fast.ts';
import { factsOfTree } from '../../src/symbols/extract/full.ts';
import { parse, startGrammars, type Grammar, type Grammars } from '../../src/symbols/extract/parser.ts';
import { scan } from '../../src/symbols/extract/scan.ts';
import { SourceBuffer } from '../../src/symbols/extract/scanSource.ts';
import { syntaxOf } from '../../src/symbols/extract/scanSyntax.ts';
import { scanTable } from '../../src/symbols/extract/scanTable.ts';
import { Tokens } from '../../src/symbols/extract/scanTokens.ts';
import { WordCounter } from '../../src/symbols/extract/scanWordCounter.ts';
import { skeletons } from '../../src/symbols/extract/skeletons.ts';
import { SkeletonWriter } from '../../src/symbols/extract/skeletonWriter.ts';
import { scanWords } from '../../src/symbols/extract/words.ts';
import { languageOf, type LanguageEntry } from '../../src/symbols/languages/languages.ts';
import type { LanguageRules } from '../../src/symbols/languages/rules.ts';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(file, 'utf8');
const filesBelow = (folder: string, ending: RegExp): string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => ending.test(file))
    .map((file) => path.join(root, folder, file));
const fixtures = filesBelow('test/fixtures/symbols', /\.\w+$/);
const sources = filesBelow('src/symbols', /\.ts$/);

const source = new SourceBuffer();
const tokens = new Tokens();
const counter = new WordCounter();
const writer = new SkeletonWriter();

function skeletonOf(language: string, text: string): string | null {
  const src = source.load(text);
  counter.begin(src);
  tokens.begin(text.length + 2);
  scan(src, text.length, scanTable(syntaxOf(language)), counter, tokens);
  if (!tokens.balanced) return null;
  writer.begin(src, text.length, tokens);
  if (skeletons[language]?.(tokens, writer, src) !== true) return null;
  writer.finish(text.length);
  return writer.toText();
}

describe('skeletons', () => {
  test.each([
    ['typescript', 'export class A { private b = [1000, 2000, 3000]; c(d: D): { e: E } { return f(); } }', 'export class A { private b = [1000, 2000, 3000]; c(d: D): { e: E } {} }'],
    ['typescript', 'const a = (b: B): Promise<C> => { work(); await it; };', 'const a = (b: B): Promise<C> => {};'],
    ['typescript', 'type A = () => { b: string }; // c', 'type A = () => { b: string }; '],
    ['typescript', 'register("a long first argument", { run() { work(); work(); } });', 'register("a long first argument", { run() {} });'],
    ['typescript', 'export const list = [{ id: "first" }, { id: "second" }];', 'export const list = [];'],
    ['javascript', 'const a = /[/"]{/.test(`${b("}")} and }`); function c() { return work(); }', 'const a = /[/"]{/.test(); function c() {}'],
    ['python', 'class A:\n  def b(self):\n    """C."""\n    return d  # e\n  f = g\n', 'class A:\n  def b(self):\n    pass\n  f = g\n'],
    ['go', 'func (a A) b(c func() error) (d interface{ E() }, err error) { return work() }\n', 'func (a A) b(c func() error) (d interface{ E() }, err error) {}\n'],
    ['rust', 'impl<T> A for B<T> { fn c<\'a>(&\'a self) -> Option<T> where T: D { work(); work(); } }', 'impl<T> A for B<T> { fn c<\'a>(&\'a self) -> Option<T> where T: D {} }'],
    ['java', 'class A { @B("a long argument") int c() throws D { return work(); } E e = new F() { void g() { work(); work(); } }; }', 'class A { @B() int c() throws D {} E e = new F() { void g() {} }; }'],
    ['c', 'struct a { int b; };\n#define C(d) do { work(d); } while (0 == 0)\nint e(int f) { return work(f); }\n', 'struct a { int b; };\n#define C(d) d\nint e(int f) {}\n'],
  ])('%s: %s', (language, text, skeleton) => {
    expect(skeletonOf(language, text)).toBe(skeleton);
  }); // prettier-ignore

  test('every character of any of them is the one in the source that it stands for', () => {
    const piece = fc.constantFrom(
      '{', '}', '(', ')', '[', ']', '<', '>', '=', '=>', ':', ';', ',', '.', '@', '#', '!', '?', '"', "'", '`', '${', '\\', '/', '*', '\n', '\r\n', '\t', ' ', '    ',
      'class A', 'function f', 'def f', 'func f', 'fn f', 'struct S', 'enum E', 'new B', 'const c', 'let d', 'interface I', 'type T', 'impl X', 'async', 'static', 'extern "C"',
      '"a text of some length"', '// a comment\n', '/* two\nlines */', '# note\n', '#define M(x) x + x + x + x + x + x\n', '"""', 'aLongerNameThanOthers', '12345', 'é', '😀',
      '(a, b, c, d, e, f)', '{ return work(); }', '[1, 2, 3, 4, 5, 6]', ':\n    return some(value)\n',
    ); // prettier-ignore
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(skeletons)),
        fc.array(piece, { maxLength: 60 }),
        (language, pieces) => {
          const text = pieces.join(' ');
          const skeleton = skeletonOf(language, text);
          for (let at = 0, last = 0; at < (skeleton?.length ?? 0); at++) {
            const from = writer.startAt(at);
            expect(from).toBeGreaterThanOrEqual(last);
            last = from;
            if (skeleton?.[at] === text[from]) continue;
            // Only what stands for something that was cut is not in the source.
            expect(' \npass').toContain(skeleton?.[at]);
          }
          expect(writer.endAt(skeleton?.length ?? 0)).toBeLessThanOrEqual(text.length);
        },
      ),
      { numRuns: 1500 },
    );
  });
});

describe('words', () => {
  test.each(fixtures.map((file) => [path.basename(file), file]))('of %s are those that a plain look finds', (_, file) => {
    const text = read(file);
    const plain = new Map<string, number>();
    for (const [word] of text.matchAll(/[0-9]*[$_\p{ID_Continue}]+/gu))
      if (!/^[0-9]/.test(word) && word.length >= 2 && word.length <= 60) plain.set(word, (plain.get(word) ?? 0) + 1);
    const { text: words, code, prose } = scanWords(text, null);
    const found = words === '' ? [] : words.split('\n').map((word, place) => [word, (code[place] ?? 0) + (prose[place] ?? 0)]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(plain));
  }); // prettier-ignore

  test('are told by where they stand', () => {
    const counted = (language: string, text: string): Record<string, string> => {
      const { text: words, code, prose } = scanWords(text, syntaxOf(language));
      return Object.fromEntries(words.split('\n').map((word, place) => [word, `${String(code[place])} ${String(prose[place])}`]));
    }; // prettier-ignore
    expect(counted('typescript', 'load(`from ${load} it`, /load "x/); // load it')).toEqual({
      load: '2 2', from: '0 1', it: '0 2',
    }); // prettier-ignore
    expect(counted('python', 'load("""a\nload"""\n) # load')).toEqual({ load: '1 2' });
    expect(counted('rust', 'fn load<\'it>(x: r#"it "load" it"#) {} /* a /* load */ it */')).toEqual({
      fn: '1 0', load: '1 2', it: '1 3',
    }); // prettier-ignore
    expect(counted('c', '#define load 1 // it\n#ifdef it {\nload\n#endif')).toEqual({
      define: '1 0', load: '2 0', it: '1 1', ifdef: '1 0', endif: '1 0',
    }); // prettier-ignore
  });
});

describe("the parser's memory", () => {
  let grammars: Grammars;
  beforeAll(async () => {
    grammars = await startGrammars(path.join(root, 'dist/grammars'));
  });

  const known = (file: string, text: string): { language: LanguageEntry; rules: LanguageRules; grammar: Grammar } | null => {
    const language = languageOf(file, text);
    const grammar = language?.grammar === undefined ? null : grammars.load(language.grammar);
    return language?.rules === undefined || grammar === null ? null : { language, rules: language.rules, grammar };
  }; // prettier-ignore

  test.each([...fixtures, ...sources].map((file) => [path.relative(root, file), file]))(
    'says of %s what its cursor says',
    (_, file) => {
      const text = read(file);
      const how = known(file, text);
      const tree = how === null ? null : parse(how.grammar, text);
      if (how === null || tree === null) return;
      const byCursor = factsOfTree(tree, how.rules, text, walkByCursor);
      expect(factsByHeap(grammars.module, how.grammar, tree, how.rules, text)).toEqual(byCursor);
      tree.delete();
    },
  );

  test.each([
    ['a.ts', (lines: string) => `function outer() {\n${lines}  function inner() { return work(); }\n}\n`, '  work();\n'],
    ['a.py', (lines: string) => `def outer():\n${lines}    def inner():\n        return work()\n`, '    work()\n'],
    ['a.rs', (lines: string) => `fn outer() {\n${lines}  fn inner() { work(); work(); }\n}\n`, '  work();\n'],
  ])('what a long function is made of is known without a whole look: %s', (file, text, line) => {
    const names = (source: string): readonly string[] | undefined => {
      const how = known(file, source);
      if (how === null) return undefined;
      const { language, ...rest } = how;
      const facts = fastFacts({ text: source, language: language.id, module: grammars.module, whole: false, ...rest });
      return facts?.whole === false ? facts.definitions.names : undefined;
    };
    expect(names(text(line.repeat(10)))).toEqual(['outer']);
    expect(names(text(line.repeat(130)))).toEqual(['outer', 'inner']);
  }); // prettier-ignore

  test("a skeleton says of the project's own files what the whole says, but for what is local", () => {
    for (const file of sources) {
      const text = read(file);
      const how = known(file, text);
      if (how === null) continue;
      const of = (whole: boolean): string[] => {
        const { language, ...rest } = how;
        const facts = fastFacts({ text, language: language.id, module: grammars.module, whole, ...rest });
        return facts === null ? [] : notLocal(facts.definitions);
      };
      expect(of(false)).toEqual(of(true));
    }
  });
});

function notLocal(table: DefinitionTable): string[] {
  return table.names.flatMap((name, place) =>
    table.local[place] === 1
      ? []
      : [
          [
            name, table.kinds[place], table.starts[place], table.ends[place], table.heads[place],
            table.startLines[place], table.endLines[place], table.names[table.parents[place] ?? -1],
          ].join(' '), // prettier-ignore
        ],
  );
}
