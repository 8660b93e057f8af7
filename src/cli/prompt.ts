/** `journeyman log --step`: the prompt of one step, as the model was sent it. */
import { JourneymanError } from '../core/error.ts';
import type { Event } from '../core/event.ts';
import type { Prompt } from '../core/model.ts';
import { promptAt } from '../session/pastPrompt.ts';
import type { LogOptions } from './arguments.ts';
import { assembleWithoutModel } from './assembly.ts';
import { startOf } from './choose.ts';

/** `turn` null: the last one. */
export function printPrompt(
  session: string,
  events: readonly Event[],
  turn: number | null,
  step: number,
  output: LogOptions['output'],
): void {
  const { tools, limits } = assembleWithoutModel(startOf(session, events).environment.folders);
  const wanted = turn ?? events.at(-1)?.turn ?? 0;
  const past = promptAt(events, wanted, step, tools, limits.replyTokensMax);
  if (past === null) {
    throw new JourneymanError(
      'not_found',
      `Session ${session} has no step ${String(step)} in turn ${String(wanted)}. "journeyman log ${session}" shows what there is.`,
    );
  }
  if (output !== 'text') process.stdout.write(`${JSON.stringify({ session, turn: wanted, step, ...past })}\n`);
  else process.stdout.write(promptWords(past.prompt));
  if (!past.same) {
    process.stderr.write(
      'journeyman: This is not to the byte what was sent: the hash differs. Another version of Journeyman, or other limits, made it.\n',
    );
  }
}

function promptWords({ model, maxTokens, system, tools, messages, cacheAfter }: Prompt): string {
  const parts = [
    `model ${model}, at most ${String(maxTokens)} tokens of reply`,
    ...system.map((text) => `== system\n${text}`),
    `== tools\n${tools.map(({ name, description, input_schema }) => `${name}: ${description}\n  ${JSON.stringify(input_schema)}`).join('\n')}`,
    ...messages.map(({ role, content }, i) => {
      const mark = cacheAfter.includes(i) ? ', cache mark after it' : '';
      return `== ${role}${mark}\n${content.map(blockWords).join('\n')}`;
    }),
  ];
  return `${parts.join('\n\n')}\n`;
}

function blockWords(block: Prompt['messages'][number]['content'][number]): string {
  switch (block.type) {
    case 'text':
      return block.text;
    case 'thinking':
      return `[thinking] ${block.thinking}`;
    case 'redacted_thinking':
      return '[thinking, redacted]';
    case 'tool_use':
      return `[call ${block.id}] ${block.name} ${JSON.stringify(block.input)}`;
    case 'tool_result':
      return `[result of ${block.tool_use_id}${block.is_error === true ? ', an error' : ''}]\n${block.content}`;
  }
}
