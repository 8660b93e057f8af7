/** `stop_command`: ends a command that runs in the background, with all that it has started. */
import { limits } from '../core/limits.ts';
import type { Tool } from '../core/tool.ts';
import type { Commands } from './commands.ts';
import { told } from './readOutput.ts';

export function stopCommand(commands: Commands): Tool<{ readonly id: string }> {
  return {
    name: 'stop_command',
    description: 'Ends a command in the background with all that it has started, and gives what it printed last.',
    schema: {
      type: 'object',
      properties: { id: { type: 'string', minLength: 1, description: 'bg1' } },
      required: ['id'],
    },
    timeoutMs: 10 * limits.killGraceMs,
    watches: true,
    parse: (input) => input as { id: string },
    resources: () => [],
    async run({ id }, { session }) {
      const live = commands.find(session, id);
      if (!live.isOver) await commands.stop(session, id);
      return told(commands, session, id, live, null);
    },
  };
}
