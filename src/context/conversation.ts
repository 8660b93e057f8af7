/**
 * The conversation as the model sees it, folded from the log: a pure function of the events, so that the same log always gives the
 * same bytes. **Invariant:** it only grows at its end; what was sent once is sent again unchanged.
 */
import type { ChangeSet } from '../core/change.ts';
import type { Attachment, CallId, Compaction, Event, Seq } from '../core/event.ts';
import { append, emptyList, toArray, type List } from '../core/list.ts';
import type { Message, ReplyBlock, TextBlock, ToolResultBlock, Usage } from '../core/model.ts';
import type { Mode, Rule, SandboxState } from '../core/permission.ts';
import { codeText } from './codeText.ts';
import { compacted, repliesIn, steadyItems } from './compact.ts';
import { newsText, type News } from './reviewNews.ts';

export type Item =
  | { readonly kind: 'said'; readonly block: TextBlock }
  /** Code that was picked. */
  | { readonly kind: 'code'; readonly block: TextBlock }
  | { readonly kind: 'replied'; readonly content: readonly ReplyBlock[] }
  | { readonly kind: 'started'; readonly call: CallId }
  /** `seq`: where in the log it is, by which it is read again. */
  | { readonly kind: 'result'; readonly block: ToolResultBlock; readonly seq: Seq };

export interface Conversation {
  readonly items: List<Item>;
  readonly mode: Mode;
  /** The mode that the model was last told of. */
  readonly toldMode: Mode | null;
  /** Rules that the session started with, in words. */
  readonly allowed: string;
  /** Happened outside of the loop: goes with the next request, and stands in the conversation from there on. */
  readonly news: readonly News[];
  /** What was written, for the news to name it. */
  readonly applied: List<ChangeSet>;
  /** What holds commands, as the model was told; '': nothing. */
  readonly sandbox: string;
  /** So many items, with all that stands before them, weigh so many tokens: by the server's count, or as estimated when room was made. */
  readonly weighed: { readonly items: number; readonly tokens: number } | null;
  /** Replies before what was left out last: up to there the cache still holds what was sent. */
  readonly steadyReplies: number;
  /** Replies that there were when something was left out last: before them the cache knows no place to go on from. */
  readonly roomReplies: number;
}

export const noConversation: Conversation = {
  items: emptyList(),
  mode: 'ask',
  toldMode: null,
  allowed: '',
  news: [],
  applied: emptyList(),
  sandbox: '',
  weighed: null,
  steadyReplies: 0,
  roomReplies: 0,
};

export function converse(conversation: Conversation, event: Event): Conversation {
  switch (event.type) {
    case 'session.started':
      return { ...conversation, mode: event.mode, allowed: allowedWords(event.rules) };
    case 'session.changed':
      // Told with the next message to the model: what was sent already, or is on its way, stays as it is.
      return { ...conversation, mode: event.mode ?? conversation.mode };
    case 'session.imported':
      return { ...conversation, mode: 'ask', allowed: '' };
    case 'turn.started':
    case 'message.delivered':
      return say(tell(conversation), [...event.attachments.map(attached), event.text].join('\n\n'));
    case 'checkpoint.restored':
      return say(conversation, restoredText(event.files.map(({ path }) => path)));
    case 'change.applied':
      return { ...conversation, applied: append(conversation.applied, event.changes) };
    case 'change.reviewed':
      return addNews(conversation, { kind: 'reviewed', path: event.path, hunks: event.hunks });
    case 'command.ended':
      return addNews(conversation, {
        kind: 'command',
        id: event.id,
        line: event.line,
        how: event.how,
        exitCode: event.exitCode,
      });
    case 'problems.found':
      return addNews(conversation, { kind: 'problems', files: event.files });
    case 'model.requested':
      return conversation.news.length === 0 ? conversation : { ...say(conversation, newsOf(conversation)), news: [] };
    case 'context.selected': {
      const text = codeText(event.pieces, event.stale, event.complete);
      return text === '' ? conversation : add(conversation, { kind: 'code', block: { type: 'text', text } });
    }
    case 'context.compacted':
      return compact(conversation, event);
    case 'model.responded': {
      const content = event.reply.content.filter((block) => block.type !== 'text' || block.text.trim() !== '');
      return weigh(
        content.length > 0 ? add(conversation, { kind: 'replied', content }) : conversation,
        event.reply.usage,
      );
    }
    case 'sandbox.found': {
      const { sandbox } = event;
      const text = sandbox.kind === 'none' ? '' : sandboxText(sandbox);
      return { ...say(conversation, text), sandbox: text };
    }
    case 'instructions.read':
      return say(conversation, instructionsText(event.path, event.text));
    case 'stall.found':
      return event.then === 'tells' ? say(conversation, stallText(event.what)) : conversation;
    case 'hooks.ended':
      return say(conversation, hookText(event));
    case 'warning.raised':
      return event.code === 'reply_cut' ? say(conversation, event.message) : conversation;
    case 'tool.started':
      return add(conversation, { kind: 'started', call: event.call });
    case 'tool.finished': {
      const { status, text } = event.result;
      const block: ToolResultBlock = {
        type: 'tool_result',
        tool_use_id: event.call,
        content: text === '' ? '(no output)' : text,
      };
      const answered = status === 'ok' ? block : ({ ...block, is_error: true } as const);
      return tell(add(conversation, { kind: 'result', block: answered, seq: event.seq }));
    }
    default:
      return conversation;
  }
}

/** The messages of a request. Calls without a result get one that says what is known: roles alternate, each call is answered once. */
export function messagesOf(conversation: Conversation): readonly Message[] {
  const messages: Message[] = [];
  let calls: readonly string[] = [];
  let results = new Map<string, ToolResultBlock>();
  let said: TextBlock[] = [];
  const started = new Set<string>();

  const endUserMessage = (): void => {
    const content = [...calls.map((call) => results.get(call) ?? unanswered(call, started.has(call))), ...said];
    if (content.length > 0) messages.push({ role: 'user', content });
    calls = [];
    results = new Map();
    said = [];
  };

  for (const item of toArray(conversation.items)) {
    switch (item.kind) {
      case 'said':
      case 'code':
        said.push(item.block);
        break;
      case 'started':
        started.add(item.call);
        break;
      case 'result':
        results.set(item.block.tool_use_id, item.block);
        break;
      case 'replied':
        endUserMessage();
        if (messages.at(-1)?.role === 'assistant')
          messages.push({ role: 'user', content: [{ type: 'text', text: 'Go on.' }] });
        messages.push({ role: 'assistant', content: item.content });
        calls = item.content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
    }
  }
  const news = newsOf(conversation);
  if (news !== '') said.push({ type: 'text', text: news });
  endUserMessage();
  return messages;
}

/** **Invariant:** the bytes that `messagesOf` shows at the end are those that `model.requested` keeps. */
function newsOf({ news, applied }: Conversation): string {
  return newsText(news, applied);
}

function addNews(conversation: Conversation, news: News): Conversation {
  return { ...conversation, news: [...conversation.news, news] };
}

function unanswered(call: string, started: boolean): ToolResultBlock {
  const content = started
    ? 'Interrupted: it was started and its end was not seen. It may or may not have had its effect: check before you repeat it.'
    : 'Not run: the turn was stopped before this call.';
  return { type: 'tool_result', tool_use_id: call, content, is_error: true };
}

function restoredText(paths: readonly string[]): string {
  if (paths.length === 0) return '';
  return `<restored>The user took changes of yours back. These files are as they were before: ${paths.join(', ')}. Read them again before you edit them, and do not make those changes again unless asked.</restored>`;
}

function instructionsText(path: string, text: string): string {
  const at = path.lastIndexOf('/');
  const words =
    text === ''
      ? 'These are gone and hold no longer.'
      : `For ${at < 0 ? 'this project, in place of those above' : `what is below ${path.slice(0, at)}/, where they go before those of folders above it`}:\n${text.trim()}`;
  return `<instructions path="${path}">${words.replaceAll('</instructions', '<\\/instructions')}</instructions>`;
}

function stallText(what: string): string {
  return `<no_progress>${what} Do not do it again. Say what you know and what you only assume, find out what would tell, and try another way; or ask the user, or end and say what is left.</no_progress>`;
}

/** What hooks say goes to the model beside the results; a call that one stopped says so itself. */
function hookText({ event, said }: Event & { readonly type: 'hooks.ended' }): string {
  return said
    .flatMap(({ context, says, reason, input }) => [
      context,
      says === 'block' && (event === 'Stop' || event === 'PostToolUse') ? reason : '',
      input === undefined ? '' : `The input of this call was changed to: ${JSON.stringify(input)}`,
    ])
    .filter((one) => one !== '')
    .map((one) => `<hook event="${event}">${one}</hook>`)
    .join('\n');
}

/** Without counters there is nothing to go by. */
function weigh(conversation: Conversation, { input, cacheRead, cacheWrite, output }: Usage): Conversation {
  const tokens = input + cacheRead + cacheWrite + output;
  return input + cacheRead + cacheWrite === 0
    ? conversation
    : { ...conversation, weighed: { items: conversation.items.length, tokens } };
}

/** What was told of modes and the sandbox goes with all the rest, and is told again. */
function compact(conversation: Conversation, event: Compaction): Conversation {
  const before = toArray(conversation.items);
  const items = compacted(before, event);
  const { record, summary, afterTokens } = event;
  const steadyReplies = record === undefined ? repliesIn(items.slice(0, steadyItems(before, items))) : 0;
  const roomReplies = repliesIn(items);
  let left: Conversation = { ...conversation, items: { items, length: items.length }, steadyReplies, roomReplies };
  if (record !== undefined) {
    const first = [
      record,
      ...(typeof summary === 'string' ? [`<summary>\n${summary}\n</summary>`] : []),
      conversation.sandbox,
    ];
    const start = tell(first.reduce(say, { ...left, items: emptyList(), toldMode: null }));
    left = { ...start, items: append(start.items, ...items) };
  }
  return { ...left, weighed: afterTokens === undefined ? null : { items: left.items.length, tokens: afterTokens } };
}

const modeTexts: Readonly<Record<Mode, string>> = {
  plan: 'Permission mode: plan. Read and search only; nothing may be changed and no command run. When you know enough, call update_plan: the user then approves the plan, changes it or cancels.',
  ask: 'Permission mode: ask. Each edit and each command is shown to the user, who may accept parts of it.',
  edit: 'Permission mode: edit. Edits in the workspace apply at once and the user reviews them later; each command is shown to the user first.',
  auto: 'Permission mode: auto. Edits in the workspace apply at once and the user reviews them later; commands run in the sandbox, and only dangerous ones are shown to the user first.',
};

const sandboxText = ({ kind, shares }: Exclude<SandboxState, { readonly kind: 'none' }>): string =>
  `<sandbox>Commands run in a sandbox: they can write to the workspace and ${kind === 'seatbelt' ? '$TMPDIR' : '/tmp'} only, ${shares === true ? sharedText : kind === 'seatbelt' ? noneText : aloneText}, and they see no keys and no .env files. The settings and hooks of git, of the editor, of CI and of agents cannot be changed by them. A command that needs more can be run outside, with outside_sandbox: true, when the user says so.</sandbox>`;
const aloneText =
  'each has a network of its own (a server is reached from its own line only) that leads nowhere unless `hosts` names what it may reach (the user is asked)';
const noneText =
  'they have no network, localhost neither, unless `hosts` names what they may reach (the user is asked)';
const sharedText =
  'they reach only servers of one another (one in the background at localhost), except that a line with `hosts` reaches what it names alone (the user is asked)';

/** Once for each change of mode. */
function tell(conversation: Conversation): Conversation {
  const { mode, toldMode, allowed } = conversation;
  if (mode === toldMode) return conversation;
  const text = `<mode>${modeTexts[mode]}${mode === 'plan' ? '' : allowed}</mode>`;
  return { ...say(conversation, text), toldMode: mode };
}

/** So that it takes the way that is open, instead of one like it that asks. */
function allowedWords(rules: readonly Rule[]): string {
  const words = rules
    .filter(({ action }) => action === 'allow')
    .map(({ tool, match }) => `${tool} ${match.kind === 'prefix' ? `"${match.value} …"` : `"${match.value}"`}`);
  return words.length === 0 ? '' : ` Allowed without asking: ${words.join(', ')}.`;
}

function attached({ kind, label, text }: Attachment): string {
  // What is attached cannot end its own frame.
  return `<attached kind="${kind}" label="${label.replaceAll('"', "'")}">\n${text.replaceAll('</attached', '<\\/attached')}\n</attached>`;
}

function say(conversation: Conversation, text: string): Conversation {
  return text.trim() === '' ? conversation : add(conversation, { kind: 'said', block: { type: 'text', text } });
}

function add(conversation: Conversation, item: Item): Conversation {
  return { ...conversation, items: append(conversation.items, item) };
}
