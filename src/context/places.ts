/** What the output of commands points at: stack frames, diagnostics and failing tests, in the forms of many languages. */

/** As it is written there; columns and what follows left out. */
export interface FoundPlace {
  readonly path: string;
  readonly line: number;
}
export interface Pointers {
  /** The most telling first. */
  readonly places: readonly FoundPlace[];
  /** Functions of the frames, and tests that failed. */
  readonly names: readonly string[];
  /** Lines that say what went wrong. */
  readonly lines: readonly string[];
}

export function readPointers(text: string): Pointers {
  const found: Found = { places: [], names: [], lines: [] };
  const pythonFrames: FoundPlace[] = [];
  let file: string | null = null;
  for (const line of telling(text)) {
    if (foreign.test(line)) continue;
    const python = pythonFrame.exec(line);
    if (python) {
      const [, path = '', number, name] = python;
      pythonFrames.unshift({ path, line: Number(number) }); // the innermost comes last there
      if (name !== undefined) found.names.push(name);
      continue;
    }
    file = reported(line, file, found);
    const maven = mavenTest.exec(line);
    if (maven) {
      found.lines.push(line.trim());
      addName(maven[1], found);
      continue;
    }
    if (failing.some((pattern) => addName(pattern.exec(line)?.[1], found))) found.lines.push(line.trim());
    else if (wrong.test(line)) found.lines.push(line.trim());
    readLine(line, found);
  }
  return {
    places: distinct([...pythonFrames, ...found.places], ({ path, line }) => `${path}:${String(line)}`).slice(
      0,
      placesMax,
    ),
    names: distinct(found.names, (name) => name).slice(0, namesMax),
    lines: distinct(found.lines, (line) => line).slice(0, linesMax),
  };
}

const placesMax = 20;
const namesMax = 20;
const linesMax = 12;
/** Of a long output: where it begins, and where it says how it ended. */
const headLines = 200;
const tailLines = 400;
const lineChars = 400;

interface Found {
  readonly places: FoundPlace[];
  readonly names: string[];
  readonly lines: string[];
}

function telling(text: string): readonly string[] {
  const all = text.split('\n');
  const lines = all.length <= headLines + tailLines ? all : [...all.slice(0, headLines), ...all.slice(-tailLines)];
  return lines.map((line) => line.slice(0, lineChars).replace(colours, ''));
}

/** Frames of other people's code: a whole line is about it. */
const foreign =
  /(?:^|[\s(/\\"])(?:node_modules|site-packages|dist-packages|\.cargo|\.pnpm)[/\\]|\(node:|\bat (?:[\w.@-]*\/)*(?:java|javax|jdk|sun|kotlin|scala)\.|\bat (?:System|Microsoft)\./;

const colours = /\x1b\[[\d;]*m/g;
/** `File "/w/a.py", line 12, in parse` */
const pythonFrame = /^\s*File "([^"]+)", line (\d+)(?:, in (\S+))?/;
/** `at Parser.parse (src/a.ts:12:3)`; Node, Deno, browsers. */
const scriptFrame = /\bat (?:async )?(?:new )?([\w$.<>#[\] ]+?) \((?:file:\/\/)?(\S+?):(\d+)(?::\d+)?\)/;
/** `at com.acme.Parser.parse(Parser.java:12)`; the path is that of its package. */
const jvmFrame = /\bat (?:[\w.@-]*\/)*([\w$.]+)\.([\w$<>]+)\(([\w$-]+\.(?:java|kt|kts|scala|groovy)):(\d+)\)/;
/** `at Acme.Parser.Parse(String text) in /w/Parser.cs:line 12` */
const dotnetFrame = /\bat ([\w.<>`[\],]+)\(.*?\) in (.+?):line (\d+)/;
/** `#0 /w/a.php(12): Parser->parse()`, and `in /w/a.php on line 12` */
const phpFrame = /^#\d+ (\S+?)\((\d+)\): ([\w\\:>{}-]+)/;
const phpError = /\bin (\S+\.php) on line (\d+)/;
/** `src/a.ts(3,4): error TS2304: …`, MSBuild likewise. */
const bracketed = /^\s*(\S[^()\n]*?\.\w+)\((\d+),\d+\): (?:error|warning|fatal)/;
/** `a.rb:12:in 'Parser#parse'` */
const rubyFrame = /(\S+\.rb):(\d+):in [`']([^']+)'/;
/** `path:12:3` and `path:12` anywhere: compilers, Go, Rust, Swift, linters, test runners. */
const anywhere =
  /(?:^|[\s"'`([<>=│❯|])(?:file:\/\/)?((?:[A-Za-z]:)?[\w@.+~/\\-]*[\w@+~-]\.[A-Za-z]\w{0,9}):(\d+)(?!\d*[\w.])/g;
/** A linter's report: the path alone, then its lines. */
const pathAlone = /^((?:[A-Za-z]:)?[\w@.+~/\\-]*[/\\][\w@.+~-]+\.[A-Za-z]\w{0,9})$/;
const underPath = /^\s+(\d+):\d+\s+(?:error|warning)\s/;
/** Names of tests that failed. */
const failing: readonly RegExp[] = [
  /^\s*(?:FAIL|FAILED|✕|×|✗|✖|●|not ok \d+ -?)\s+(?!\d+ problem)(.+?)(?: - .*|\s+\(?\d+(?:\.\d+)?\s?m?s\)?)?\s*$/,
  /^\s*--- FAIL: (\S+)/,
  /^test (\S+) \.\.\. FAILED/,
  /^(?:FAIL|ERROR): (\S+ \(.+\))/,
];
/** Maven's, whose line number is no file's. */
const mavenTest = /^\[ERROR\]\s+([\w$]+(?:\.[\w$]+)+):\d+ /;
const wrong =
  /\b(?:error|exception|panic(?:ked)?|fatal|assert\w*|expected|undefined|cannot|traceback)\b|\w(?:Error|Exception)\b/i;

/** Follows a report that names a file once for several lines. */
function reported(line: string, file: string | null, found: Found): string | null {
  const alone = pathAlone.exec(line.trim())?.[1];
  if (alone !== undefined) return alone;
  const under = underPath.exec(line)?.[1];
  if (file !== null && under !== undefined) found.places.push({ path: file, line: Number(under) });
  return line.trim() === '' ? null : file;
}

function readLine(line: string, found: Found): void {
  const add = (path: string | undefined, number: string | undefined, name?: string): void => {
    if (path !== undefined) found.places.push({ path, line: Number(number) });
    addName(name, found);
  };
  const jvm = jvmFrame.exec(line);
  if (jvm) {
    const [, type = '', method, file = '', number] = jvm;
    const folder = type.replace(/\$.*$/, '').split('.').slice(0, -1).join('/');
    add(folder === '' ? file : `${folder}/${file}`, number, `${type.slice(type.lastIndexOf('.') + 1)}.${method ?? ''}`);
    return;
  }
  const dotnet = dotnetFrame.exec(line);
  if (dotnet) {
    add(dotnet[2], dotnet[3], dotnet[1]);
    return;
  }
  const php = phpFrame.exec(line);
  if (php) {
    add(php[1], php[2], php[3]);
    return;
  }
  const compiler = bracketed.exec(line);
  if (compiler) {
    add(compiler[1], compiler[2]);
    return;
  }
  const phpOnLine = phpError.exec(line);
  if (phpOnLine) add(phpOnLine[1], phpOnLine[2]);
  const script = scriptFrame.exec(line);
  const ruby = rubyFrame.exec(line);
  if (script) addName(script[1], found);
  if (ruby) addName(ruby[3], found);
  for (const [, path, number] of line.matchAll(anywhere)) add(path, number);
}

function addName(name: string | undefined, { names }: Found): boolean {
  if (name === undefined || name.trim() === '' || /^(?:Object\.)?<anonymous>$/.test(name)) return false;
  names.push(name.trim());
  return true;
}

function distinct<T>(all: readonly T[], keyOf: (one: T) => string): readonly T[] {
  const keys = new Set<string>();
  return all.filter((one) => {
    const key = keyOf(one);
    const isNew = !keys.has(key);
    keys.add(key);
    return isNew;
  });
}
