/** Who is at the other side of a run: a person at the terminal, a program at standard input, or nobody. */
import { randomUUID } from 'node:crypto';
import { createInterface, type Interface } from 'node:readline';
import { toError } from '../core/error.ts';
import type { Decision } from '../core/permission.ts';
import type { Approval, Approver } from '../core/ports.ts';
import { formatRule, narrowestRule } from '../permission/rules.ts';
import { Asks } from '../session/asks.ts';
import type { LiveSession } from '../session/sessions.ts';
import type { RunningOptions } from './arguments.ts';
import { parseControl, type Control } from './control.ts';
import { askAtTerminal, shown } from './questions.ts';
import { Terminal, type TerminalStreams } from './terminal.ts';
import { isTypedCommand, parseTyped } from './typed.ts';

export interface Person {
  /** Somebody can answer. */
  readonly attended: boolean;
  /** Questions are shown by asking them, so that their event need not be. */
  readonly showsQuestions: boolean;
  readonly approver: Approver;
  /** Where answers come in by themselves. */
  readonly asks: Asks | null;
  print(text: string): void;
  /** Something that they said could not be done, or a word on how it stands. */
  tell(what: { readonly type: 'error' | 'note' | 'paused'; readonly message: string; readonly line?: string }): void;
  listen(session: LiveSession, hears: Hears): void;
  close(): void;
}

export interface Hears {
  control(control: Control): void;
  /** Nothing more will be said. */
  gone(): void;
  /** They are gone, and a question came up that is to wait for them. */
  waits(): void;
}

export function personOf({ output, input, whenAlone }: RunningOptions): Person {
  if (input === 'ndjson') return atProgram({ input: process.stdin, output: process.stdout }, whenAlone);
  const { stdin, stdout, stderr } = process;
  return output === 'text' && stdin.isTTY && stderr.isTTY
    ? atTerminal({ input: stdin, questions: stderr, output: stdout }, whenAlone)
    : nobody(stdout);
}

/** Without a person every question is a denial that says so, and how to allow it the next time. */
export const denial: Approver = {
  ask({ question }: Approval): Promise<Decision> {
    const reason = ['Nobody was there to ask: this run has no terminal.', question.why, howToAllow(question)]
      .filter((part) => part !== '')
      .join(' ');
    return Promise.resolve({ action: 'deny', by: { kind: 'nobody' }, reason });
  },
};

function howToAllow(question: Approval['question']): string {
  switch (question.kind) {
    case 'command': {
      const exact = narrowestRule([{ effect: 'execute', target: question.line }]);
      const rule = question.always?.[0]?.rule ?? (exact && formatRule(exact));
      return `The person who starts the run can allow it with --allow${rule === null ? '' : ` ${quoted(rule)}`}.`;
    }
    case 'edits':
      return 'The person who starts the run can allow edits of the workspace with --permission-mode edit.';
    case 'plan':
      return 'End the turn with the plan: the person reads it in the report.';
    case 'access': {
      const rule = question.always?.[0]?.rule;
      return `The person who starts the run can allow it with --allow${rule === undefined ? '' : ` ${quoted(rule)}`}.`;
    }
  }
}

/** As one word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function nobody(output: NodeJS.WritableStream): Person {
  return {
    attended: false,
    showsQuestions: false,
    approver: denial,
    asks: null,
    print: (text) => void output.write(text),
    tell: ({ message }) => void process.stderr.write(`${message}\n`),
    listen: () => undefined,
    close: () => undefined,
  };
}

export function atTerminal(streams: TerminalStreams, whenAlone: RunningOptions['whenAlone']): Person {
  const terminal = new Terminal(streams, isTypedCommand);
  const presence = new Presence();
  const asking: Approver = { ask: (...args) => askAtTerminal(terminal, ...args) };
  const tell: Person['tell'] = ({ type, message }) => {
    terminal.say(type === 'error' ? `! ${message}\n` : `${message}\n`);
  };
  return {
    attended: true,
    showsQuestions: true,
    approver: whilePresent(asking, presence, whenAlone),
    asks: null,
    print: (text) => {
      terminal.print(text);
    },
    tell,
    listen(session, hears) {
      presence.onWait = () => {
        hears.waits();
      };
      terminal.onLine((line) => {
        const typed = parseTyped(line, session.state.queue, session.state.budget.reached);
        if (typed?.type === 'say') tell({ type: 'note', message: shownLines(typed.text) });
        else if (typed) hears.control(typed);
      });
      terminal.onEnd(() => {
        presence.leave();
        hears.gone();
      });
    },
    close: () => {
      terminal.close();
    },
  };
}

export interface ProgramStreams {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** Hears one JSON object a line and says one a line; a line that it cannot read changes nothing. */
export function atProgram({ input, output }: ProgramStreams, whenAlone: RunningOptions['whenAlone']): Person {
  const asks = new Asks(randomUUID);
  const presence = new Presence();
  const say = (value: unknown): void => void output.write(`${JSON.stringify(value)}\n`);
  const told = new Set<string>();
  asks.onChange(() => {
    for (const { approval, token } of asks.waiting) {
      if (!told.has(token)) say({ type: 'ask', session: approval.session, call: approval.call, token });
      told.add(token);
    }
  });
  let reader: Interface | null = null;
  return {
    attended: true,
    showsQuestions: false,
    approver: whilePresent(asks, presence, whenAlone),
    asks,
    print: (text) => void output.write(text),
    tell: say,
    listen(_session, hears) {
      presence.onWait = () => {
        hears.waits();
      };
      reader = createInterface({ input, terminal: false }); // not before: what it reads is heard
      reader.on('line', (line) => {
        if (line.trim() === '') return;
        try {
          hears.control(parseControl(line));
        } catch (thrown) {
          say({ type: 'error', message: toError(thrown).message, line: line.slice(0, 200) });
        }
      });
      reader.once('close', () => {
        presence.leave();
        hears.gone();
      });
    },
    close: () => {
      reader?.removeAllListeners('close');
      reader?.close();
    },
  };
}

/** Whether somebody is still there to be asked. */
class Presence {
  readonly #left = new AbortController();
  onWait: () => void = () => undefined;

  get left(): AbortSignal {
    return this.#left.signal;
  }

  leave(): void {
    this.#left.abort();
  }
}

function whilePresent(inner: Approver, presence: Presence, whenAlone: RunningOptions['whenAlone']): Approver {
  return {
    async ask(approval, news, signal) {
      try {
        return await inner.ask(approval, news, AbortSignal.any([signal, presence.left]));
      } catch (thrown) {
        if (signal.aborted || !presence.left.aborted) throw thrown;
      }
      if (whenAlone === 'deny') return denial.ask(approval, news, signal);
      presence.onWait();
      return await new Promise<never>((_, reject) => {
        const stop = (): void => {
          reject(signal.reason as Error);
        };
        if (signal.aborted) stop();
        else signal.addEventListener('abort', stop, { once: true });
      });
    },
  };
}

/** Queued messages are the person's own words, and may hold anything all the same. */
function shownLines(text: string): string {
  return text.split('\n').map(shown).join('\n');
}
