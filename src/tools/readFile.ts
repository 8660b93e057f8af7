/** `read_file`: a text file, or lines of it, with line numbers. */
import { JourneymanError } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import type { Files, TextFile } from '../core/ports.ts';
import { shownLine } from '../core/text.ts';
import type { Tool, ToolDetail, ToolResult } from '../core/tool.ts';

interface ReadInput {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number | null;
}

export function readFile(files: Files): Tool<ReadInput> {
  return {
    name: 'read_file',
    description: `Reads a text file. Each line comes as its number, a tab and the text. Up to ${String(limits.readLines)} lines at once; name a range in long files. Read several files in one reply.`,
    schema: {
      type: 'object',
      properties: {
        path: { type: 'string', description: 'Relative to the workspace.' },
        start_line: { type: 'integer', minimum: 1 },
        end_line: { type: 'integer', minimum: 1 },
      },
      required: ['path'],
    },
    timeoutMs: 30_000,
    parse(input) {
      const {
        path,
        start_line: startLine = 1,
        end_line: endLine = null,
      } = input as { path: string; start_line?: number; end_line?: number };
      if (endLine !== null && endLine < startLine) {
        throw new JourneymanError(
          'invalid_input',
          `end_line ${String(endLine)} is before start_line ${String(startLine)}.`,
        );
      }
      return { path: files.locate(path).path, startLine, endLine };
    },
    resources: ({ path }) => [{ effect: 'read', target: path }],
    async run({ path, startLine, endLine }, { signal }) {
      return numbered(await files.read(path, signal), startLine, endLine);
    },
  };
}

function numbered({ path, text, hash, unsaved }: TextFile, startLine: number, endLine: number | null): ToolResult {
  const notes = unsaved ? ['not saved yet: commands see the older text on disk'] : [];
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const total = lines.length;
  if (total === 0) return result({ path, lines: 0, startLine, hash }, [`${path} is empty.`], notes);
  if (startLine > total) {
    throw new JourneymanError(
      'invalid_input',
      `${path} has ${String(total)} lines; start_line ${String(startLine)} is past its end.`,
    );
  }

  const wanted = Math.min(endLine ?? total, total);
  const last = Math.min(wanted, startLine + limits.readLines - 1);
  const shown: string[] = [];
  let chars = 0;
  for (let number = startLine; number <= last; number++) {
    const line = `${String(number)}\t${shownLine(lines[number - 1] ?? '')}`;
    chars += line.length + 1;
    if (chars > limits.resultChars - 300 && shown.length > 0) break;
    shown.push(line);
  }
  const end = startLine + shown.length - 1;
  const range = `lines ${String(startLine)}-${String(end)} of ${String(total)}`;
  if (end < wanted) notes.unshift(`${range}; go on with start_line ${String(end + 1)}`);
  else if (shown.length < total) notes.unshift(range);
  return result({ path, lines: shown.length, startLine, hash }, shown, notes);
}

type Read = Omit<ToolDetail & { readonly kind: 'read' }, 'kind'>;

function result(read: Read, lines: readonly string[], notes: readonly string[]): ToolResult {
  const text = [...lines, ...notes.map((note) => `[${note}]`)].join('\n');
  return { status: 'ok', text, detail: { kind: 'read', ...read } };
}
