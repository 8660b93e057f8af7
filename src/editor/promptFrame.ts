/** What stands before the conversation of a session, in tokens as far as that can be told beforehand: 4 characters each. */
import { specOf } from '../context/prompt.ts';
import { systemPrompt } from '../context/system.ts';
import type { Event } from '../core/event.ts';
import type { Tool } from '../core/tool.ts';
import type { Frame } from '../protocol/contextNow.ts';

/** null: the session has not begun. */
export function frameOf(tools: readonly Tool[], events: readonly Event[]): Frame | null {
  const started = events.find(({ type }) => type === 'session.started');
  if (started?.type !== 'session.started') return null;
  const systemChars = systemPrompt(started.environment).join('').length;
  const toolChars = JSON.stringify(tools.map(specOf)).length;
  return { systemTokens: Math.ceil(systemChars / 4), toolTokens: Math.ceil(toolChars / 4) };
}
