/** Headings of Markdown: `# …`, and those underlined; what stands between fences is none. */
import { collectDefinitions, type Definitions } from './definitions.ts';

interface Heading {
  readonly level: number;
  readonly name: string;
  readonly nameStart: number;
  readonly start: number;
  /** Of its own line or lines. */
  readonly head: number;
}

/** Each has what stands below it up to the next one of its level. */
export function readHeadings(text: string): Definitions {
  const definitions = collectDefinitions();
  const headings = findHeadings(text);
  const ends = endsOf(headings, text.length);
  headings.forEach(({ name, nameStart, start, head }, place) => {
    const end = ends[place] ?? text.length;
    definitions.add({ name, nameStart, start, end, head, rule: { kind: 'heading' }, scopes: 0, owner: null });
  });
  return definitions;
}

function endsOf(headings: readonly Heading[], end: number): number[] {
  /** By level: where the next one starts. */
  const next = new Array<number>(7).fill(end);
  return headings
    .toReversed()
    .map(({ level, start }) => {
      const ends = Math.min(...next.slice(0, level + 1));
      next[level] = start;
      return ends;
    })
    .reverse();
}

function findHeadings(text: string): Heading[] {
  const headings: Heading[] = [];
  let fence: { readonly mark: string; readonly length: number } | null = null;
  let before = { start: 0, line: '' };
  for (let start = frontMatterEnd(text); start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, Math.min(end, start + 1_000)).replace(/\r$/, '');
    const mark = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line);
    if (fence !== null) {
      if (mark?.[1]?.startsWith(fence.mark) === true && mark[1].length >= fence.length && mark[2]?.trim() === '')
        fence = null;
    } else if (mark?.[1] !== undefined && !(mark[1].startsWith('`') && mark[2]?.includes('`') === true)) {
      fence = { mark: mark[1].charAt(0), length: mark[1].length };
    } else {
      const found = hashed(line, start) ?? underlined(line, start, before);
      if (found !== null) headings.push(found);
    }
    const underline = headings.at(-1)?.head === start + line.length;
    before = { start, line: fence === null && mark === null && !underline ? line : '' };
    start = end + 1;
  }
  return headings;
}

function hashed(line: string, start: number): Heading | null {
  const match = /^( {0,3})(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/.exec(line);
  const name = match?.[3] ?? '';
  if (match === null || name === '') return null;
  const nameStart = start + line.indexOf(name, (match[1]?.length ?? 0) + (match[2]?.length ?? 0));
  return { level: match[2]?.length ?? 1, name, nameStart, start, head: start + line.length };
}

function underlined(line: string, start: number, before: { start: number; line: string }): Heading | null {
  const match = /^ {0,3}(=+|-+)[ \t]*$/.exec(line);
  const name = before.line.trim();
  if (match === null || name === '' || /^(?: {4}|\t|\s*[>|]|\s*[-*+] )/.test(before.line)) return null;
  const nameStart = before.start + before.line.indexOf(name);
  return {
    level: match[1]?.startsWith('=') === true ? 1 : 2,
    name,
    nameStart,
    start: before.start,
    head: start + line.length,
  };
}

/** Settings in front, between two lines `---`. */
function frontMatterEnd(text: string): number {
  return /^\uFEFF?---[ \t]*\r?\n(?:.*\r?\n)*?(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/.exec(text)?.[0].length ?? 0;
}
