/** What a session says about code, folded: what the model has seen of it, what it changed, what its last step brought, what the person wants. */
import type { Attachment, CallId, Event } from '../core/event.ts';
import type { Json } from '../core/json.ts';
import { limits } from '../core/limits.ts';
import type { CodeRef, ContextPiece } from '../core/symbols.ts';
import type { ToolResult } from '../core/tool.ts';
import { change, correct, forget, forgetBefore, rewrite, show, type ShownCode } from './shown.ts';

export interface StepResult {
  readonly tool: string;
  readonly input: Json;
  readonly result: ToolResult;
}
export interface ToldProblem {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

export interface CodeState {
  readonly shown: ShownCode;
  /** Signatures that were shown, by `refKey` of path and text. */
  readonly signatures: ReadonlySet<string>;
  /** Files that were looked at, and those that were changed with the text of it, by the last time, oldest first. */
  readonly seen: readonly string[];
  readonly edited: readonly { readonly path: string; readonly text: string }[];
  /** What the person said, oldest first; `now`: how many of them belong to the running turn. */
  readonly tasks: readonly { readonly text: string; readonly attachments: readonly Attachment[] }[];
  readonly now: number;
  /** The step of the plan that is being done. */
  readonly doing: string | null;
  /** The last reply's own words, and what came of it. */
  readonly said: string;
  readonly calls: ReadonlyMap<CallId, { readonly tool: string; readonly input: Json }>;
  readonly results: readonly StepResult[];
  readonly problems: readonly ToldProblem[];
  /** What has changed since the last request that makes other code matter. */
  readonly fresh: ReadonlySet<'edit' | 'plan' | 'words' | 'problems'>;
  /** The person's last word on each, by `refKey`. */
  readonly adjusted: ReadonlyMap<string, CodeRef & { readonly as: 'pinned' | 'dropped' }>;
  /** For the request that comes next code was picked already. */
  readonly selected: boolean;
  /** In this turn some code was picked. */
  readonly begun: boolean;
  /** Tokens of what was picked in this turn after that. */
  readonly laterTokens: number;
  readonly replies: number;
}

export const noCode: CodeState = {
  shown: new Map(),
  signatures: new Set(),
  seen: [],
  edited: [],
  tasks: [],
  now: 0,
  doing: null,
  said: '',
  calls: new Map(),
  results: [],
  problems: [],
  fresh: new Set(),
  adjusted: new Map(),
  selected: false,
  begun: false,
  laterTokens: 0,
  replies: 0,
};

export function refKey(path: string, of: string | null): string {
  return `${path}\n${of ?? ''}`;
}

export function foldCode(code: CodeState, event: Event): CodeState {
  switch (event.type) {
    case 'turn.started': {
      const { text, attachments } = event;
      return attach(
        {
          ...code,
          ...begin(code),
          tasks: [...code.tasks, { text, attachments }],
          now: 1,
          begun: false,
          laterTokens: 0,
        },
        attachments,
      );
    }
    case 'message.delivered': {
      const { text, attachments } = event;
      const tasks = [...code.tasks, { text, attachments }];
      return attach({ ...code, tasks, now: code.now + 1, fresh: new Set([...code.fresh, 'words']) }, attachments);
    }
    case 'context.selected': {
      let shown = correct(code.shown, event.stale);
      for (const piece of event.pieces)
        if (isWhole(piece)) shown = show(shown, piece.path, linesOf(piece, code.replies));
      return {
        ...code,
        shown,
        signatures: new Set([...code.signatures, ...signaturesOf(event.pieces)]),
        selected: true,
        begun: code.begun || event.pieces.length > 0,
        laterTokens: code.laterTokens + (code.begun ? tokensOf(event.pieces) : 0),
      };
    }
    case 'context.adjusted': {
      const adjusted = new Map(code.adjusted);
      for (const { path, symbol, as } of event.refs) {
        if (as === 'free') adjusted.delete(refKey(path, symbol));
        else adjusted.set(refKey(path, symbol), { path, symbol, as });
      }
      return { ...code, adjusted };
    }
    case 'context.compacted': {
      if (event.why === 'cost') return code; // all of it stands once more further down
      // Of single results nobody knows which lines they showed: rather too much is shown again than too little.
      const some = event.left !== undefined && event.left.length > 0;
      const kept = some
        ? Math.min(event.kept, event.record === undefined ? limits.compactKeepsReplies : 0)
        : event.kept;
      const first = code.replies - kept + 1;
      if (event.record === undefined && (kept === 0 || first < 1)) return code;
      return { ...code, shown: forgetBefore(code.shown, first), signatures: new Set() };
    }
    case 'model.requested':
      return code.fresh.size === 0 ? code : { ...code, fresh: new Set() };
    case 'model.responded': {
      const said = event.reply.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
      const replies = code.replies + (event.reply.content.length > 0 ? 1 : 0);
      return { ...code, ...begin(code), said, replies };
    }
    case 'tool.requested': {
      const { call, tool, input } = event;
      return { ...code, calls: new Map(code.calls).set(call, { tool, input }) };
    }
    case 'tool.finished':
      return finish(code, event.call, event.result);
    case 'change.applied': {
      let { shown } = code;
      for (const one of event.changes) shown = change(shown, one, code.replies);
      for (const { path, formatted = [] } of event.files) {
        const told = formatted.reduce((lines, { added }) => lines + added.length, 0) <= limits.formattedLines;
        shown = told ? rewrite(shown, path, formatted, code.replies) : forget(shown, [path]);
      }
      const edited = event.changes.map(({ path, hunks, fate }) => {
        const text = hunks.flatMap(({ removed, added }) => [...added, ...removed]).join('\n');
        return { path: fate?.kind === 'moved' ? fate.to : path, text: text.slice(0, editChars) };
      });
      const paths = new Set([...edited, ...event.changes].map(({ path }) => path));
      return {
        ...code,
        shown,
        edited: [...code.edited.filter(({ path }) => !paths.has(path)), ...edited],
        fresh: new Set([...code.fresh, 'edit']),
      };
    }
    case 'checkpoint.restored':
      // The model is told to read them again.
      return {
        ...code,
        shown: forget(
          code.shown,
          event.files.map(({ path }) => path),
        ),
      };
    case 'problems.found': {
      const problems = event.files.flatMap(({ path, problems }) =>
        problems.filter(({ severity }) => severity === 'error').map(({ line, message }) => ({ path, line, message })),
      );
      if (problems.length === 0) return code;
      return { ...code, problems: [...code.problems, ...problems], fresh: new Set([...code.fresh, 'problems']) };
    }
    case 'plan.updated': {
      const item = event.plan.items.find(({ state }) => state === 'doing');
      const doing = item ? [item.text, item.detail ?? '', ...(item.files ?? [])].join('\n').trim() : null;
      if (doing === code.doing) return code;
      return { ...code, doing, fresh: doing === null ? code.fresh : new Set([...code.fresh, 'plan']) };
    }
    default:
      return code;
  }
}

/** Enough to know the names in a change by. */
const editChars = 4000;

/** A new step: what the one before brought is done with. */
function begin(code: CodeState): Partial<CodeState> {
  return {
    said: '',
    calls: code.calls.size === 0 ? code.calls : new Map(),
    results: [],
    problems: [],
    selected: false,
  };
}

function finish(code: CodeState, id: CallId, result: ToolResult): CodeState {
  const call = code.calls.get(id);
  const results = call ? [...code.results, { ...call, result }] : code.results;
  const detail = result.status === 'ok' ? result.detail : undefined;
  if (detail?.kind !== 'read') return { ...code, results };
  const { path, startLine, lines: count } = detail;
  const seen = [...code.seen.filter((one) => one !== path), path];
  if (startLine === undefined) return { ...code, seen, results };
  const lines: string[] = [];
  for (const line of result.text.split('\n').slice(0, count)) {
    const tab = line.indexOf('\t');
    if (line.slice(0, tab) !== String(startLine + lines.length)) break;
    lines.push(line.slice(tab + 1));
  }
  const shown = show(code.shown, path, { startLine, lines, symbol: null, reply: code.replies });
  return { ...code, seen, results, shown };
}

/** What a person attached is seen too. The first and the last line of a selection may be there in part only. */
function attach(code: CodeState, attachments: readonly Attachment[]): CodeState {
  let { shown, seen } = code;
  for (const { kind, label, text } of attachments) {
    if (kind !== 'file' && kind !== 'selection' && kind !== 'symbol') continue;
    const [, path = label, start] = /^(.*?)(?::(\d+)(?:-\d+)?)?$/.exec(label) ?? [];
    seen = [...seen.filter((one) => one !== path), path];
    const cut = text.indexOf('\n[cut here: ');
    const all = (cut < 0 ? text : text.slice(0, cut)).split('\n');
    const lines = (kind === 'file' && start === undefined ? (cut < 0 ? all : all.slice(0, -1)) : all.slice(1, -1)).map(
      (line) => (line.endsWith('\r') ? line.slice(0, -1) : line),
    );
    if (kind === 'file' && lines.at(-1) === '') lines.pop();
    const startLine = start === undefined ? 1 : Number(start) + 1;
    if (start !== undefined || kind === 'file')
      shown = show(shown, path, { startLine, lines, symbol: null, reply: code.replies });
  }
  return { ...code, shown, seen };
}

function isWhole({ form }: ContextPiece): boolean {
  return form === 'body' || form === 'part';
}

/** What the person pinned is not counted: they want it. */
function tokensOf(pieces: readonly ContextPiece[]): number {
  return pieces.reduce((sum, { tokens, why }) => sum + (why.some(({ kind }) => kind === 'pinned') ? 0 : tokens), 0);
}

function linesOf({ startLine, text, symbol }: ContextPiece, reply: number) {
  return { startLine, lines: text.split('\n'), symbol, reply };
}

function signaturesOf(pieces: readonly ContextPiece[]): readonly string[] {
  return pieces.flatMap(({ form, path, text }) => {
    if (form === 'signature') return [refKey(path, text)];
    return form === 'outline' ? text.split('\n').map((line) => refKey(path, line.slice(line.indexOf(' ') + 1))) : [];
  });
}
