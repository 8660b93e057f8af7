/** The settings of package.json, typed. */
import * as vscode from 'vscode';
import { budgetIn, defaultBudgets, lowest, type Budgets, type BudgetScope } from '../core/budget.ts';
import { isObject } from '../core/json.ts';
import { limits } from '../core/limits.ts';
import { modes, type Mode } from '../core/permission.ts';
import { efforts, purposes, type Effort, type Purpose } from '../core/purpose.ts';
import type { Choice, Routes } from '../model/route.ts';

export const providers = ['none', 'practice', 'anthropic', 'endpoint', 'editor'] as const;
export type ProviderKind = (typeof providers)[number];

export const savePolicies = ['whenClean', 'always', 'never'] as const;
export type SavePolicy = (typeof savePolicies)[number];

/** Where the changes are shown in the editor. */
export interface ReviewSettings {
  readonly decorations: boolean;
  readonly codeLens: boolean;
  readonly quickDiff: boolean;
  readonly sourceControl: boolean;
  readonly comments: boolean;
}

export interface Settings {
  readonly provider: ProviderKind;
  readonly endpoint: string;
  readonly model: string;
  /** null: as the model does by itself. */
  readonly effort: Effort | null;
  readonly routes: Routes;
  readonly fallbackModel: string | null;
  /** How long the first byte of a reply is waited for; null: as long as fits the server. */
  readonly firstByteMs: number | null;
  readonly defaultMode: Mode;
  readonly budgets: Budgets;
  readonly continueAfterRestart: boolean;
  /** After so long a question is denied; null: it waits for ever. */
  readonly questionMs: number | null;
  readonly saveEdits: SavePolicy;
  readonly review: ReviewSettings;
  /** Code that a task begins with; 0: none. */
  readonly contextTokens: number;
  /** What the model holds; null: as far as it is known. */
  readonly windowTokens: number | null;
  readonly index: boolean;
  /** `off`: commands run with the person's rights. */
  readonly sandbox: 'auto' | 'off';
  readonly statusBar: boolean;
  readonly notifications: boolean;
}

/** As they stand now; anything that does not fit counts as not set. */
export function readSettings(): Settings {
  const all = vscode.workspace.getConfiguration('journeyman');
  const questionMinutes = all.get<unknown>('questionTimeout');
  const contextTokens = all.get<unknown>('context.tokens');
  const windowTokens = all.get<unknown>('context.window');
  const modelMinutes = all.get<unknown>('modelTimeout');
  const effort = oneOf<Effort | ''>(efforts, all.get('effort'), '') || null;
  return {
    provider: oneOf(providers, all.get('provider'), 'none'),
    endpoint: text(all.get('endpoint')),
    model: text(all.get('model')),
    effort,
    routes: { ...routesIn(all.get('models')), ...(effort !== null && { main: { effort } }) },
    fallbackModel: text(all.get('fallbackModel')) || null,
    firstByteMs: typeof modelMinutes === 'number' && modelMinutes > 0 ? modelMinutes * 60_000 : null,
    defaultMode: oneOf(modes, all.get('defaultMode'), 'ask'),
    budgets: readBudgets(all),
    continueAfterRestart: all.get<unknown>('continueAfterRestart') === true,
    questionMs: typeof questionMinutes === 'number' && questionMinutes > 0 ? questionMinutes * 60_000 : null,
    saveEdits: oneOf(savePolicies, all.get('saveEdits'), 'whenClean'),
    review: {
      decorations: all.get<unknown>('review.decorations') !== false,
      codeLens: all.get<unknown>('review.codeLens') !== false,
      quickDiff: all.get<unknown>('review.quickDiff') !== false,
      sourceControl: all.get<unknown>('review.sourceControl') !== false,
      comments: all.get<unknown>('review.comments') !== false,
    },
    contextTokens:
      typeof contextTokens === 'number' && contextTokens >= 0 ? Math.floor(contextTokens) : limits.contextTokens,
    windowTokens: typeof windowTokens === 'number' && windowTokens >= 1 ? Math.floor(windowTokens) : null,
    index: all.get<unknown>('index.enabled') !== false,
    sandbox: oneOf(['auto', 'off'], all.get('sandbox'), 'auto'),
    statusBar: all.get<unknown>('statusBar') !== false,
    notifications: all.get<unknown>('notifications') !== false,
  };
}

/** The person's own; a folder that is trusted may only lower them. */
function readBudgets(all: vscode.WorkspaceConfiguration): Budgets {
  const parts = (scope: BudgetScope) => all.inspect<Record<string, unknown>>(`budget.${scope}`);
  const of = (value: (scope: BudgetScope) => unknown): Budgets => ({
    turn: budgetIn(value('turn')),
    session: budgetIn(value('session')),
    day: budgetIn(value('day')),
  });
  const own = of((scope) => ({ ...(scope === 'turn' && defaultBudgets.turn), ...parts(scope)?.globalValue }));
  if (!vscode.workspace.isTrusted) return own;
  const folder = of((scope) => parts(scope)?.workspaceValue);
  const inFolder = of((scope) => parts(scope)?.workspaceFolderValue);
  return [folder, inFolder].reduce(lowest, own);
}

/** Into the person's own settings, never the folder's: what is set here decides where their text is sent. */
export async function writeSetting(name: 'provider' | 'endpoint' | 'model' | 'effort', value: string): Promise<void> {
  await vscode.workspace.getConfiguration('journeyman').update(name, value, vscode.ConfigurationTarget.Global);
}

function routesIn(value: unknown): Routes {
  const routes: Partial<Record<Purpose, Choice>> = {};
  for (const purpose of purposes) {
    const set = isObject(value) ? value[purpose] : null;
    if (!isObject(set)) continue;
    const model = text(set['model']);
    const effort = efforts.find((one) => one === set['effort']);
    routes[purpose] = { ...(model !== '' && { model }), ...(effort !== undefined && { effort }) };
  }
  return routes;
}

function oneOf<T extends string>(known: readonly T[], value: unknown, otherwise: T): T {
  return known.find((one) => one === value) ?? otherwise;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}
