/** The one wire to the extension host, and what the page keeps over a reload of itself. */
import type { Intent } from '../src/protocol/messages.ts';
import type { Attachment } from '../src/protocol/view.ts';
import type { KeptPlan } from './ui.ts';

declare function acquireVsCodeApi(): {
  postMessage(message: Intent): void;
  getState(): unknown;
  setState(state: Kept): void;
};

/** Kept while the page is hidden or reloaded; the session itself comes from the host again. */
export interface Kept {
  readonly session: string | null;
  readonly draft: string;
  readonly attachments: readonly Attachment[];
  /** Fold states that differ from how things are drawn at first. */
  readonly folds: readonly (readonly [key: string, open: boolean])[];
  /** Distance from the top; null: at the end. */
  readonly scrollTop: number | null;
  /** What was edited and commented in a plan that waits. */
  readonly plan: KeptPlan | null;
}

export interface Host {
  post(intent: Intent): void;
  keep(state: Kept): void;
  kept(): Kept;
}

export function connect(): Host {
  const api = acquireVsCodeApi();
  return {
    post: (intent) => api.postMessage(intent),
    keep: (state) => api.setState(state),
    // Our own words, from this page: an older version may have written them.
    kept: () => ({ ...nothing, ...(api.getState() as Partial<Kept> | undefined) }),
  };
}

const nothing: Kept = { session: null, draft: '', attachments: [], folds: [], scrollTop: null, plan: null };
