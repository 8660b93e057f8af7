/** What commands and intents act on: the parts of this window, assembled in `app.ts`. */
import type * as vscode from 'vscode';
import type { BackgroundCommands } from '../core/command.ts';
import type { Notes } from '../core/notes.ts';
import type { Files } from '../core/ports.ts';
import type { HookBook } from '../hooks/hookBook.ts';
import type { GuideFiles } from '../memory/guideFiles.ts';
import type { RuleBook } from '../permission/ruleBook.ts';
import type { Agent } from '../session/agent.ts';
import type { Asks } from '../session/asks.ts';
import type { Sessions } from '../session/sessions.ts';
import type { ChangeDesk } from './changes.ts';
import type { CommandTerminals } from './commandTerminals.ts';
import type { Desk } from './desk.ts';
import type { Feed } from './feed.ts';
import type { EditorIndex } from './indexFeed.ts';
import type { Mentions } from './mentions.ts';
import type { Notices } from './notices.ts';
import type { Pages } from './pages.ts';
import type { PanelHost } from './panelHost.ts';
import type { Plans } from './plans.ts';
import type { Provider } from './provider.ts';
import type { Restores } from './restores.ts';
import type { Review } from './review.ts';
import type { ReviewActions } from './reviewActions.ts';
import type { Surfaces } from './surfaces/surfaces.ts';
import type { Tasks } from './task.ts';
import type { WindowSandbox } from './windowSandbox.ts';

export interface Parts {
  readonly context: vscode.ExtensionContext;
  readonly files: Files;
  /** Instructions, skills, prompt files. */
  readonly guides: GuideFiles;
  readonly notes: Notes;
  readonly agent: Agent;
  readonly sessions: Sessions;
  readonly desk: Desk;
  readonly asks: Asks;
  readonly rules: RuleBook;
  readonly hooks: () => HookBook;
  readonly provider: Provider;
  readonly tasks: Tasks;
  readonly notices: Notices;
  readonly review: Review;
  readonly changes: ChangeDesk;
  readonly surfaces: Surfaces;
  readonly plans: Plans;
  readonly actions: ReviewActions;
  readonly restores: Restores;
  readonly pages: Pages;
  readonly commands: BackgroundCommands;
  readonly terminals: CommandTerminals;
  readonly index: EditorIndex;
  readonly sandbox: WindowSandbox;
  readonly mentions: Mentions;
  readonly panel: PanelHost;
  readonly feed: Feed;
  /** Context keys, where something changed that the workbench has not told yet. */
  readonly updateKeys: () => void;
  /** What lay open when the window closed lies on the desk again, or cannot. */
  readonly restored: Promise<void>;
}
