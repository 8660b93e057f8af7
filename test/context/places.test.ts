// What the output of commands points at, in the forms of many languages.
import { describe, expect, test } from 'vitest';
import { readPointers } from '../../src/context/places.ts';

const cases: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
  [
    'Node',
    `TypeError: Cannot read properties of undefined (reading 'size')
    at Uploader.upload (/w/src/upload.ts:12:3)
    at async run (file:///w/src/main.ts:40:5)
    at /w/src/cli.ts:7:1
    at node:internal/main/run_main_module:28:49`,
    ['/w/src/upload.ts:12', '/w/src/main.ts:40', '/w/src/cli.ts:7'],
    ['Uploader.upload', 'run'],
  ],
  [
    'Python, the innermost first',
    `Traceback (most recent call last):
  File "/w/app/main.py", line 3, in <module>
    run()
  File "app/parse.py", line 88, in parse_line
    raise ValueError("bad")
ValueError: bad`,
    ['app/parse.py:88', '/w/app/main.py:3'],
    ['<module>', 'parse_line'],
  ],
  [
    'Go',
    `--- FAIL: TestUpload (0.00s)
    upload_test.go:21: got 3, want 4
panic: runtime error: index out of range
goroutine 1 [running]:
main.upload(0xc000012345)
	/w/cmd/upload.go:33 +0x1d
./server.go:7:2: undefined: handler`,
    ['upload_test.go:21', '/w/cmd/upload.go:33', './server.go:7'],
    ['TestUpload'],
  ],
  [
    'Rust',
    `error[E0425]: cannot find value \`x\` in this scope
  --> src/parse.rs:14:9
thread 'parse::tests::empty' panicked at src/lib.rs:80:5:
test parse::tests::empty ... FAILED`,
    ['src/parse.rs:14', 'src/lib.rs:80'],
    ['parse::tests::empty'],
  ],
  [
    'Java and Kotlin',
    `java.lang.IllegalStateException: closed
	at com.acme.io.Uploader$Worker.run(Uploader.java:57)
	at app//com.acme.Main.main(Main.kt:9)
	at java.base/java.lang.Thread.run(Thread.java:833)
[ERROR] UploaderTest.closes:31 expected true`,
    ['com/acme/io/Uploader.java:57', 'com/acme/Main.kt:9'],
    ['Uploader$Worker.run', 'Main.main', 'UploaderTest.closes'],
  ],
  [
    'C#',
    `   at Acme.Parsing.Parser.Parse(String text) in /w/src/Parser.cs:line 41
src/Program.cs(9,13): error CS0103: The name 'x' does not exist`,
    ['/w/src/Parser.cs:41', 'src/Program.cs:9'],
    ['Acme.Parsing.Parser.Parse'],
  ],
  [
    'Ruby',
    `lib/parser.rb:12:in 'Parser#parse': bad line (ArgumentError)
	from bin/run.rb:3:in \`<main>'`,
    ['lib/parser.rb:12', 'bin/run.rb:3'],
    ['Parser#parse', '<main>'],
  ],
  [
    'PHP',
    `PHP Fatal error:  Uncaught Error: Call to undefined function in /w/src/run.php on line 8
#0 /w/src/parse.php(20): Parser->parse()`,
    ['/w/src/run.php:8', '/w/src/parse.php:20'],
    ['Parser->parse'],
  ],
  [
    'C and Swift compilers',
    `src/main.c:10:5: error: use of undeclared identifier 'x'
Sources/App/main.swift:3:1: warning: unused`,
    ['src/main.c:10', 'Sources/App/main.swift:3'],
    [],
  ],
  ['Elixir', '     (app 0.1.0) lib/app/parser.ex:12: App.Parser.parse/1', ['lib/app/parser.ex:12'], []],
  ['tsc', "src/a.ts(3,4): error TS2304: Cannot find name 'x'.", ['src/a.ts:3'], []],
  [
    'a linter that names a file once',
    `/w/src/a.ts
  3:4  error  'x' is never used  no-unused-vars
  9:1  warning  long

✖ 2 problems`,
    ['/w/src/a.ts:3', '/w/src/a.ts:9'],
    [],
  ],
  [
    'vitest, with colours',
    `\x1b[31m FAIL \x1b[39m test/upload.test.ts > uploads > twice
 ❯ test/upload.test.ts:14:20
AssertionError: expected 1 to be 2`,
    ['test/upload.test.ts:14'],
    ['test/upload.test.ts > uploads > twice'],
  ],
  [
    'pytest',
    `tests/test_upload.py:31: AssertionError
FAILED tests/test_upload.py::TestUpload::test_twice - assert 1 == 2`,
    ['tests/test_upload.py:31'],
    ['tests/test_upload.py::TestUpload::test_twice'],
  ],
];

describe('frames, diagnostics and failing tests', () => {
  test.each(cases)('%s', (_name, text, places, names) => {
    const found = readPointers(text);
    expect([found.places.map(({ path, line }) => `${path}:${String(line)}`), found.names]).toEqual([places, names]);
  });
});

test('what is no place: addresses, times, versions', () => {
  expect(readPointers('GET http://localhost.example:8080/a at 12:30:11, v1.2:3, done in 4.5s').places).toEqual([]);
});

test('of a long output its beginning and its end count', () => {
  const line = (n: number): string => `src/f${String(n)}.ts:${String(n)}:1: error`;
  const { places, lines } = readPointers(
    Array.from({ length: 5000 }, (_, n) => (n === 0 || n === 4999 || n === 2500 ? line(n) : 'ok')).join('\n'),
  );
  expect(places).toEqual([
    { path: 'src/f0.ts', line: 0 },
    { path: 'src/f4999.ts', line: 4999 },
  ]);
  expect(lines).toEqual([line(0), line(4999)]);
});
