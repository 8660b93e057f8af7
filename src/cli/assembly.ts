/** The agent as the command line assembles it, with a model or without one. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createAgent } from '../agent.ts';
import { noBudgets } from '../core/budget.ts';
import { JourneymanError } from '../core/error.ts';
import type { Model } from '../core/model.ts';
import type { Approver, CodeIndex, Files, Sandbox, Shell } from '../core/ports.ts';
import { inTurn } from '../log/claim.ts';
import { isProtected, isSecret, protectedNames } from '../permission/names.ts';
import { hookBook } from '../hooks/hookBook.ts';
import { hookFault } from '../hooks/hookFile.ts';
import { guideFiles, guideHome } from '../memory/guideFiles.ts';
import { guidesOf } from '../memory/guides.ts';
import { noteBook, type NotePlaces } from '../memory/noteBook.ts';
import { ownSettings, ruleBook } from '../permission/ruleBook.ts';
import { hookPrograms } from '../sandbox/hookPrograms.ts';
import { configFolder, ownFolders } from '../permission/settingsFiles.ts';
import { endOrphans } from '../sandbox/processes.ts';
import { systemSandbox } from '../sandbox/sandbox.ts';
import { systemShell } from '../sandbox/shell.ts';
import type { Agent } from '../session/agent.ts';
import { nodeFiles } from '../workspace/files.ts';
import { findRipgrep, packageRipgrep, ripgrepSearch } from '../workspace/search.ts';
import type { ModelOptions, RunningOptions } from './arguments.ts';
import { unaskedIndex } from './codeIndex.ts';
import type { ChosenModel } from './model.ts';
import { denial } from './person.ts';
import { storageFolder } from './storage.ts';

export interface CliAgent {
  readonly agent: Agent;
  readonly files: Files;
  readonly shell: Shell;
  readonly sandbox: Sandbox;
}

/** `folders`: absolute paths of folders that are there. */
export function assemble(
  folders: readonly string[],
  { model, windowTokens }: Pick<ChosenModel, 'model' | 'windowTokens'>,
  approver: Approver,
  {
    budgets,
    questionMs,
    sandbox: isHeld = true,
    models,
  }: Pick<RunningOptions, 'budgets' | 'questionMs'> & { sandbox?: boolean; models?: ModelOptions },
  index: CodeIndex | null,
): CliAgent {
  const files = nodeFiles(folders);
  const storage = storageFolder();
  const sandbox = systemSandbox({
    folders: () => files.folders,
    storage,
    own: ownFolders(),
    isProtected,
    protectedNames,
    isSecret,
    off: () => (isHeld ? null : 'it is switched off by --no-sandbox'),
  });
  const shell = systemShell({ sandbox });
  setImmediate(endOrphans);
  const settings = ownSettings(() => folders, inTurn);
  const agent = createAgent({
    storage,
    model,
    files,
    search: ripgrepSearch({ rgPath: () => findRipgrep(packageRipgrep(import.meta.filename)), folders: files.folders }),
    shell,
    approver,
    questionMs: () => questionMs,
    rules: ruleBook({ ...settings, isTrusted: () => true, faultIn: hookFault }),
    hooks: (redactor) =>
      hookBook({
        ...settings,
        programs: hookPrograms(sandbox),
        folders: () => folders,
        isTrusted: () => true,
        redactor,
      }),
    own: ownFolders(),
    guides: guidesOf(
      guideFiles({ files, home: guideHome(), isTrusted: () => true, isSecret }),
      noteBook(notePlaces(folders), String),
    ),
    notes: (clean) => noteBook(notePlaces(folders), clean),
    sandbox,
    windowTokens,
    ...(models && { routes: () => models.routes, fallbackModel: () => models.fallbackModel }),
    ...(index && { index }),
    budgets: () => budgets,
  });
  return { agent, files, shell, sandbox };
}

export function notePlaces(folders: readonly string[]): NotePlaces {
  return { config: configFolder(), folders: () => folders, isTrusted: () => true };
}

/** For what needs no reply: a session's record and the files that it has changed. */
export function assembleWithoutModel(folders: readonly string[]): Agent {
  return assemble(folders, { model: noModel, windowTokens: () => null }, denial, unlimited, unaskedIndex()).agent;
}

const unlimited = { budgets: noBudgets, questionMs: null };

const noModel: Model = {
  reply: () => Promise.reject(new JourneymanError('bug', 'Something asked for a reply where no model is needed.')),
  list: () => Promise.resolve([]),
  costUsd: () => null,
};

/** Throws `invalid_input`. */
export async function workspaceFolder(path: string): Promise<string> {
  const folder = resolve(path);
  const info = await stat(folder).catch(() => null);
  if (info?.isDirectory()) return folder;
  throw new JourneymanError(
    'invalid_input',
    `The workspace ${folder} ${info ? 'is no folder' : 'does not exist'}. Name the folder to work in with --workspace.`,
  );
}
