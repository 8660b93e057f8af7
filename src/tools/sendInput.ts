/** `send_input`: types into a command that runs in the background. What is typed may run, so it is judged as a line is. */
import { JourneymanError } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import type { Tool } from '../core/tool.ts';
import type { Commands } from './commands.ts';
import { told } from './readOutput.ts';

interface TypedInput {
  readonly id: string;
  readonly text: string;
  readonly end: boolean;
  /** What it is typed into. */
  readonly line: string;
  readonly outside: boolean;
}

export function sendInput(commands: Commands): Tool<TypedInput> {
  return {
    name: 'send_input',
    description:
      'Types into a command that was started with background or ready, and gives what it prints then. Text gets a newline at its end unless newline is false; end closes the input.',
    schema: {
      type: 'object',
      properties: {
        id: { type: 'string', minLength: 1, description: 'bg1' },
        text: { type: 'string', maxLength: limits.typedChars },
        newline: { type: 'boolean', description: 'true if absent.' },
        end: { type: 'boolean' },
      },
      required: ['id'],
    },
    timeoutMs: limits.commandMs,
    watches: true,
    parse(input, standing) {
      const {
        id,
        text,
        newline = true,
        end = false,
      } = input as {
        id: string;
        text?: string;
        newline?: boolean;
        end?: boolean;
      };
      if (text === undefined && !end)
        throw new JourneymanError('invalid_input', 'There is nothing to type: give text, or end: true.');
      const into = standing.commands.get(id);
      if (into === undefined) throw new JourneymanError('not_found', `No command ${id} runs in the background.`);
      return {
        id,
        text: text === undefined ? '' : `${text}${newline ? '\n' : ''}`,
        end,
        line: into.line,
        outside: into.outside,
      };
    },
    // **Invariant:** never less than a line that writes: no table knows a program of the first line's name. The rest is what is typed,
    // for the same eyes that a line gets: what destroys is told, what is hidden in it is shown.
    resources: ({ id, text, end, line, outside }) => [
      {
        effect: 'execute',
        target: `send_input ${id} # ${line.replace(/\s+/g, ' ')}\n${text}${end ? 'end of input' : ''}`,
        ...(outside && { outside }),
      },
    ],
    async run({ id, text, end }, { session, signal }) {
      const live = commands.find(session, id);
      if (live.isOver) return told(commands, session, id, live, null);
      if (text !== '') live.type(text);
      if (end) live.endInput();
      await live.wait({ ms: commands.answerMs, words: [], untilAsked: true }, signal);
      return told(commands, session, id, live, null);
    },
  };
}
