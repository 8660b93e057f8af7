/** What a screen reader is told: gathered and rarely, or at once where the run needs the person. */
import type { Event, View } from '../src/protocol/view.ts';
import { askWords, count, outcomeTitle, sentence, wordCount } from '../src/protocol/words.ts';
import { stepOf } from '../src/protocol/queries.ts';

const politeEveryMs = 5000;

export interface Said {
  readonly polite: readonly string[];
  readonly assertive: readonly string[];
}

/** New events as words; `view` is the fold after them. */
export function describe(events: readonly Event[], view: View): Said {
  const polite: string[] = [];
  const assertive: string[] = [];
  let reads = 0;
  for (const event of events) {
    switch (event.type) {
      case 'approval.requested':
        assertive.push(`Journeyman asks: ${askWords(event.question)}. Press Shift+Alt+G`);
        break;
      case 'turn.ended':
        assertive.push(
          event.outcome.kind === 'failed' ? `Failed: ${event.outcome.message}` : outcomeTitle(event.outcome),
        );
        break;
      case 'warning.raised':
        polite.push('Warning in the timeline');
        break;
      case 'model.failed':
        if (event.retryInMs !== null)
          polite.push(`The model did not answer, asked again in ${seconds(event.retryInMs)}`);
        break;
      case 'model.responded': {
        const words = event.reply.content.reduce(
          (n, block) => n + (block.type === 'text' ? wordCount(block.text) : 0),
          0,
        );
        if (words > 0) polite.push(`Answer ready, ${count(words, 'word')}`);
        break;
      }
      case 'tool.finished': {
        const step = stepOf(view, event.call);
        if (!step) break;
        if (step.what === 'read' || step.what === 'list' || step.what === 'search') reads += 1;
        else if (step.what === 'command') {
          polite.push(`ran ${step.object}, ${step.state === 'done' ? 'passed' : 'not passed'}`);
        } else if (step.what === 'edit')
          polite.push(`${step.state === 'done' ? 'edited' : 'did not edit'} ${step.object}`);
        break;
      }
      default:
    }
  }
  if (reads > 0) polite.unshift(`read or searched ${reads === 1 ? 'once' : count(reads, 'time')}`);
  return { polite, assertive };
}

export class Announcer {
  readonly #polite: HTMLElement;
  readonly #assertive: HTMLElement;
  readonly #waiting: string[] = [];
  #saidAtMs = Number.NEGATIVE_INFINITY;

  constructor(polite: HTMLElement, assertive: HTMLElement) {
    this.#polite = polite;
    this.#assertive = assertive;
  }

  say({ polite, assertive }: Said): void {
    this.#waiting.push(...polite);
    if (assertive.length > 0) this.#assertive.textContent = assertive.join('. ');
  }

  /** Speaks what has gathered, when it is time. */
  tick(nowMs: number): void {
    if (this.#waiting.length === 0 || nowMs - this.#saidAtMs < politeEveryMs) return;
    this.#saidAtMs = nowMs;
    this.#polite.textContent = sentence(this.#waiting.splice(0).join(', '));
  }
}

function seconds(ms: number): string {
  return count(Math.ceil(ms / 1000), 'second');
}
