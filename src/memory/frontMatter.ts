/** The head of a Markdown file: `name: value` lines between two `---`, as far as skills, prompt files and notes use YAML. */

export interface Headed {
  /** Values of one line, and of `>` and `|` blocks; lists and what is nested are left out. */
  readonly fields: ReadonlyMap<string, string>;
  /** What comes after the head, trimmed. */
  readonly body: string;
  /** There is a head, and it has an end. */
  readonly isHeaded: boolean;
}

export function readHead(text: string): Headed {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const end = lines[0]?.trimEnd() === '---' ? lines.findIndex((line, at) => at > 0 && line.trimEnd() === '---') : -1;
  if (end < 0) return { fields: new Map(), body: lines.join('\n').trim(), isHeaded: false };
  return {
    fields: fieldsOf(lines.slice(1, end)),
    body: lines
      .slice(end + 1)
      .join('\n')
      .trim(),
    isHeaded: true,
  };
}

/** What `readHead` reads again as it was; values become one line. */
export function writeHead(fields: readonly (readonly [name: string, value: string])[], body: string): string {
  const head = fields.map(([name, value]) => `${name}: ${quoted(value.replace(/\s+/g, ' ').trim())}\n`);
  return `---\n${head.join('')}---\n\n${body.trim()}\n`;
}

function fieldsOf(lines: readonly string[]): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (let at = 0; at < lines.length; at++) {
    const [, name = '', written = ''] = /^([A-Za-z_][\w-]*):(?:\s+(.*))?$/.exec(lines[at] ?? '') ?? [];
    if (name === '') continue;
    const indented: string[] = [];
    while (/^\s+\S|^\s*$/.test(lines[at + 1] ?? 'end')) indented.push((lines[++at] ?? '').trim());
    const block = /^([>|])[+-]?\s*$/.exec(written.trim())?.[1];
    if (block === '|') fields.set(name.toLowerCase(), indented.join('\n').trim());
    else if (block === '>' || !indented.some((line) => /^- |^[\w-]+:\s/.test(line))) {
      const value = block === '>' ? indented.join(' ') : [written, ...indented].join(' ');
      fields.set(name.toLowerCase(), unquoted(value.trim()));
    }
  }
  return fields;
}

function unquoted(value: string): string {
  const [, double] = /^"((?:[^"\\]|\\.)*)"(?:\s+#.*)?$/.exec(value) ?? [];
  if (double !== undefined) return double.replace(/\\(.)/g, (_all, sign: string) => (sign === 'n' ? '\n' : sign));
  const [, single] = /^'((?:[^']|'')*)'(?:\s+#.*)?$/.exec(value) ?? [];
  if (single !== undefined) return single.replaceAll("''", "'");
  return value.replace(/\s+#.*$/, '').trim();
}

/** Plain where YAML reads it plainly too. */
function quoted(value: string): string {
  return /^[A-Za-z0-9](?:[\w ./()+-]*[\w./()+-])?$/.test(value)
    ? value
    : `"${value.replace(/["\\]/g, (sign) => `\\${sign}`)}"`;
}
