/** The half second in which a question that has just come takes no answer: keys and clicks may have been meant for what stood there. */

import type { Panel } from './panel.ts';

const graceMs = 500;

export class Grace {
  #question: string | null = null;
  #shownAtMs = 0;
  #typedAtMs = Number.NEGATIVE_INFINITY;
  #pressedAtMs = Number.NEGATIVE_INFINITY;

  /** Called with each drawing; `question` changes when the dock asks something else. */
  shown(question: string | null, nowMs: number): void {
    if (question === this.#question) return;
    this.#question = question;
    this.#shownAtMs = nowMs;
  }

  /** A character went into a text field. */
  typed(nowMs: number): void {
    this.#typedAtMs = nowMs;
  }

  pressed(nowMs: number): void {
    this.#pressedAtMs = nowMs;
  }

  takesKey(nowMs: number): boolean {
    return this.#question !== null && nowMs >= this.readyAtMs;
  }

  /** A click counts from when the button went down. */
  takesClick(nowMs: number): boolean {
    return this.#question !== null && Math.min(nowMs, this.#pressedAtMs) >= this.#shownAtMs + graceMs;
  }

  get readyAtMs(): number {
    return Math.max(this.#shownAtMs, this.#typedAtMs) + graceMs;
  }
}

/** A click that began before the question came does not count. */
export function guarded(panel: Panel, act: () => void): (event: Event) => void {
  return (event) => {
    const now = performance.now();
    // A click without a pointer is a key on a focused button.
    const byKey = event instanceof MouseEvent && event.detail === 0;
    if (byKey ? panel.grace.takesKey(now) : panel.grace.takesClick(now)) act();
  };
}
