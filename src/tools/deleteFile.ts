/** `delete_file`: a text file goes, after the person could see what was in it. */
import { JourneymanError } from '../core/error.ts';
import type { Files, TextFile } from '../core/ports.ts';
import type { Tool } from '../core/tool.ts';
import { deleteFileChange } from '../workspace/diff.ts';
import { applyAccepted, settleAccepted } from './proposals.ts';

interface DeleteInput {
  readonly path: string;
}

export function deleteFile(files: Files): Tool<DeleteInput> {
  return {
    name: 'delete_file',
    description:
      'Deletes one text file. Not to empty it or to replace it: use write_file. Folders, links and binaries: by a command.',
    schema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
    timeoutMs: 30_000,
    parse(input) {
      const { path } = input as { path: string };
      return { path: files.locate(path).path };
    },
    resources: ({ path }) => [{ effect: 'write', target: path }],
    async propose({ path }, call, signal) {
      return [deleteFileChange(path, await readWhole(files, path, 'deleted', signal), call)];
    },
    run: (_input, io) => applyAccepted(files, io),
    settle: (_input, io) => settleAccepted(files, io),
  };
}

/** Throws as `Files.read`, with the way that is left for what is no plain text file. */
export async function readWhole(
  files: Files,
  path: string,
  fate: 'deleted' | 'moved',
  signal: AbortSignal,
): Promise<TextFile> {
  try {
    return await files.read(path, signal);
  } catch (thrown) {
    if (!(thrown instanceof JourneymanError) || !['denied', 'invalid_input'].includes(thrown.code)) throw thrown;
    // What the last sentence advises is for reading: the target of a link is another file than the one that is meant.
    const what = thrown.message.replace(/(?<=\.) [^.]+\.$/, '');
    throw new JourneymanError(
      thrown.code,
      `${what} Only plain text files can be ${fate} with this tool; use a command if the task asks for it.`,
      { cause: thrown },
    );
  }
}
