/** The questions that wait for the person of this window, and the answers to them. */
import type { ChangeSet, HunkId, HunkResolution } from '../core/change.ts';
import type { CallId } from '../core/event.ts';
import { unreachable } from '../core/json.ts';
import type { Decision, Rule } from '../core/permission.ts';
import type { Approval, ApprovalNews, Approver, NewId } from '../core/ports.ts';
import { narrowestRule, parseRule } from '../permission/rules.ts';
import type { Answer } from '../protocol/messages.ts';
import { decisionOf, hunkIds, openHunks, withWord, wordsOf, type Words } from '../review/words.ts';

/** A question that can be answered now. */
export interface WaitingAsk {
  readonly approval: Approval;
  /** **Invariant:** an answer counts only with the token of its call, and only once. The panel and the lenses of this window know it. */
  readonly token: string;
  /** The person's last word on each hunk, newest last; open ones are not in it. */
  readonly words: Words;
}

export class Asks implements Approver {
  readonly #newToken: NewId;
  readonly #waiting = new Map<string, Waiting>();
  readonly #listeners = new Set<() => void>();
  readonly #onAnswer = new Set<(ask: WaitingAsk) => void>();

  constructor(newToken: NewId) {
    this.#newToken = newToken;
  }

  /** Oldest first. */
  get waiting(): readonly WaitingAsk[] {
    return [...this.#waiting.values()];
  }

  /** Called whenever a question comes, goes, or one of its hunks is decided. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called right before a word or an answer counts: who knows that files have changed rebases the question first. */
  onAnswer(listener: (ask: WaitingAsk) => void): () => void {
    this.#onAnswer.add(listener);
    return () => this.#onAnswer.delete(listener);
  }

  ask(approval: Approval, news: ApprovalNews, signal: AbortSignal): Promise<Decision> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const token = this.#newToken();
      const leave = (): void => {
        signal.removeEventListener('abort', stop);
        this.#waiting.delete(token);
        this.#changed();
      };
      const stop = (): void => {
        leave();
        reject(signal.reason as Error);
      };
      const settle = (decision: Decision): void => {
        leave();
        resolve(decision);
      };
      signal.addEventListener('abort', stop);
      const waiting: Waiting = { approval, token, words: wordsOf(approval.resolved), news, settle };
      this.#waiting.set(token, waiting);
      if (!settleDecided(waiting)) this.#changed();
    });
  }

  /** False: nothing waits under this token and call; the answer came too late, or was never asked for. */
  answer(call: CallId, token: string, answer: Answer): boolean {
    const waiting = this.#upToDate(call, token);
    if (!waiting) return false;
    switch (answer.action) {
      case 'allow':
        if (waiting.approval.question.kind === 'edits') this.#decideRest(waiting, 'accepted');
        else waiting.settle(allow(waiting.approval, answer));
        return true;
      case 'accept_rest':
        this.#decideRest(waiting, 'accepted');
        return true;
      case 'reject_rest':
        this.#decideRest(waiting, 'rejected', answer.reason);
        return true;
      case 'deny':
        if (waiting.approval.question.kind === 'edits' && answer.stop !== true) {
          this.#decideRest(waiting, 'rejected', answer.reason);
        } else {
          const { reason, stop } = answer;
          waiting.settle({ action: 'deny', by: person, reason, ...(stop !== undefined && { stop }) });
        }
        return true;
      default:
        return unreachable(answer);
    }
  }

  /** One word on one hunk. The question ends with the word on its last one. */
  decideHunk(call: CallId, token: string, resolution: HunkResolution): boolean {
    const waiting = this.#upToDate(call, token);
    if (!waiting || !hunkIds(changesOf(waiting.approval)).includes(resolution.hunk)) return false;
    say(waiting, resolution);
    if (!settleDecided(waiting)) this.#changed();
    return true;
  }

  /**
   * The files changed while it waits: from here on the question is about `changes`, with the words that still hold. It ends when every
   * hunk has a word by now.
   */
  rebase(call: CallId, token: string, changes: ChangeSet, resolved: readonly HunkResolution[]): boolean {
    const waiting = this.#find(call, token);
    if (waiting?.approval.question.kind !== 'edits') return false;
    waiting.approval = { ...waiting.approval, question: { ...waiting.approval.question, changes }, resolved };
    waiting.words = wordsOf(resolved);
    waiting.news.rebased(changes, resolved);
    if (!settleDecided(waiting)) this.#changed();
    return true;
  }

  #decideRest(waiting: Waiting, verdict: 'accepted' | 'rejected', reason?: string): void {
    for (const hunk of openHunksOf(waiting)) {
      say(waiting, reason === undefined || reason === '' ? { hunk, verdict } : { hunk, verdict, reason });
    }
    if (!settleDecided(waiting))
      waiting.settle({ action: verdict === 'accepted' ? 'allow' : 'deny', by: person, reason: '' });
  }

  /** It may end by what became of its files. */
  #upToDate(call: CallId, token: string): Waiting | undefined {
    const waiting = this.#find(call, token);
    if (waiting) for (const listener of this.#onAnswer) listener(waiting);
    return this.#find(call, token);
  }

  #find(call: CallId, token: string): Waiting | undefined {
    const waiting = this.#waiting.get(token);
    return waiting?.approval.call === call ? waiting : undefined;
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** The hunks of a question that have no word yet. */
export function openHunksOf({ approval, words }: WaitingAsk): readonly HunkId[] {
  return openHunks(changesOf(approval), words);
}

const person = { kind: 'user' } as const;

interface Waiting extends WaitingAsk {
  approval: Approval;
  words: Words;
  readonly news: ApprovalNews;
  readonly settle: (decision: Decision) => void;
}

function say(waiting: Waiting, resolution: HunkResolution): void {
  waiting.words = withWord(waiting.words, resolution);
  waiting.news.hunk(resolution);
}

/** Ends a question about edits once every hunk has a word. */
function settleDecided({ approval, words, settle }: Waiting): boolean {
  const decision = decisionOf(changesOf(approval), words);
  if (decision !== null) settle(decision);
  return decision !== null;
}

function changesOf({ question }: Approval): ChangeSet {
  return question.kind === 'edits' ? question.changes : [];
}

function allow({ question }: Approval, answer: Answer & { readonly action: 'allow' }): Decision {
  const { remember, mode, plan, note } = answer;
  const rule = remember === undefined ? null : ruleSaid(question, answer.rule);
  return {
    action: 'allow',
    by: person,
    ...(rule && { remember: rule }),
    ...(rule && remember !== undefined && remember !== 'session' && { keep: remember }),
    ...(mode !== undefined && { mode }),
    ...(plan !== undefined && question.kind === 'plan' && { plan }),
    ...(note !== undefined && note !== '' && { note }),
  };
}

/** One of those that were offered, the narrowest unless more was chosen; nothing else that an answer names. */
function ruleSaid(question: Approval['question'], said: string | undefined): Rule | null {
  if (!('always' in question) || isDangerous(question)) return exactRule(question);
  const offer = question.always.find(({ rule }) => said === undefined || rule === said);
  return offer ? parseRule(offer.rule, 'allow', 'session') : null;
}

/** "Always" stores exactly what was asked, unless more was chosen; what is dangerous is asked each time. */
function exactRule(question: Approval['question']): Rule | null {
  if (isDangerous(question)) return null;
  if (question.kind === 'command') return narrowestRule([{ effect: 'execute', target: question.line }]);
  return question.kind === 'access' ? narrowestRule(question.resources) : null;
}

function isDangerous(question: Approval['question']): boolean {
  return question.kind === 'command' && question.tier === 'dangerous';
}
