/** `edit_file`: exact replacements in one file. */
import { JourneymanError } from '../core/error.ts';
import type { Files } from '../core/ports.ts';
import type { Tool } from '../core/tool.ts';
import { isSecret } from '../permission/names.ts';
import { changeFile } from '../workspace/diff.ts';
import { explainMiss, findText, lineOf } from './nearText.ts';
import { applyAccepted, refuseMarker, settleAccepted } from './proposals.ts';

interface Edit {
  readonly oldText: string;
  readonly newText: string;
  readonly replaceAll: boolean;
}
interface EditInput {
  readonly path: string;
  readonly edits: readonly Edit[];
}
interface RawInput {
  readonly path: string;
  readonly edits: readonly { readonly old_text: string; readonly new_text: string; readonly replace_all?: boolean }[];
}

export function editFile(files: Files): Tool<EditInput> {
  return {
    name: 'edit_file',
    description:
      'Replaces text in one file. old_text must stand there exactly once, blanks included, without line numbers; add lines around it to make it unique, or set replace_all. Give all edits of a file in one call: made in order, all or none.',
    schema: {
      type: 'object',
      properties: {
        path: { type: 'string' },
        edits: {
          type: 'array',
          minItems: 1,
          items: {
            type: 'object',
            properties: {
              old_text: { type: 'string', minLength: 1 },
              new_text: { type: 'string' },
              replace_all: { type: 'boolean' },
            },
            required: ['old_text', 'new_text'],
          },
        },
      },
      required: ['path', 'edits'],
    },
    timeoutMs: 30_000,
    parse(input) {
      const { path, edits: raw } = input as unknown as RawInput;
      const edits = raw.map(({ old_text, new_text, replace_all = false }) => ({
        oldText: old_text.replaceAll('\r\n', '\n'),
        newText: new_text.replaceAll('\r\n', '\n'),
        replaceAll: replace_all,
      }));
      for (const { oldText, newText } of edits) {
        refuseMarker(oldText, 'old_text', path);
        refuseMarker(newText, 'new_text', path);
      }
      const same = edits.findIndex(({ oldText, newText }) => oldText === newText);
      if (same >= 0) {
        throw new JourneymanError(
          'invalid_input',
          `${nameOf(same, edits.length)} has the same old_text and new_text. Leave it out, or say what should change.`,
        );
      }
      return { path: files.locate(path).path, edits };
    },
    resources: ({ path }) => [{ effect: 'write', target: path }],
    async propose({ path, edits }, call, signal) {
      const before = await files.read(path, signal);
      // Nothing of a file that asks before it is read may stand in an error, which nobody is asked about.
      const mayShow = files.locate(path).inside && !isSecret(path);
      let text = before.text;
      for (const [i, edit] of edits.entries())
        text = replaced(text, edit, `${nameOf(i, edits.length)} of ${path}`, mayShow);
      const change = changeFile(path, before, text, call);
      if (change.hunks.length === 0)
        throw new JourneymanError('invalid_input', `The edits of ${path} undo each other; nothing would change.`);
      return [change];
    },
    run: (_input, io) => applyAccepted(files, io),
    settle: (_input, io) => settleAccepted(files, io),
  };
}

function nameOf(index: number, count: number): string {
  return count === 1 ? 'The edit' : `Edit ${String(index + 1)} of ${String(count)}`;
}

function replaced(text: string, { oldText, newText, replaceAll }: Edit, name: string, mayShow: boolean): string {
  const found = findText(text, oldText);
  if (found.length === 0) {
    const why = mayShow
      ? explainMiss(text, oldText, newText)
      : 'Its text cannot be shown here; read it with read_file.';
    throw new JourneymanError('conflict', `${name}: old_text is not in the file; nothing was written. ${why}`);
  }
  if (found.length > 1 && !replaceAll) {
    const lines = found.slice(0, 10).map(({ start }) => String(lineOf(text, start)));
    const places = `${String(found.length)} times, at lines ${lines.join(', ')}${found.length > 10 ? ' and more' : ''}`;
    throw new JourneymanError(
      'conflict',
      `${name}: old_text stands there ${places}; nothing was written. Add lines around it until it stands once, or set replace_all.`,
    );
  }
  let result = '';
  let at = 0;
  for (const { start, end } of found) {
    result += text.slice(at, start) + withLineEnds(newText, text.slice(start, end), text);
    at = end;
  }
  return result + text.slice(at);
}

/** Models write `\n`. Each line takes the end of the line it replaces, further ones that of most lines of the file. */
function withLineEnds(newText: string, oldText: string, file: string): string {
  if (!file.includes('\r\n') || !newText.includes('\n')) return newText;
  const ends = oldText.match(/\r?\n/g) ?? [];
  const crLf = file.split('\r\n').length - 1;
  const usual = crLf * 2 >= file.split('\n').length - 1 ? '\r\n' : '\n';
  let i = 0;
  return newText.replace(/\n/g, () => ends[i++] ?? usual);
}
