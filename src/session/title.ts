/** The title of a session, asked for once, where a model is set for titles. */
import type { Prompt, Reply } from '../core/model.ts';
import { firstLine } from '../core/text.ts';
import type { Agent } from './agent.ts';
import type { Journal } from './journal.ts';
import { askBeside, routeFor } from './request.ts';

const maxTokens = 2000; // some think before they say five words
const saidChars = 4000;
const titleChars = 80;

/** After the first turn, unless the person named it. Without an answer it keeps the first words of the person. */
export async function tellTitle(agent: Agent, journal: Journal, signal: AbortSignal): Promise<void> {
  const { title, turns, turn } = journal.state;
  if (agent.asksTitles?.() !== true || title !== null || turns !== 1 || turn !== null) return;
  const said = journal.events.find((event) => event.type === 'turn.started');
  const done = journal.events.find((event) => event.type === 'turn.ended');
  if (said?.type !== 'turn.started' || done?.type !== 'turn.ended') return;
  const { model, effort } = routeFor(agent, journal, 'title');
  const summary = done.outcome.kind === 'done' ? done.outcome.summary : '';
  try {
    const prompt = titlePrompt(model, said.text, summary);
    const reply = await askBeside(agent, journal, 'title', { ...prompt, ...(effort && { effort }) }, signal);
    const words = titleIn(reply);
    if (words !== '')
      await journal.append({ kind: 'agent', model: reply.model }, { type: 'session.changed', title: words });
  } catch {
    // The fault stands in the log; a failing log says so at the next word.
  }
}

function titlePrompt(model: string, task: string, summary: string): Prompt {
  const text = `<task>\n${task.slice(0, saidChars)}\n</task>\n<result>\n${summary.slice(0, saidChars)}\n</result>`;
  return {
    model,
    maxTokens,
    system: [
      'You name sessions of a coding agent. Answer with the title alone: three to seven words, no quotes, no full stop.',
    ],
    tools: [],
    messages: [{ role: 'user', content: [{ type: 'text', text }] }],
    cacheAfter: [],
  };
}

function titleIn({ content }: Reply): string {
  const text = content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('');
  return firstLine(text.trim())
    .replace(/^["'“*#\s]+|["'”*.\s]+$/g, '')
    .slice(0, titleChars);
}
