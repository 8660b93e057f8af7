/** Everything of one window, assembled on first use: the agent with the editor's ports, the panel, the review, the commands. */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Budgets } from '../core/budget.ts';
import { JourneymanError, toError, type ErrorCode } from '../core/error.ts';
import type { Event, SessionId } from '../core/event.ts';
import type { Guides } from '../core/guides.ts';
import type { Hooks } from '../core/hooks.ts';
import type { Model } from '../core/model.ts';
import type { Notes } from '../core/notes.ts';
import type {
  Approver,
  CodeIndex,
  Feedback,
  Files,
  KnownSecret,
  LanguageServers,
  Redactor,
  Sandbox,
  Search,
  Shell,
} from '../core/ports.ts';
import type { Rules } from '../core/settings.ts';
import { hookBook, type HookBook } from '../hooks/hookBook.ts';
import { hookFault } from '../hooks/hookFile.ts';
import { inTurn } from '../log/claim.ts';
import { guideFiles, guideHome } from '../memory/guideFiles.ts';
import { guidesOf } from '../memory/guides.ts';
import { noteBook } from '../memory/noteBook.ts';
import { isSecret } from '../permission/names.ts';
import type { Routes } from '../model/route.ts';
import { ownSettings, ruleBook } from '../permission/ruleBook.ts';
import { configFolder, ownFolders } from '../permission/settingsFiles.ts';
import { hookPrograms } from '../sandbox/hookPrograms.ts';
import { endOrphans } from '../sandbox/processes.ts';
import { systemShell } from '../sandbox/shell.ts';
import type { Agent } from '../session/agent.ts';
import type { Session } from '../session/fold.ts';
import { Sessions } from '../session/sessions.ts';
import type { Documents } from '../workspace/checkpoint.ts';
import { nodeFiles } from '../workspace/files.ts';
import { editorRipgrep, findRipgrep, ripgrepSearch } from '../workspace/search.ts';
import { onWorkbenchChange, readAppState } from './appState.ts';
import { Asks, openHunksOf } from '../session/asks.ts';
import { ChangeDesk } from './changes.ts';
import { editorCommands } from './commands.ts';
import { CommandTerminals } from './commandTerminals.ts';
import { contextKeys } from './contextKeys.ts';
import { Desk } from './desk.ts';
import { deskMemory } from './deskMemory.ts';
import { editorDocuments } from './documents.ts';
import { Feed } from './feed.ts';
import { editorFeedback } from './feedback.ts';
import { editorFiles } from './files.ts';
import { EditorIndex } from './indexFeed.ts';
import { IndexProgress } from './indexProgress.ts';
import { startEditorIndex } from './indexStart.ts';
import { handleIntent } from './intents.ts';
import { editorLanguageServers } from './languageServers.ts';
import { Mentions } from './mentions.ts';
import { openNames, workspaceNames } from './names.ts';
import { Notices, readOnlyId, readOnlyNotice, tellFault } from './notices.ts';
import { notifyWhenAway } from './notify.ts';
import { OwnerWatch } from './ownerWatch.ts';
import { Pages } from './pages.ts';
import { PanelHost } from './panelHost.ts';
import type { Parts } from './parts.ts';
import { Plans } from './plans.ts';
import { Problems } from './problems.ts';
import { frameOf } from './promptFrame.ts';
import { Provider } from './provider.ts';
import { goesOnByItself } from './recovery.ts';
import { Rebases } from './rebases.ts';
import { Review } from './review.ts';
import { reviewActions } from './reviewActions.ts';
import { isSample } from './sample.ts';
import { tellWaiting } from './ruleActions.ts';
import { Restores } from './restores.ts';
import { editorSearch } from './search.ts';
import { readSettings } from './settings.ts';
import { StatusBar } from './statusBar.ts';
import { countOpen } from './surfaces/openChanges.ts';
import { startSurfaces } from './surfaces/surfaces.ts';
import { statusText, type StatusInput } from './statusText.ts';
import { storageFolder } from './storage.ts';
import { Tasks } from './task.ts';
import { askIfTrusted } from './trust.ts';
import { waitingMark } from './waitingMark.ts';
import { windowSandbox } from './windowSandbox.ts';

/** `agent.ts`, handed over by the door. */
export type CreateAgent = (parts: {
  readonly storage: string;
  readonly model: Model;
  readonly files: Files;
  readonly search: Search;
  readonly shell: Shell;
  readonly approver: Approver;
  readonly rules: Rules;
  readonly hooks: (redactor: Redactor) => Hooks;
  readonly own: readonly string[];
  readonly guides: Guides;
  readonly notes: (clean: (text: string) => string) => Notes;
  readonly feedback: Feedback;
  readonly documents: Documents;
  readonly index: CodeIndex;
  readonly languageServers: LanguageServers;
  readonly openFiles: () => readonly string[];
  readonly windowTokens: (model: string) => number | null;
  readonly keys: () => readonly KnownSecret[];
  readonly sandbox: Sandbox;
  readonly trusted: () => boolean;
  readonly questionMs: () => number | null;
  readonly routes: () => Routes;
  readonly fallbackModel: () => string | null;
  readonly budgets: () => Budgets;
}) => Agent;

export interface App {
  readonly parts: Parts;
  /** What the status bar says now. */
  readonly status: () => string;
  run(command: string, args: readonly unknown[]): Promise<void>;
  showPanel(view: vscode.WebviewView): void;
  /** Ends what runs, gives the sessions free, takes every surface away. */
  close(): Promise<void>;
}

export async function startApp(context: vscode.ExtensionContext, createAgent: CreateAgent): Promise<App> {
  const storage = storageFolder(context);
  const disk = workspaceFiles();
  const files = editorFiles(disk, () => readSettings().saveEdits);
  const sandbox = windowSandbox(storage, files, () => refresh());
  const shell = systemShell({ sandbox: sandbox.port });
  setImmediate(endOrphans);
  const asks = new Asks(randomUUID);
  const provider = new Provider(context, await isSample(disk.folders[0]));
  const index = new EditorIndex({
    files,
    folders: () => files.folders,
    start: (folders) => startEditorIndex(context, folders),
    allowed: () => vscode.workspace.isTrusted && readSettings().index,
  });
  const settings = ownSettings(() => files.folders, inTurn);
  const isTrusted = (): boolean => vscode.workspace.isTrusted;
  const rules = ruleBook({ ...settings, isTrusted, faultIn: hookFault });
  const notePlaces = { config: configFolder(), folders: () => files.folders, isTrusted };
  const notes = noteBook(notePlaces, (text) => agent.redactor?.text(text) ?? text);
  const guides = guideFiles({ files, home: guideHome(), isTrusted, isSecret });
  const hooksWith = (redactor: Redactor | null): HookBook =>
    hookBook({
      ...settings,
      programs: hookPrograms(sandbox.port),
      folders: () => files.folders,
      isTrusted,
      redactor,
    });
  let hooks = hooksWith(null);
  const agent = createAgent({
    storage,
    model: provider.model,
    files,
    search: workspaceSearch(files),
    shell,
    approver: askIfTrusted(asks, () => vscode.workspace.isTrusted),
    rules,
    hooks: (redactor) => (hooks = hooksWith(redactor)),
    own: ownFolders(),
    guides: guidesOf(guides, notes),
    notes: (clean) => noteBook(notePlaces, clean),
    feedback: { tell: (session, signal) => feedback.tell(session, signal) },
    documents: editorDocuments,
    index,
    languageServers: editorLanguageServers(files),
    openFiles: () => openNames(files),
    windowTokens: (id) => provider.models.find((one) => one.id === id)?.windowTokens ?? null,
    keys: () => provider.keys,
    trusted: () => vscode.workspace.isTrusted,
    sandbox: sandbox.port,
    questionMs: () => readSettings().questionMs,
    routes: () => (provider.choice.kind === 'practice' ? {} : readSettings().routes),
    fallbackModel: () => (provider.choice.kind === 'practice' ? null : readSettings().fallbackModel),
    budgets: () => readSettings().budgets,
  });
  const { limits } = agent;
  const { commands } = agent;
  if (!commands) throw new JourneymanError('bug', 'The agent has no place for commands in the background.');
  const withSettings: Agent = {
    ...agent,
    get limits() {
      const { contextTokens, windowTokens } = readSettings();
      return { ...limits, contextTokens, ...(windowTokens !== null && { windowTokens }) };
    },
  };

  const sessions = new Sessions(withSettings);
  const notices = new Notices(() => feed.notices());
  const desk = new Desk(sessions, deskMemory(storage), {
    onShown: () => {
      tellReadOnly(desk, notices);
      owner.follow(readHere(desk));
      followShown();
      feed.session();
      refresh();
    },
    onEvents: (session, events) => {
      problems.follow(events);
      plans.follow(events);
      follow(session);
      feed.events(session, events);
      if (events.some(({ type }) => lifeEvents.has(type))) refresh();
      else status.update();
    },
    onDelta: (session, delta) => feed.delta(session, delta),
    keeps: (session) => commands.isRunning(session),
    onChange: () => {
      feed.recovery();
      refresh();
    },
    onEnd: (_session, outcome) => away.onEnd(outcome),
    onTaken: (session, back) => {
      const { continueAfterRestart } = readSettings();
      const taken = { state: session.state, report: desk.cut(session.id), back, continueAfterRestart };
      if (goesOnByItself(taken)) void tasks.goOn(session);
    },
  });
  const problems = new Problems(files, agent.clock);
  const changes = new ChangeDesk({
    desk,
    sessions,
    files,
    checkpoints: agent.checkpoints,
    send: (text, attachments) => tasks.send(text, attachments, true),
    problems: (path) => problems.counts(path),
  });
  const feedback = editorFeedback(desk, changes, problems);
  const plans: Plans = new Plans(asks, context.workspaceState, () =>
    tasks.nextMode === 'plan' ? 'ask' : tasks.nextMode,
  );
  const quietly = (work: Promise<void>): void => {
    work.catch((thrown: unknown) => tellFault({ desk, notices }, thrown, null));
  };
  const follow = (id: SessionId): void => {
    const { shown } = desk;
    const events = desk.find(id)?.events ?? (shown.kind === 'read' && shown.id === id ? shown.events : null);
    if (events) quietly(changes.take(id, events));
  };
  const followShown = (): void => {
    if (desk.shownId !== null) follow(desk.shownId);
  };
  const retry = async (): Promise<void> => {
    try {
      await desk.retry();
    } catch (thrown) {
      tellFault({ desk, notices }, thrown, null);
    }
    owner.follow(readHere(desk));
  };
  const owner = new OwnerWatch(storage, () => void retry());
  const pages = new Pages();
  const terminals = new CommandTerminals(commands);
  let busySessions = 0;
  const rebases = new Rebases(asks, files);
  const review = new Review(asks, files, rebases, () => readSettings().review.codeLens);
  const surfaces = startSurfaces(changes, review, () => readSettings().review);
  const actions = reviewActions({ asks, review, changes, ...surfaces });
  const tasks = new Tasks({
    agent: withSettings,
    shellName: shell.name,
    sandbox: sandbox.port,
    desk,
    asks,
    provider,
    notices,
    planAnswer: (call, answer) => plans.planAnswer(call, answer),
    giveBack: (text, attachments) => panel.post({ type: 'compose', text, attachments }),
  });
  const panel = new PanelHost(context.extensionUri, (intent) => void handleIntent(parts, intent));
  const feed = new Feed((message) => panel.post(message), {
    desk,
    asks,
    notices,
    changes,
    commands,
    appState: () => readAppState(provider, tasks, desk, asks, index, sandbox),
    frame: (events) => frameOf(agent.tools, events),
  });
  const mentions = new Mentions({ files, index, names: workspaceNames(files, ripgrepPath) });
  const progress = new IndexProgress();
  const restores = new Restores({
    checkpoints: agent.checkpoints,
    files,
    pages,
    post: (message) => panel.post(message),
  });
  const parts: Parts = {
    context,
    files,
    agent: withSettings,
    sessions,
    desk,
    asks,
    rules,
    hooks: () => hooks,
    provider,
    tasks,
    notices,
    review,
    changes,
    surfaces,
    plans,
    actions,
    restores,
    pages,
    commands,
    terminals,
    index,
    sandbox,
    mentions,
    guides,
    notes,
    panel,
    feed,
    updateKeys: () => keys.update(),
    restored: restore(desk, notices),
  };
  const status = new StatusBar(() => {
    const input = statusInput(parts);
    return {
      status: statusText(input),
      visible: readSettings().statusBar,
      ticking: input.running && input.asks === null,
    };
  });
  const keys = contextKeys(parts);
  const away = notifyWhenAway(parts);
  const palette = editorCommands(parts);

  const refresh = (): void => {
    feed.app();
    status.update();
    keys.update();
  };
  const mark = waitingMark(storage);
  const markWaiting = (): void => quietly(mark.set(countOpen(changes.files) > 0));
  const disposables: readonly { dispose(): unknown }[] = [
    sandbox,
    provider,
    rebases,
    review,
    surfaces,
    changes,
    problems,
    plans,
    feed,
    changes.onDidChange(() => {
      feed.review();
      refresh();
      markWaiting();
    }),
    problems.onDidChange(() => feed.review()),
    status,
    pages,
    terminals,
    {
      dispose: commands.onChange(() => {
        feed.commands();
        const busy = desk.held.filter(({ id }) => commands.isRunning(id)).length;
        if (busy < busySessions) quietly(desk.tidy());
        busySessions = busy;
      }),
    },
    owner,
    keys,
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (!focused) return;
      void retry();
      quietly(changes.refresh());
      quietly(tellWaiting(parts));
    }),
    provider.onChange(refresh),
    onWorkbenchChange(refresh),
    progress,
    {
      dispose: index.onStatus((status) => {
        progress.update(index.known === null ? null : status);
        feed.app();
        keys.update();
      }),
    },
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('journeyman.index')) quietly(index.restart());
    }),
    {
      dispose: asks.onChange(() => {
        feed.asks();
        refresh();
        panel.setBadge(asks.waiting.length, 'Journeyman needs you');
        away.onAsks();
      }),
    },
  ];

  refresh();
  sandbox.find();
  void provider.refresh();
  quietly(parts.restored.then(() => tellWaiting(parts)));
  quietly(parts.restored.then(() => changes.refresh()).then(markWaiting));

  return {
    parts,
    status: () => status.text,
    async run(name, args) {
      try {
        await palette[name]?.(...args);
      } catch (thrown) {
        void vscode.window.showWarningMessage(toError(thrown).message);
      }
    },
    showPanel: (view) => panel.show(view),
    async close() {
      await desk.close();
      await Promise.all([agent.checkpoints.close(), index.close()]);
      for (const one of disposables) one.dispose();
    },
  };
}

/** The folders of the workbench; the first one changes only with a new extension host, others come and go. */
function workspaceFiles(): Files {
  let open: { readonly folders: typeof vscode.workspace.workspaceFolders; readonly files: Files } | null = null;
  const now = (): Files => {
    const folders = vscode.workspace.workspaceFolders;
    if (open === null || open.folders !== folders) {
      const paths = (folders ?? []).flatMap(({ uri }) => (uri.scheme === 'file' ? [uri.fsPath] : []));
      open = { folders, files: nodeFiles(paths) };
    }
    return open.files;
  };
  return {
    get folders() {
      return now().folders;
    },
    locate: (path) => now().locate(path),
    leadsTo: (path) => now().leadsTo(path),
    read: (path, signal) => now().read(path, signal),
    list: (path, depth, signal) => now().list(path, depth, signal),
    apply: (changes, signal) => now().apply(changes, signal),
    tidy: (paths) => now().tidy(paths),
  };
}

function workspaceSearch(files: Files): Search {
  const searchIn = (...folders: readonly string[]): Search => ripgrepSearch({ rgPath: ripgrepPath, folders });
  return editorSearch({ text: (query, signal) => searchIn(...files.folders).text(query, signal) }, files, searchIn);
}

/** Looked for when it is first needed, and each time: a look takes no time beside a search. */
function ripgrepPath(): string {
  return findRipgrep(editorRipgrep(vscode.env.appRoot));
}

/** What lay open when the window closed, or its extension host died. */
async function restore(desk: Desk, notices: Notices): Promise<void> {
  try {
    await desk.restore();
  } catch (thrown) {
    tellFault({ desk, notices }, thrown, null); // the panel opens all the same, and says so
  }
}

function tellReadOnly({ shown }: Desk, notices: Notices): void {
  if (shown.kind === 'read') notices.show(readOnlyNotice(shown.id, shown.why));
  else notices.dismiss(readOnlyId);
}

/** The session on the desk that another window or process writes to. */
function readHere({ shown }: Desk): SessionId | null {
  return shown.kind === 'read' && shown.why.code === 'locked' ? shown.id : null;
}

/** What changes buttons, keys and menus. */
const lifeEvents: ReadonlySet<Event['type']> = new Set<Event['type']>([
  'turn.started',
  'turn.ended',
  'session.paused',
  'session.resumed',
  'session.changed',
  'session.closed',
  'conversation.rewound',
  'message.queued',
  'message.cancelled',
  'message.delivered',
  'checkpoint.created',
]);

function statusInput({ desk, asks, provider, changes, sandbox }: Parts): StatusInput {
  const { live } = desk;
  const [ask] = asks.waiting;
  const last = live?.events.at(-1);
  return {
    nowMs: Date.now(),
    provider: provider.choice.kind,
    session: live?.state ?? null,
    running: live?.running ?? false,
    cutAtStep: (live && desk.cut(live.id)?.step) ?? null,
    othersRunning: desk.held.filter((session) => session.running && session !== live).length,
    asks: ask
      ? { question: ask.approval.question, openHunks: openHunksOf(ask).length, more: asks.waiting.length - 1 }
      : null,
    retryAtMs: last?.type === 'model.failed' && last.retryInMs !== null ? last.atMs + last.retryInMs : null,
    serverGone: last?.type === 'model.failed' && last.waits === true,
    openChanges: {
      own: countOpen(changes.files.filter(({ session }) => session === desk.shownId)),
      all: countOpen(changes.files),
    },
    noSandbox: sandbox.missing(),
    keyRefused: live !== null && !live.running && endCode(live.state) === 'unauthorized',
  };
}

function endCode({ outcome }: Session): ErrorCode | null {
  if (outcome?.kind === 'failed') return outcome.code;
  return outcome?.kind === 'partial' ? outcome.why : null;
}
