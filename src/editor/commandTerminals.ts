/** What a command prints, in a terminal of the workbench that only shows it: nothing can be typed there, and closing it ends nothing. */
import * as vscode from 'vscode';
import type { BackgroundCommands } from '../core/command.ts';
import { JourneymanError } from '../core/error.ts';
import type { SessionId } from '../core/event.ts';
import { firstLine } from '../core/text.ts';

/** Nothing here ends a command, or types into it. */
type Seen = Pick<BackgroundCommands, 'list' | 'follow'>;

export class CommandTerminals implements vscode.Disposable {
  readonly #commands: Seen;
  readonly #open = new Map<string, vscode.Terminal>();

  constructor(commands: Seen) {
    this.#commands = commands;
  }

  /** Throws `not_found`. Takes the focus: the person asked for it. */
  show(session: SessionId, id: string): void {
    const key = `${session} ${id}`;
    const known = this.#open.get(key);
    if (known) {
      known.show();
      return;
    }
    const command = this.#commands.list().find((one) => one.session === session && one.id === id);
    if (!command)
      throw new JourneymanError(
        'not_found',
        `The command ${id} is not known any more: its session was closed, or the editor.`,
      );
    const terminal = vscode.window.createTerminal({
      name: `${id}: ${firstLine(command.line)}`,
      iconPath: new vscode.ThemeIcon('server-process'),
      isTransient: true,
      pty: this.#mirror(session, id, () => this.#open.delete(key)),
    });
    this.#open.set(key, terminal);
    terminal.show();
  }

  dispose(): void {
    for (const terminal of this.#open.values()) terminal.dispose();
    this.#open.clear();
  }

  #mirror(session: SessionId, id: string, onClose: () => void): vscode.Pseudoterminal {
    const written = new vscode.EventEmitter<string>();
    const write = (text: string): void => {
      written.fire(text.replace(/\r?\n/g, '\r\n'));
    };
    let stop = (): void => undefined;
    const end = (exitCode: number | null): void => {
      write(`\n[${exitCode === null ? 'it was ended' : `exit code ${exitCode}`}]\n`);
    };
    return {
      onDidWrite: written.event,
      open: () => {
        stop = this.#commands.follow(session, id, write, end);
      },
      close: () => {
        stop();
        written.dispose();
        onClose();
      },
    };
  }
}
