/** All that shows the changes in the editor: views on `Changes`, each with its own switch, none of which takes the focus. */
import * as vscode from 'vscode';
import type { Changes } from '../changed.ts';
import type { Review } from '../review.ts';
import type { ReviewSettings } from '../settings.ts';
import { Baselines } from './baselines.ts';
import { showLenses } from './lenses.ts';
import { showMarks } from './marks.ts';
import { AgentChanges } from './sourceControl.ts';
import { Threads } from './threads.ts';

export interface Surfaces {
  readonly baselines: Baselines;
  readonly agentChanges: AgentChanges;
  readonly threads: Threads;
  dispose(): void;
}

export function startSurfaces(changes: Changes, review: Review, settings: () => ReviewSettings): Surfaces {
  const baselines = new Baselines(changes);
  const agentChanges = new AgentChanges(changes, settings);
  const threads = new Threads(changes, review, () => settings().comments);
  const all = vscode.Disposable.from(
    baselines,
    agentChanges,
    threads,
    showMarks(changes, () => settings().decorations),
    showLenses(changes, () => settings().codeLens),
  );
  return { baselines, agentChanges, threads, dispose: () => void all.dispose() };
}
