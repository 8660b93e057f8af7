/** `move_file`: a text file gets another name or folder, and stays the same file to editors and to the review. */
import { JourneymanError } from '../core/error.ts';
import type { Files } from '../core/ports.ts';
import type { Tool } from '../core/tool.ts';
import { moveFileChange } from '../workspace/diff.ts';
import { conflictTaken } from '../workspace/textFile.ts';
import { readWhole } from './deleteFile.ts';
import { applyAccepted, settleAccepted } from './proposals.ts';

interface MoveInput {
  readonly path: string;
  readonly to: string;
}

export function moveFile(files: Files): Tool<MoveInput> {
  return {
    name: 'move_file',
    description:
      'Moves or renames one text file as it is, folders made as needed; never over another file. What names it elsewhere (imports) you edit yourself. To copy use write_file; folders, links and binaries: by a command.',
    schema: {
      type: 'object',
      properties: {
        path: { type: 'string' },
        to: { type: 'string', description: 'The new path, file name included.' },
      },
      required: ['path', 'to'],
    },
    timeoutMs: 30_000,
    parse(input) {
      const { path, to } = input as { path: string; to: string };
      const [from, target] = [files.locate(path).path, files.locate(to).path];
      if (/[/\\]$/.test(to) || target === '.')
        throw new JourneymanError('invalid_input', `${to} names a folder. Name the new file, as in ${target}/name.`);
      if (from === target)
        throw new JourneymanError('invalid_input', `path and to both name ${from}; there is nothing to move.`);
      return { path: from, to: target };
    },
    resources: ({ path, to }) => [
      { effect: 'write', target: path },
      { effect: 'write', target: to },
    ],
    async propose({ path, to }, call, signal) {
      const before = await readWhole(files, path, 'moved', signal);
      // Another case of the same name is the same file on some systems.
      if (path.toLowerCase() !== to.toLowerCase()) await checkFree(files, to, signal);
      return [moveFileChange(path, before, to, call)];
    },
    run: (_input, io) => applyAccepted(files, io),
    settle: (_input, io) => settleAccepted(files, io),
  };
}

/** What stands there may also be no text, or a folder. */
async function checkFree(files: Files, path: string, signal: AbortSignal): Promise<void> {
  try {
    await files.read(path, signal);
  } catch (thrown) {
    if (thrown instanceof JourneymanError && thrown.code === 'not_found') return;
    if (!(thrown instanceof JourneymanError) || thrown.code !== 'invalid_input') throw thrown;
  }
  throw conflictTaken(path);
}
