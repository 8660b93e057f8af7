/** Reads a line as bash and zsh read it: every simple command in it, at any depth, and what keeps it from being plain. */
import type { Assignment, Command, Redirect, ShellLine, Word } from './line.ts';

/** Deeper nesting is no line that anybody reads. */
const depthMax = 40;

/** Never throws: what cannot be read is said in `unread` or `alarm`. */
export function readBash(text: string, zsh = false, depth = 0): ShellLine {
  return new Reader(text, zsh, depth).line();
}

/** Words after which a command begins. */
const opening = new Set([
  'if',
  'then',
  'else',
  'elif',
  'while',
  'until',
  'do',
  'coproc',
  '!',
  '{',
  '}',
  'fi',
  'done',
  'esac',
]);
/** Words after which names and data follow, not a command. */
const naming = new Set(['for', 'select', 'case', 'function', '[[', 'in']);

const openers = /['"`]|\$[{(]/;

class Reader {
  readonly #text: string;
  readonly #zsh: boolean;
  readonly #depth: number;
  readonly #commands: Command[] = [];
  #at = 0;
  #unread: string | null = null;
  #alarm: string | null = null;
  #opened = false;
  /** Delimiters of here-documents whose text begins on the next line. */
  readonly #documents: { readonly end: string; readonly plain: boolean }[] = [];

  constructor(text: string, zsh: boolean, depth: number) {
    this.#text = text;
    this.#zsh = zsh;
    this.#depth = depth;
  }

  line(): ShellLine {
    if (this.#depth > depthMax)
      return { commands: [], unread: 'deep nesting', alarm: 'it is nested too deeply to be read' };
    this.#list('');
    return { commands: this.#commands, unread: this.#unread, alarm: this.#alarm };
  }

  /** Up to `end`, which is taken; '' is the end of the text. */
  #list(end: '' | ')'): void {
    let piped = false;
    /** Commands from here on are the body of this function. */
    let body: { readonly name: string; readonly from: number } | null = null;
    while (this.#at < this.#text.length) {
      const sign = this.#text[this.#at] ?? '';
      if (sign === end) {
        this.#at++;
        this.#checkBody(body);
        return;
      }
      if (/[ \t]/.test(sign)) this.#at++;
      else if (this.#joint()) this.#at += 2;
      else if (sign === '\n') {
        this.#at++;
        this.#documentTexts();
        piped = false;
      } else if (sign === '#') {
        this.#odd('a comment');
        this.#at++; // what stands in it is judged all the same: not every shell knows comments here
      } else if (sign === '(') {
        this.#odd('`(`');
        this.#at++;
        this.#list(')');
      } else if (sign === ')' || sign === '}') {
        this.#odd(`\`${sign}\``);
        this.#at++;
      } else if (/[;&|]/.test(sign)) {
        const separator = /^(?:&&|\|\||\|&|;;&?|;&|&(?!>)|;|\|)/.exec(this.#text.slice(this.#at, this.#at + 3))?.[0];
        if (separator === undefined) piped = this.#command(piped);
        else {
          this.#at += separator.length;
          if (!['&&', '||', ';', '|'].includes(separator)) this.#odd(`\`${separator}\``);
          piped = separator.startsWith('|') && separator !== '||';
        }
      } else {
        piped = this.#command(piped);
        const name = this.#defined();
        if (name !== null) {
          this.#commands.pop();
          body = { name, from: this.#commands.length };
        }
      }
    }
    this.#checkBody(body);
    if (end !== '') this.#odd('an open bracket');
  }

  #checkBody(body: { readonly name: string; readonly from: number } | null): void {
    if (body === null) return;
    const calls = this.#commands.slice(body.from).filter(({ words }) => words[0]?.text === body.name);
    if (calls.length > 1) this.#alarm ??= 'a function calls itself';
  }

  /** Right after the name of a function: its brackets are taken. */
  #defined(): string | null {
    const brackets = /^[ \t]*\([ \t]*\)/.exec(this.#text.slice(this.#at, this.#at + 40));
    const name = this.#commands.at(-1)?.words.at(-1)?.text;
    if (brackets === null || name === undefined) return null;
    this.#odd('a function');
    this.#at += brackets[0].length;
    return name;
  }

  /** One simple command. Returns whether what follows is fed by a pipe: never, a separator says so. */
  #command(piped: boolean): false {
    const start = this.#at;
    const words: Word[] = [];
    const assignments: Assignment[] = [];
    const redirects: Redirect[] = [];
    let isData = false;
    let fed: Command['fed'] = piped ? 'pipe' : null;
    while (this.#at < this.#text.length) {
      const sign = this.#text[this.#at] ?? '';
      if (/[ \t]/.test(sign)) {
        this.#at++;
        continue;
      }
      if (this.#joint()) {
        this.#at += 2;
        continue;
      }
      const redirect = /^(?:\d+|\{\w+\})?(?:&>>?|>>|>\||>&|<<<|<<-?|<>|<&|[<>](?!\())/.exec(
        this.#text.slice(this.#at, this.#at + 40),
      )?.[0];
      if (redirect !== undefined) {
        this.#at += redirect.length;
        const one = this.#redirect(redirect);
        redirects.push(one);
        if (one.sign.startsWith('<')) fed ??= 'text';
        continue;
      }
      if (/[\n;|)&]/.test(sign)) break;
      if (sign === '#') {
        this.#odd('a comment');
        break;
      }
      if (sign === '(') {
        // A function's brackets end the command before them; others hold values or a list of their own.
        if (words.length > 0 && /^\([ \t]*\)/.test(this.#text.slice(this.#at, this.#at + 20))) break;
        this.#odd('`(`');
        this.#at++;
        this.#list(')');
        continue;
      }
      const word = this.#word();
      const bare = word.raw === word.text;
      const value = /^([A-Za-z_]\w*(?:\[[^\]]*\])?)\+?=/.exec(word.raw);
      if (words.length === 0 && !isData && value !== null) {
        assignments.push({
          name: value[1] ?? '',
          value: { ...word, text: word.text.slice(word.text.indexOf('=') + 1) },
        });
        this.#odd('a variable that is set');
      } else if (bare && words.length === 0 && !isData && opening.has(word.text)) {
        this.#odd(`\`${word.text}\``);
      } else if (bare && words.length === 0 && naming.has(word.text)) {
        this.#odd(`\`${word.text}\``);
        isData = true;
      } else if (isData && bare && (word.text === 'do' || word.text === '{')) isData = false;
      else if (!isData) words.push(word);
    }
    const text = this.#text.slice(start, this.#at).trim();
    const inPipe = piped || /^\|(?!\|)/.test(this.#text.slice(this.#at, this.#at + 2));
    if (words.length + assignments.length + redirects.length > 0)
      this.#commands.push({ words, assignments, redirects, fed, inPipe, text });
    return false;
  }

  #redirect(written: string): Redirect {
    const sign = written.replace(/^(?:\d+|\{\w+\})/, '');
    while (/[ \t]/.test(this.#text[this.#at] ?? '')) this.#at++;
    const target = this.#word();
    const quiet = /^[12]?>>?$/.test(written) && target.raw === '/dev/null';
    const copies = /^[12]?>&$/.test(written) && /^[12]$/.test(target.raw);
    if (!quiet && !copies) this.#odd(`\`${sign}\``);
    if (sign.startsWith('<<') && sign !== '<<<') {
      this.#documents.push({ end: target.text, plain: target.raw !== target.text });
    }
    return { sign, target };
  }

  /** The texts of here-documents: data, but for what is expanded in them. */
  #documentTexts(): void {
    for (const { end, plain } of this.#documents.splice(0)) {
      const from = this.#at;
      for (;;) {
        const stop = this.#text.indexOf('\n', this.#at);
        const one = this.#text.slice(this.#at, stop < 0 ? undefined : stop);
        this.#at = stop < 0 ? this.#text.length : stop + 1;
        if (one.replace(/^\t+/, '') === end || stop < 0) break;
      }
      if (!plain) this.#inner(quotedText(this.#text.slice(from, this.#at)));
    }
  }

  /** A backslash at the end of a line. */
  #joint(): boolean {
    return this.#text[this.#at] === '\\' && this.#text[this.#at + 1] === '\n';
  }

  #word(): Word {
    const start = this.#at;
    const word = { text: '', dynamic: false, glob: false, brace: false, variables: [] as string[] };
    let bracket = false;
    while (this.#at < this.#text.length) {
      const sign = this.#text[this.#at] ?? '';
      if (/[ \t\n;|&]/.test(sign) || sign === ')' || (/[<>]/.test(sign) && this.#text[this.#at + 1] !== '(')) break;
      if (sign === '(') {
        if (this.#at === start || !/[=@?*+!,]$/.test(this.#text.slice(start, this.#at))) break;
        this.#odd('`(`');
        if (this.#zsh && word.glob) this.#alarm ??= 'a zsh glob can run code';
        this.#at++;
        this.#list(')');
        word.dynamic = true;
        continue;
      }
      this.#at++;
      if (sign === '\\') {
        const next = this.#text[this.#at] ?? '';
        if (next === '') this.#odd('a `\\` at the end');
        this.#at++;
        if (next !== '\n') word.text += next;
      } else if (sign === "'") word.text += this.#quoted();
      else if (sign === '"') this.#doubleQuoted(word);
      else if (sign === '$' || sign === '`') this.#expansion(sign, word);
      else if (/[<>]/.test(sign)) {
        this.#odd(`\`${sign}(\``);
        this.#at++;
        this.#list(')');
        word.dynamic = true;
      } else {
        if (/[*?]/.test(sign) || (sign === ']' && bracket)) word.glob = true;
        if (sign === '[') bracket = true;
        if (sign === '{' && this.#text[this.#at] !== '}') {
          word.brace = true;
          this.#odd('`{`');
        }
        word.text += sign;
      }
    }
    const raw = this.#text.slice(start, this.#at);
    return { ...word, raw, home: raw.startsWith('~') };
  }

  #quoted(): string {
    const end = this.#text.indexOf("'", this.#at);
    const text = this.#text.slice(this.#at, end < 0 ? undefined : end);
    if (end < 0) this.#open();
    this.#at = end < 0 ? this.#text.length : end + 1;
    return text;
  }

  #doubleQuoted(word: { text: string; dynamic: boolean; variables: string[] }): void {
    for (;;) {
      const sign = this.#text[this.#at];
      if (sign === undefined) {
        this.#open();
        return;
      }
      this.#at++;
      if (sign === '"') return;
      if (sign === '\\') {
        const next = this.#text[this.#at] ?? '';
        if (/[$`"\\\n]/.test(next)) this.#at++;
        word.text += next === '\n' ? '' : /[$`"\\]/.test(next) ? next : sign;
      } else if (sign === '$' || sign === '`') this.#expansion(sign, word, true);
      else word.text += sign;
    }
  }

  #expansion(sign: string, word: { text: string; dynamic: boolean; variables: string[] }, inQuotes = false): void {
    const rest = this.#text.slice(this.#at, this.#at + 200);
    if (sign === '`') {
      this.#odd('a backtick');
      const inner = /^(?:[^`\\]|\\[\s\S])*/.exec(this.#text.slice(this.#at))?.[0] ?? '';
      this.#at += inner.length + 1;
      if (this.#at > this.#text.length) this.#open();
      this.#inner(readBash(inner.replace(/\\([\\`$])/g, '$1'), this.#zsh, this.#depth + 1));
    } else if (rest.startsWith('(')) {
      this.#odd('`$(`');
      this.#at++;
      const inner = new Reader(this.#text.slice(this.#at), this.#zsh, this.#depth + 1);
      this.#at += inner.upTo(')');
      this.#inner({ commands: inner.#commands, unread: inner.#unread, alarm: inner.#alarm });
    } else if (rest.startsWith('{')) {
      this.#odd('`$`');
      const name = /^\{[!#]?(?:\([^)]*\))?(\w+)/.exec(rest)?.[1];
      if (name !== undefined) word.variables.push(name);
      this.#at++;
      this.#braced(word);
    } else if (rest.startsWith("'") && !inQuotes) {
      this.#odd("`$'`");
      const inner = /^'((?:[^'\\]|\\[\s\S])*)'?/.exec(this.#text.slice(this.#at));
      this.#at += inner?.[0].length ?? 1;
      word.text += decoded(inner?.[1] ?? '');
      return;
    } else {
      const name = /^(?:\w+|[@*#?$!-])/.exec(rest)?.[0];
      if (name === undefined) {
        if (rest.startsWith('"') && !inQuotes) this.#odd('`$"`');
        else {
          this.#odd('`$`');
          word.text += sign;
        }
        return;
      }
      this.#odd('`$`');
      word.variables.push(name);
      this.#at += name.length;
    }
    word.dynamic = true;
  }

  /** In `${…}`, up to its end: words and expansions of any depth. */
  #braced(word: { text: string; dynamic: boolean; variables: string[] }): void {
    const scratch = { text: '', dynamic: false, variables: word.variables };
    for (;;) {
      const sign = this.#text[this.#at];
      if (sign === undefined) {
        this.#open();
        return;
      }
      this.#at++;
      if (sign === '}') return;
      if (sign === '\\') this.#at++;
      else if (sign === "'") this.#quoted();
      else if (sign === '"') this.#doubleQuoted(scratch);
      else if (sign === '$' || sign === '`') this.#expansion(sign, scratch, true);
    }
  }

  upTo(end: ')'): number {
    if (this.#depth > depthMax) {
      this.#alarm = 'it is nested too deeply to be read';
      return this.#text.length;
    }
    this.#list(end);
    // The `)` behind a pattern of `case` ends nothing: what follows may still run, and is judged too.
    if (/\bcase\b/.test(this.#text.slice(0, this.#at)))
      this.#inner(readBash(this.#text.slice(this.#at), this.#zsh, this.#depth + 1));
    return this.#at;
  }

  #inner({ commands, alarm }: ShellLine): void {
    this.#commands.push(...commands);
    this.#alarm ??= alarm;
  }

  #odd(what: string): void {
    this.#unread ??= what;
  }

  /** What an open quote hides is judged as if the quote were not there. */
  #open(): void {
    this.#odd('an open quote');
    if (this.#opened) return; // it is judged already
    this.#opened = true;
    if (this.#depth <= depthMax && openers.test(this.#text))
      this.#inner(readBash(this.#text.replaceAll(new RegExp(openers, 'g'), ' '), this.#zsh, this.#depth + 1));
  }
}

/** A text in which `$` and backticks count and nothing else does, as a line. */
function quotedText(text: string): ShellLine {
  return readBash(`: "${text.replace(/(?<!\\)"/g, '\\"')}"`, false, 1);
}

/** What `$'…'` stands for. */
function decoded(text: string): string {
  return text.replace(/\\(x[\da-f]{1,2}|u[\da-f]{1,4}|U[\da-f]{1,8}|[0-7]{1,3}|[\s\S])/gi, (_, code: string) => {
    const value =
      /^[xu]/i.test(code) && code.length > 1
        ? parseInt(code.slice(1), 16)
        : /^[0-7]/.test(code)
          ? parseInt(code, 8)
          : -1;
    if (value >= 0 && value <= 0x10ffff) return String.fromCodePoint(value);
    return { n: '\n', t: '\t', r: '\r', e: '\u001b', a: '\u0007' }[code] ?? code;
  });
}
