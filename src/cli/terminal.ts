/** The one reader of the terminal's lines: questions come first, all else is what the person types by themselves. */
import { clearLine, createInterface, cursorTo, type Interface } from 'node:readline';

export interface TerminalStreams {
  readonly input: NodeJS.ReadableStream;
  /** Where questions stand, so that standard output stays the report's. */
  readonly questions: NodeJS.WritableStream;
  readonly output: NodeJS.WritableStream;
}

interface Waiting {
  readonly text: string;
  readonly answer: (line: string) => void;
}

export class Terminal {
  readonly #streams: TerminalStreams;
  readonly #isCommand: (line: string) => boolean;
  readonly #reader: Interface;
  readonly #waiting: Waiting[] = [];
  readonly #lines = new Set<(line: string) => void>();

  /** `isCommand`: lines that are no answer even while a question waits. */
  constructor(streams: TerminalStreams, isCommand: (line: string) => boolean) {
    this.#streams = streams;
    this.#isCommand = isCommand;
    this.#reader = createInterface({ input: streams.input, output: streams.questions, prompt: '' });
    this.#reader.on('line', (line) => {
      this.#take(line);
    });
    // A terminal that is read key by key makes no signal of Ctrl-C.
    this.#reader.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  }

  /** Trimmed. The last line of `text` stays in front of what is typed. */
  question(text: string, signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const leave = (): void => {
        signal.removeEventListener('abort', stop);
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        this.#show();
      };
      const stop = (): void => {
        leave();
        reject(signal.reason as Error);
      };
      const waiting: Waiting = {
        text,
        answer: (line) => {
          leave();
          resolve(line.trim());
        },
      };
      signal.addEventListener('abort', stop);
      this.#waiting.push(waiting);
      if (this.#waiting.length === 1) this.#show();
    });
  }

  onLine(listener: (line: string) => void): void {
    this.#lines.add(listener);
  }

  /** Nothing more will be typed. */
  onEnd(listener: () => void): void {
    this.#reader.once('close', listener);
  }

  /** Whole lines on standard output, above what is being typed. */
  print(text: string): void {
    const { output } = this.#streams;
    this.#aside(() => output.write(text));
  }

  /** As `print`, on the side of the questions. */
  say(text: string): void {
    const { questions } = this.#streams;
    this.#aside(() => questions.write(text));
  }

  close(): void {
    this.#reader.removeAllListeners('close');
    this.#reader.close();
  }

  #take(line: string): void {
    const [first] = this.#waiting;
    if (first && !this.#isCommand(line)) first.answer(line);
    else for (const listener of this.#lines) listener(line);
  }

  /** What is typed so far is taken away and put back below. */
  #aside(write: () => void): void {
    const { questions } = this.#streams;
    const busy = this.#reader.terminal && (this.#reader.line !== '' || this.#waiting.length > 0);
    if (busy) {
      cursorTo(questions, 0);
      clearLine(questions, 0);
    }
    write();
    if (busy) this.#reader.prompt(true);
  }

  #show(): void {
    const text = this.#waiting[0]?.text ?? '';
    const at = text.lastIndexOf('\n') + 1;
    if (text !== '') this.#streams.questions.write(text.slice(0, at));
    this.#reader.setPrompt(text.slice(at));
    if (text !== '') this.#reader.prompt(true);
  }
}
