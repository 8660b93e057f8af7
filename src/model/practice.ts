/**
 * The practice model: recorded replies for the bundled sample project. It needs no key and no network, and says that it is practice.
 * It holds no state: what it says next follows from the conversation alone.
 */
import { JourneymanError } from '../core/error.ts';
import type { Message, Model, Prompt, Reply, ReplyBlock } from '../core/model.ts';
import { practiceTasks, type PracticeTask } from './practiceTasks.ts';
import { recordedModel } from './recorded.ts';
import { choose, factsOf, parseRecording, replyOf, saidIn, type Recording } from './recording.ts';

export interface PracticeOptions {
  /** Before a reply, and between two pieces of its text, so that the panel shows it as it comes; 0 in tests. */
  readonly startMs?: number;
  readonly pieceMs?: number;
}

export function practiceModel({ startMs = 500, pieceMs = 25 }: PracticeOptions = {}): Model {
  return recordedModel({
    next: async (prompt) => replyWith(prompt, await contentOf(prompt.messages)),
    offers: [{ id: 'practice', name: 'Practice model', windowTokens: null, outputTokensMax: null }],
    startMs,
    pieceMs,
  });
}

async function contentOf(messages: readonly Message[]): Promise<readonly ReplyBlock[]> {
  const talk = await load('talk');
  // The latest message that names a task begins it; what came before belongs to other tasks.
  const from = messages.findLastIndex((message) => taskIn(message) !== null);
  const task = taskIn(messages[from]);
  const facts = factsOf(messages, from);
  const recorded = task === null || facts.asked !== null ? null : choose(await load(task.id), facts);
  const node = recorded ?? choose(talk, facts);
  if (node === null) throw new JourneymanError('corrupt', 'The recorded replies have no answer to this.');
  return replyOf(node, facts, messages.length);
}

function taskIn(message: Message | undefined): PracticeTask | null {
  const said = saidIn(message);
  return said === '' ? null : (practiceTasks.find(({ means }) => means.test(said)) ?? null);
}

/** Read when first needed, and kept by the module loader. */
async function load(name: PracticeTask['id'] | 'talk'): Promise<Recording> {
  const files = {
    heavy: () => import('../../media/practice/heavy.json'),
    explain: () => import('../../media/practice/explain.json'),
    tests: () => import('../../media/practice/tests.json'),
    talk: () => import('../../media/practice/talk.json'),
  };
  return parseRecording((await files[name]()).default);
}

/** Tokens as they would be, at four characters each: the meter shows something true in practice too. */
function replyWith(prompt: Prompt, content: readonly ReplyBlock[]): Reply {
  const tokens = (value: unknown): number => Math.ceil(JSON.stringify(value).length / 4);
  return {
    model: 'practice',
    content,
    stop: content.some(({ type }) => type === 'tool_use') ? 'tool_use' : 'end_turn',
    usage: {
      input: tokens([prompt.system, prompt.tools, prompt.messages]),
      cacheWrite: 0,
      cacheRead: 0,
      output: tokens(content),
    },
  };
}
