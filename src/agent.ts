/** The assembly that every door shares: ports in, an agent out. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { fileAudit } from './audit/fileAudit.ts';
import { codeSelector } from './context/select.ts';
import { defaultBudgets, type Budgets } from './core/budget.ts';
import { limits } from './core/limits.ts';
import type { Guides } from './core/guides.ts';
import type { Hooks } from './core/hooks.ts';
import type { Model } from './core/model.ts';
import type { Notes } from './core/notes.ts';
import type {
  Approver,
  Checkpoints,
  Clock,
  CodeIndex,
  Feedback,
  Files,
  KnownSecret,
  LanguageServers,
  NewId,
  Redactor,
  Sandbox,
  Search,
  Shell,
} from './core/ports.ts';
import type { Rules } from './core/settings.ts';
import { fileBlobs } from './log/blobs.ts';
import { fileLog } from './log/fileLog.ts';
import { pastSource } from './memory/episodes.ts';
import { noteSource } from './memory/noteSource.ts';
import { routeOf, type Routes } from './model/route.ts';
import { spendBook } from './log/spend.ts';
import { shellKinds, type ShellKind } from './permission/shell/line.ts';
import { secretsOf } from './sandbox/environment.ts';
import { redactor } from './sandbox/redact.ts';
import type { Agent, RunLimits } from './session/agent.ts';
import { budgetWatch } from './session/budget.ts';
import { redacted } from './session/redacted.ts';
import { deniedWhenUnanswered } from './session/unanswered.ts';
import { createTools } from './tools/catalogue.ts';
import { Commands } from './tools/commands.ts';
import { fileCheckpoints, noDocuments, type Documents } from './workspace/checkpoint.ts';

export interface AgentParts {
  /** Folder for session logs; outside every workspace. */
  readonly storage: string;
  readonly model: Model;
  readonly files: Files;
  readonly search: Search;
  readonly shell: Shell;
  readonly approver: Approver;
  /** Programs of the person's that hear what happens; what they are told holds no secret. */
  readonly hooks?: (redactor: Redactor) => Hooks;
  /** Rules of files. */
  readonly rules?: Rules;
  /** Folders besides the storage that no tool opens: where rules and consents are kept. */
  readonly own?: readonly string[];
  /** Instructions and skills. */
  readonly guides?: Guides;
  /** What is remembered, without secrets. */
  readonly notes?: (clean: (text: string) => string) => Notes;
  /** What holds commands. */
  readonly sandbox?: Sandbox;
  /** Where there is an editor. */
  readonly feedback?: Feedback;
  /** What tools and the selector know of symbols. */
  readonly index?: CodeIndex;
  /** Where there is an editor; and the files that are open there, the active one first. */
  readonly languageServers?: LanguageServers;
  readonly openFiles?: () => readonly string[];
  readonly windowTokens?: (model: string) => number | null;
  /** What is set for which purpose, and where a step goes when its model stays overloaded; as they stand now. */
  readonly routes?: () => Routes;
  readonly fallbackModel?: () => string | null;
  /** Keys that must be seen nowhere, besides those of the environment; the same array while they are the same. */
  readonly keys?: () => readonly KnownSecret[];
  /** After so long a question is denied on nobody's word; null, as without this: it waits for ever. */
  readonly questionMs?: () => number | null;
  /** False: a folder is open that its person does not trust. Absent: all are. */
  readonly trusted?: () => boolean;
  /** Unsaved texts, where there is an editor. */
  readonly documents?: Documents;
  readonly clock?: Clock;
  readonly newId?: NewId;
  /** What turns, sessions and days may use, as it stands now; absent: what a turn may use at most by itself. */
  readonly budgets?: () => Budgets;
  readonly limits?: Partial<RunLimits>;
}

export function createAgent(parts: AgentParts): Agent {
  const { model, files, search, shell, approver, clock = systemClock } = parts;
  const { storage, documents = noDocuments, index, languageServers, openFiles, windowTokens } = parts;
  const blobs = fileBlobs(storage);
  const clean = redactor(knownSecrets(parts.keys));
  const commands = new Commands({ shell, clock, redactor: clean });
  const notes = parts.notes?.((text) => clean.text(text));
  const log = fileLog(storage, clock);
  const agent: Agent = {
    log,
    blobs,
    audit: fileAudit(storage),
    checkpoints: trustedOnly(fileCheckpoints({ files, blobs, documents, storage }), parts.trusted),
    ...(parts.trusted && { trusted: parts.trusted }),
    model,
    tools: createTools({
      files,
      search,
      shell,
      commands,
      ...(index && { index }),
      ...(languageServers && { languageServers }),
      ...(notes && { notes }),
      recalls: [...(notes ? [noteSource(notes)] : []), pastSource(log, () => files.folders[0])],
    }),
    commands,
    files,
    shell: shellKind(shell.name),
    own: [storage, ...(parts.own ?? [])],
    approver: parts.questionMs ? deniedWhenUnanswered(approver, parts.questionMs, clock) : approver,
    ...(parts.rules && { rules: parts.rules }),
    ...(parts.guides && { guides: parts.guides }),
    ...(parts.sandbox && { sandbox: parts.sandbox }),
    ...(parts.feedback && { feedback: parts.feedback }),
    ...(index && { selector: codeSelector({ index, files, clock, ...(openFiles && { open: openFiles }) }) }),
    ...(index && { changed: (paths: readonly string[]) => index.changed(paths) }),
    ...(windowTokens && { windowTokens }),
    route: (purpose, own) => routeOf(purpose, own, parts.routes?.() ?? {}),
    asksTitles: () => parts.routes?.().title?.model !== undefined,
    ...(parts.fallbackModel && { fallbackModel: parts.fallbackModel }),
    random: Math.random,
    budget: budgetWatch({ limits: parts.budgets ?? (() => defaultBudgets), model, days: spendBook(storage) }),
    clock,
    newId: parts.newId ?? randomId,
    limits: {
      replyTokensMax: limits.replyTokensMax,
      contextTokens: limits.contextTokens,
      ...parts.limits,
    },
  };
  return redacted({ ...agent, ...(parts.hooks && { hooks: parts.hooks(clean) }) }, clean);
}

/** What a command has changed is found out with git, which is started in no folder that is not trusted. */
function trustedOnly(checkpoints: Checkpoints, trusted: () => boolean = () => true): Checkpoints {
  return {
    ...checkpoints,
    recover: (...args) => (trusted() ? checkpoints.recover(...args) : Promise.resolve(null)),
  };
}

/** Those of the environment, and those that are set while it runs. */
function knownSecrets(keys: (() => readonly KnownSecret[]) | undefined): () => readonly KnownSecret[] {
  const own = secretsOf(process.env);
  let last: readonly KnownSecret[] = [];
  let all = own;
  return () => {
    const now = keys?.() ?? last;
    if (now !== last) all = [...own, ...now];
    last = now;
    return all;
  };
}

/** A shell that is not known is judged as one without a read tier. */
function shellKind(name: string): ShellKind {
  return name === 'sh' ? 'bash' : (shellKinds.find((one) => one === name) ?? 'zsh');
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }),
};

/** 48 random bits in hex: short enough to type, as good as unique among one person's sessions. */
const randomId: NewId = () => randomUUID().replaceAll('-', '').slice(0, 12);
