/** What a screen reader is told: gathered and rarely, or at once where the run needs the person. */
import { usedUpWords, type Event, type SessionId, type View } from '../src/protocol/view.ts';
import type { HostMessage } from '../src/protocol/messages.ts';
import {
  askWords,
  count,
  cutTitle,
  hunkWords,
  nameOf,
  outcomeTitle,
  ruleWords,
  sentence,
  wordCount,
} from '../src/protocol/words.ts';
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
        if ((view.waiting.find(({ call }) => call === event.call)?.times ?? 1) > 1)
          polite.push('the files changed, the question was looked at again');
        else assertive.push(`Journeyman asks: ${askWords(event.question)}. Press Shift+Alt+G`);
        break;
      case 'change.reviewed': {
        const [first] = event.hunks;
        const same = first && event.hunks.every(({ state }) => state === first.state);
        const what = same ? hunkWords[first.state] : 'decided';
        if (first) polite.push(`${count(event.hunks.length, 'change')} in ${nameOf(event.path)}: ${what}`);
        break;
      }
      case 'problems.found': {
        const row = view.rows.findLast(({ seq }) => seq === event.seq);
        if (row?.kind === 'rule') polite.push(ruleWords(row.fact, row.atMs));
        break;
      }
      case 'turn.ended':
        assertive.push(
          event.outcome.kind === 'failed' ? `Failed: ${event.outcome.message}` : outcomeTitle(event.outcome),
        );
        break;
      case 'warning.raised':
        polite.push('Warning in the timeline');
        break;
      case 'model.failed':
        if (event.waits === true) assertive.push('No connection. It waits and goes on when the server answers');
        else if (event.retryInMs !== null)
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
      case 'budget.reached':
      case 'stall.found':
        if (event.then === 'pauses') {
          const why = event.type === 'stall.found' ? 'It is going in circles.' : usedUpWords(event);
          assertive.push(`Paused. ${why} Press Shift+Alt+G`);
        }
        break;
      case 'session.paused':
        polite.push('paused');
        break;
      case 'session.resumed':
        polite.push('goes on');
        break;
      case 'message.queued':
        polite.push(event.steer ? 'given at the next step' : `queued, ${count(view.queue.length, 'message')} waiting`);
        break;
      case 'message.cancelled':
        polite.push('removed from the queue');
        break;
      case 'message.changed': {
        const at = view.queue.findIndex(({ message }) => message === event.message);
        if (event.before !== undefined && at >= 0) polite.push(`now ${at + 1} of ${view.queue.length}`);
        break;
      }
      case 'message.delivered':
        polite.push('your message was given to the model');
        break;
      case 'checkpoint.restored':
        polite.push(`restored ${count(event.files.length, 'file')}`);
        break;
      case 'conversation.rewound':
        polite.push('the conversation went back');
        break;
      default:
    }
  }
  if (reads > 0) polite.unshift(`read or searched ${reads === 1 ? 'once' : count(reads, 'time')}`);
  return { polite, assertive };
}

/** What the host says besides events, where a reader has to know it. */
export function tell(message: HostMessage, session: SessionId | null): Said {
  if (message.type === 'recovery' && message.session === session && message.report && !message.report.onlyWaits)
    return { polite: [], assertive: [`${cutTitle(message.report)}. Press Shift+Alt+G`] };
  if (message.type === 'found') return { polite: [`${count(message.rows.length, 'session')} found`], assertive: [] };
  if (message.type === 'restore') {
    const conflicts = message.items.filter(({ action }) => action === 'conflict').length;
    const ask = conflicts === 0 ? '' : `, ${count(conflicts, 'conflict')}`;
    return { polite: [`${count(message.items.length, 'file')} to look at${ask}`], assertive: [] };
  }
  return { polite: [], assertive: [] };
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
