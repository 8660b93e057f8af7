/** What one agent is made of: the ports and limits that every session of it uses. Assembled in `src/agent.ts`. */
import type { Selector } from '../context/select.ts';
import type { BackgroundCommands } from '../core/command.ts';
import type { Model } from '../core/model.ts';
import type {
  Approver,
  Audit,
  Blobs,
  Checkpoints,
  Clock,
  EventLog,
  Feedback,
  Files,
  NewId,
  Redactor,
} from '../core/ports.ts';
import type { Guides } from '../core/guides.ts';
import type { SandboxState } from '../core/permission.ts';
import type { Hooks } from '../core/hooks.ts';
import type { Purpose, Route } from '../core/purpose.ts';
import type { Rules } from '../core/settings.ts';
import type { Tool } from '../core/tool.ts';
import type { OwnChoice } from '../model/route.ts';
import type { ShellKind } from '../permission/shell/line.ts';
import type { BudgetWatch } from './budget.ts';
import type { findStall } from './stall.ts';

export interface RunLimits {
  readonly replyTokensMax: number;
  /** Code that a turn begins with; 0: none is picked. */
  readonly contextTokens: number;
  /** What the model holds, whatever is known of it; absent: what is known. */
  readonly windowTokens?: number;
}

export interface FindsSandbox {
  ready(signal: AbortSignal): Promise<SandboxState | null>;
}

export interface Agent {
  readonly log: EventLog;
  readonly model: Model;
  readonly tools: readonly Tool[];
  readonly files: Files;
  /** For which shell command lines are written; absent: bash. */
  readonly shell?: ShellKind;
  /** Folders that no tool opens: its own logs and copies. */
  readonly own?: readonly string[];
  /** Where a folder may be open that its person does not trust: until it is, nothing is done but looking, whatever allows it. */
  readonly trusted?: () => boolean;
  readonly blobs: Blobs;
  readonly checkpoints: Checkpoints;
  readonly approver: Approver;
  /** Where programs of the person hear what happens. */
  readonly hooks?: Hooks;
  /** Where rules stand in files too. */
  readonly rules?: Rules;
  /** Where person and project have instructions. */
  readonly guides?: Guides;
  /** What holds commands; absent: nothing, and nobody asks. */
  readonly sandbox?: FindsSandbox;
  /** Where commands go on in the background. */
  readonly commands?: BackgroundCommands;
  /** Where somebody watches the files. */
  readonly feedback?: Feedback;
  /** Where there is an index. */
  readonly selector?: Selector;
  /** Hears of files that calls and restores have changed. */
  readonly changed?: (paths: readonly string[]) => void;
  /** The window of a model, where it is known. */
  readonly windowTokens?: (model: string) => number | null;
  /** Who answers for a purpose, as things are set now; absent: the session's own model for all. */
  readonly route?: (purpose: Purpose, own: OwnChoice) => Route;
  /** Where a step goes when its model stays overloaded; null, or absent: nowhere. */
  readonly fallbackModel?: () => string | null;
  /** Whether a model is set for titles. */
  readonly asksTitles?: () => boolean;
  /** Whether a run waits for a server that is gone; absent: where a person is there. */
  readonly waitsForServer?: () => boolean;
  /** From 0 to 1, to spread waits; absent: always 0. */
  readonly random?: () => number;
  /** Where what is done is written down beside the log. */
  readonly audit?: Audit;
  /** Where secrets are taken out of what a person says. */
  readonly redactor?: Redactor;
  /** Where there are limits to keep to. */
  readonly budget?: BudgetWatch;
  /** How runs in circles are found; absent: by what calls have done. */
  readonly stalls?: typeof findStall;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly limits: RunLimits;
}
