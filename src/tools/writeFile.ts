/** `write_file`: a new file, or a whole one anew. */
import { JourneymanError } from '../core/error.ts';
import type { Files } from '../core/ports.ts';
import type { Tool } from '../core/tool.ts';
import { changeFile } from '../workspace/diff.ts';
import { applyAccepted, readIfThere, refuseMarker, settleAccepted } from './proposals.ts';

interface WriteInput {
  readonly path: string;
  readonly content: string;
}

export function writeFile(files: Files): Tool<WriteInput> {
  return {
    name: 'write_file',
    description:
      'Creates a file, folders included, or replaces all of its text. To change parts of a file use edit_file: it is shorter and safer.',
    schema: {
      type: 'object',
      properties: { path: { type: 'string' }, content: { type: 'string', description: 'The whole text.' } },
      required: ['path', 'content'],
    },
    timeoutMs: 30_000,
    parse(input) {
      const { path, content } = input as { path: string; content: string };
      const place = files.locate(path);
      if (/[/\\]$/.test(path) || place.path === '.')
        throw new JourneymanError('invalid_input', `${path} names a folder. Name the file to write.`);
      refuseMarker(content, 'content', place.path);
      return { path: place.path, content };
    },
    resources: ({ path }) => [{ effect: 'write', target: path }],
    async propose({ path, content }, call, signal) {
      const before = await readIfThere(files, path, signal);
      const change = changeFile(path, before, before === null ? content : withLineEnds(content, before.text), call);
      if (change.hunks.length === 0)
        throw new JourneymanError(
          'invalid_input',
          `${path} holds exactly this text already; there is nothing to write.`,
        );
      return [change];
    },
    run: (_input, io) => applyAccepted(files, io),
    settle: (_input, io) => settleAccepted(files, io),
  };
}

/** Models write `\n`; a file that has only `\r\n` keeps them. */
function withLineEnds(content: string, before: string): string {
  const onlyCrLf = before.includes('\r\n') && !/(?<!\r)\n/.test(before);
  return onlyCrLf ? content.replace(/\r?\n/g, '\r\n') : content;
}
