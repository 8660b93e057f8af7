/** Comments on the lines of a plan: threads in its document, kept over a reload until the plan is answered. */
import * as vscode from 'vscode';
import { isObject } from '../core/json.ts';
import { planScheme } from './planFiles.ts';

/** The line as it read when the person spoke of it: the document may have moved on since. */
interface Kept {
  readonly line: number;
  readonly quote: string;
  readonly words: string;
}

export class PlanComments {
  readonly #memory: vscode.Memento;
  readonly #controller: vscode.CommentController;
  readonly #listener: vscode.Disposable;
  readonly #threads = new Map<string, { readonly thread: vscode.CommentThread; readonly quote: string }[]>();

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
    this.#controller = vscode.comments.createCommentController('journeyman.plan', 'Comments on the plan');
    this.#controller.options = { prompt: 'Comment on this line', placeHolder: 'What should be different here?' };
    this.#controller.commentingRangeProvider = {
      provideCommentingRanges: ({ uri, lineCount }) =>
        uri.scheme === planScheme ? [new vscode.Range(0, 0, lineCount - 1, 0)] : [],
    };
    this.#listener = vscode.workspace.onDidOpenTextDocument(({ uri }) => this.#restore(uri));
    for (const { uri } of vscode.workspace.textDocuments) this.#restore(uri);
  }

  /** From the command of a thread's input. False: it is not one of these. */
  add(reply: unknown): boolean {
    if (!isReply(reply) || reply.text.trim() === '') return false;
    const { thread, text } = reply;
    const known = this.#of(thread.uri).find((one) => one.thread === thread);
    if (!known) this.#of(thread.uri).push({ thread, quote: quoteOf(thread) });
    thread.comments = [...thread.comments, commentOf(text)];
    thread.label = label;
    thread.collapsibleState = vscode.CommentThreadCollapsibleState.Expanded;
    this.#keep(thread.uri);
    return true;
  }

  /** From the command in a comment's title. */
  remove(comment: unknown): boolean {
    for (const [address, threads] of this.#threads) {
      const found = threads.find(({ thread }) => thread.comments.includes(comment as vscode.Comment));
      if (!found) continue;
      const { thread } = found;
      thread.comments = thread.comments.filter((one) => one !== comment);
      if (thread.comments.length === 0) {
        threads.splice(threads.indexOf(found), 1);
        thread.dispose();
      }
      this.#keep(vscode.Uri.parse(address));
      return true;
    }
    return false;
  }

  /** For the model: each with the line that it is about, in the order of lines; empty where there is none. */
  words(uri: vscode.Uri): string {
    return this.#list(uri)
      .map(({ quote, words }) => (quote === '' ? words : `> ${quote}\n${words}`))
      .join('\n\n');
  }

  /** The plan was answered. */
  forget(uri: vscode.Uri): void {
    for (const { thread } of this.#of(uri)) thread.dispose();
    this.#threads.delete(uri.toString());
    void this.#memory.update(keyOf(uri), undefined);
  }

  dispose(): void {
    this.#listener.dispose();
    this.#controller.dispose();
  }

  #of(uri: vscode.Uri): { readonly thread: vscode.CommentThread; readonly quote: string }[] {
    const address = uri.toString();
    const threads = this.#threads.get(address) ?? [];
    this.#threads.set(address, threads);
    return threads;
  }

  #list(uri: vscode.Uri): readonly Kept[] {
    return this.#of(uri)
      .flatMap(({ thread, quote }) =>
        thread.comments.map(({ body }) => ({ line: lineOf(thread), quote, words: wordsOf(body) })),
      )
      .sort((a, b) => a.line - b.line);
  }

  #keep(uri: vscode.Uri): void {
    void this.#memory.update(keyOf(uri), this.#list(uri));
  }

  #restore(uri: vscode.Uri): void {
    if (uri.scheme !== planScheme || this.#threads.has(uri.toString())) return;
    for (const { line, quote, words } of this.#memory.get<readonly Kept[]>(keyOf(uri), [])) {
      const thread = this.#controller.createCommentThread(uri, new vscode.Range(line, 0, line, 0), [commentOf(words)]);
      thread.label = label;
      this.#of(uri).push({ thread, quote });
    }
  }
}

const label = 'Goes to the agent with your answer';

function keyOf(uri: vscode.Uri): string {
  return `comments ${uri.toString()}`;
}

function commentOf(words: string): vscode.Comment {
  return {
    body: words,
    mode: vscode.CommentMode.Preview,
    author: { name: 'You' },
    contextValue: 'comment',
  };
}

function wordsOf(body: vscode.Comment['body']): string {
  return typeof body === 'string' ? body : body.value;
}

function lineOf({ range }: vscode.CommentThread): number {
  return range?.start.line ?? 0;
}

function quoteOf(thread: vscode.CommentThread): string {
  const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === thread.uri.toString());
  const line = lineOf(thread);
  return document && line < document.lineCount ? document.lineAt(line).text.trim() : '';
}

function isReply(value: unknown): value is vscode.CommentReply {
  if (!isObject(value) || typeof value['text'] !== 'string') return false;
  const { thread } = value as { readonly thread?: vscode.CommentThread };
  return thread?.uri.scheme === planScheme;
}
