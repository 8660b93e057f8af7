/**
 * What of a session must never be forgotten, folded from its log: what the person said and decided, the plan, what became of files, what
 * runs, what checks said. When room is made, this stands in the prompt word for word.
 */
import { isAbsolute } from 'node:path';
import { countLines, type FileProblems, type HunkId } from '../core/change.ts';
import type { CallId, Event, Seq } from '../core/event.ts';
import { isObject } from '../core/json.ts';
import { append, emptyList, type List } from '../core/list.ts';
import type { Rule } from '../core/permission.ts';
import type { Plan } from '../core/plan.ts';
import type { CodeRef } from '../core/symbols.ts';
import { deniedText, wordsWith } from './decisionWords.ts';
import { covers, isCheck } from './evidence.ts';

/** Where in the session: `turn 2 step 4`. */
type Place = string;

export interface SaidFact {
  readonly seq: Seq;
  readonly turn: number;
  readonly text: string;
  /** Text that came along, by name. */
  readonly attached: readonly { readonly label: string; readonly text: string }[];
}
export interface FileFact {
  readonly edits: number;
  readonly added: number;
  readonly removed: number;
  /** Of the last. */
  readonly place: Place;
  /** How it stands, as it goes on after its path: `new`, `deleted`, `moved to b.ts`; '' for changed. */
  readonly fate: string;
  /** What others did to it since, oldest first. */
  readonly since: readonly string[];
}
export interface CheckFact {
  readonly line: string;
  readonly exitCode: number | null;
  readonly seq: Seq;
  readonly place: Place;
}

export interface Facts {
  readonly said: List<SaidFact>;
  readonly plan: Plan | null;
  /** The person's words on calls and changes, a line each; the last on each call, change or restore. */
  readonly words: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, FileFact>;
  /** Changes that stand in files and wait for the person's word. */
  readonly open: ReadonlyMap<HunkId, string>;
  /** The lines of commands that run in the background, by id. */
  readonly running: ReadonlyMap<string, string>;
  /** The last end of each check. */
  readonly checks: ReadonlyMap<string, CheckFact>;
  readonly changedAt: Seq;
  readonly problems: ReadonlyMap<string, FileProblems>;
  readonly pinned: readonly CodeRef[];
  /** Of folders, told in the conversation. */
  readonly instructions: ReadonlyMap<string, string>;
  readonly rules: readonly Rule[];
  readonly fileRules: readonly Rule[];
  /** Files that were read, the last time last. */
  readonly read: ReadonlySet<string>;
  /** Calls without an end: what they are, in words, and their command lines. */
  readonly calls: ReadonlyMap<
    CallId,
    { readonly words: string; readonly line: string | null; readonly decided: boolean }
  >;
}

export const noFacts: Facts = {
  said: emptyList(),
  plan: null,
  words: new Map(),
  files: new Map(),
  open: new Map(),
  running: new Map(),
  checks: new Map(),
  changedAt: 0,
  problems: new Map(),
  pinned: [],
  instructions: new Map(),
  rules: [],
  fileRules: [],
  read: new Set(),
  calls: new Map(),
};

export function foldFacts(facts: Facts, event: Event): Facts {
  const place = `turn ${String(event.turn)} step ${String(event.step)}`;
  switch (event.type) {
    case 'session.started':
      return { ...facts, rules: event.rules };
    case 'session.imported':
      return { ...facts, rules: [], fileRules: [], running: new Map() };
    case 'session.forked':
      return { ...facts, running: new Map() };
    case 'turn.started':
    case 'message.delivered': {
      const { seq, turn, text, attachments } = event;
      const attached = attachments.map(({ label, text: whole }) => ({ label, text: whole }));
      return { ...facts, said: append(facts.said, { seq, turn, text, attached }) };
    }
    case 'rule.added':
      return { ...facts, rules: [...facts.rules, event.rule] };
    case 'rule.removed':
      return { ...facts, rules: facts.rules.filter((one) => JSON.stringify(one) !== JSON.stringify(event.rule)) };
    case 'rules.read':
      return { ...facts, fileRules: event.rules };
    case 'instructions.read': {
      const instructions = new Map(facts.instructions);
      instructions.delete(event.path);
      return { ...facts, instructions: event.text === '' ? instructions : instructions.set(event.path, event.text) };
    }
    case 'plan.updated':
      return { ...facts, plan: event.plan };
    case 'context.adjusted': {
      const isNamed = (one: CodeRef): boolean =>
        event.refs.some(({ path, symbol }) => path === one.path && symbol === one.symbol);
      const pinned = event.refs.flatMap(({ path, symbol, as }) => (as === 'pinned' ? [{ path, symbol }] : []));
      return { ...facts, pinned: [...facts.pinned.filter((one) => !isNamed(one)), ...pinned] };
    }
    case 'tool.requested': {
      const input = isObject(event.input) ? event.input : {};
      const line = typeof input['command'] === 'string' ? input['command'] : null;
      const path = typeof input['path'] === 'string' ? input['path'] : '';
      const words = `${event.tool}${line === null ? path && ` ${path}` : ` \`${line}\``}`;
      return { ...facts, calls: new Map(facts.calls).set(event.call, { words, line, decided: false }) };
    }
    case 'tool.decided': {
      const { call, decision } = event;
      if (decision.by.kind === 'nobody' && decision.action === 'deny') {
        const text = `${place}, ${facts.calls.get(call)?.words ?? 'a call'}: ${decision.reason}`;
        return { ...facts, words: told(facts.words, call, text) };
      }
      if (decision.by.kind !== 'user') return facts;
      const known = facts.calls.get(call);
      const calls = known ? new Map(facts.calls).set(call, { ...known, decided: true }) : facts.calls;
      const text = decision.action === 'deny' ? deniedText(decision) : wordsWith(decision);
      return text === ''
        ? { ...facts, calls }
        : { ...facts, calls, words: told(facts.words, call, `${place}, ${known?.words ?? 'a call'}: ${text}`) };
    }
    case 'tool.finished':
      return finish(facts, event, place);
    case 'command.ended': {
      const running = new Map(facts.running);
      running.delete(event.id);
      const { line, exitCode, seq } = event;
      return event.how === 'itself' && isCheck(line)
        ? { ...facts, running, checks: checked(facts.checks, { line, exitCode, seq, place }) }
        : { ...facts, running };
    }
    case 'change.applied': {
      const files = new Map(facts.files);
      const open = new Map(facts.open);
      for (const change of event.changes) {
        const { path, beforeHash, hunks, fate } = change;
        const known = files.get(path);
        const { added, removed } = countLines([change]);
        const moved = fate?.kind === 'moved' ? fate.to : null;
        files.delete(path);
        files.set(path, {
          edits: (known?.edits ?? 0) + 1,
          added: (known?.added ?? 0) + added,
          removed: (known?.removed ?? 0) + removed,
          place,
          fate:
            moved !== null ? `moved to ${moved}` : fate ? 'deleted' : beforeHash === null ? 'new' : (known?.fate ?? ''),
          since: [],
        });
        if (moved !== null)
          files.set(moved, { edits: 0, added: 0, removed: 0, place, fate: `moved from ${path}`, since: [] });
        // What the person decided before it was written has their word.
        if (facts.calls.get(event.call)?.decided !== true) for (const { id } of hunks) open.set(id, moved ?? path);
      }
      return { ...facts, files, open, changedAt: event.seq };
    }
    case 'files.changed': {
      const line = facts.calls.get(event.call)?.line ?? null;
      if (line === null) return facts; // an edit, told by its change
      const by = `by \`${line.slice(0, lineChars)}\` (${place})`;
      return touch(
        { ...facts, changedAt: event.seq },
        event.files.map(({ path, after }) => ({
          path,
          what: `${after.kind === 'absent' ? 'deleted' : 'changed'} ${by}`,
        })),
      );
    }
    case 'checkpoint.restored': {
      const what = `put back by the user (${place})`;
      const paths = event.files.map(({ path }) => path);
      const open = new Map([...facts.open].filter(([, path]) => !paths.includes(path)));
      return touch({ ...facts, open, changedAt: event.seq }, paths.map((path) => ({ path, what }))); // prettier-ignore
    }
    case 'change.reviewed': {
      const open = new Map(facts.open);
      let { words } = facts;
      for (const { hunk, state, reason, line } of event.hunks) {
        if (state === 'applied' || state === 'asked') open.set(hunk, event.path);
        else open.delete(hunk);
        const what = reviewWords[state];
        if (what === null) words = without(words, hunk);
        else {
          const why = reason === undefined || reason === '' ? '' : ` The user says: ${reason}`;
          words = told(words, hunk, `${place}, ${event.path}:${String(line)}: ${what}.${why}`);
        }
      }
      return { ...facts, open, words };
    }
    case 'problems.found': {
      const problems = new Map(facts.problems);
      for (const file of event.files) {
        problems.delete(file.path);
        if (file.problems.some(({ severity }) => severity === 'error')) problems.set(file.path, file);
      }
      return { ...facts, problems };
    }
    default:
      return facts;
  }
}

/** What failed before and passed now as a part of another line fails no more. */
function checked(checks: Facts['checks'], now: CheckFact): Facts['checks'] {
  const left = [...checks].filter(
    ([line, { exitCode }]) => now.exitCode !== 0 || exitCode === 0 || !covers(now.line, line),
  );
  return told(new Map(left), now.line, now);
}

/** Of a line that names what a command did to a file: enough to know it by. */
const lineChars = 100;
/** Files that were read: older ones are found by `recall`. */
const readMax = 60;

const reviewWords = {
  applied: null,
  asked: null,
  accepted: null,
  superseded: null,
  rejected: 'your change was taken out again by the user; do not make it another way',
  edited: 'your change was edited by the user; these lines are theirs',
} as const;

function finish(facts: Facts, event: Event & { readonly type: 'tool.finished' }, place: Place): Facts {
  const { call, result, seq } = event;
  const known = facts.calls.get(call);
  const calls = without(facts.calls, call);
  const detail = 'detail' in result ? result.detail : undefined;
  if (detail?.kind === 'read' && !isAbsolute(detail.path)) {
    const read = [...facts.read].filter((path) => path !== detail.path).slice(1 - readMax);
    return { ...facts, calls, read: new Set([...read, detail.path]) };
  }
  if (detail?.kind !== 'command') return { ...facts, calls };
  const { background, exitCode } = detail;
  if (background?.isRunning === true) {
    const line = facts.running.get(background.id) ?? known?.line ?? '';
    return { ...facts, calls, running: new Map(facts.running).set(background.id, line) };
  }
  const line = (background && facts.running.get(background.id)) ?? known?.line ?? '';
  const running = background ? without(facts.running, background.id) : facts.running;
  const checks = isCheck(line) ? checked(facts.checks, { line, exitCode, seq, place }) : facts.checks;
  return { ...facts, calls, running, checks };
}

/** Somebody else changed files that the agent may know otherwise. */
function touch(facts: Facts, changed: readonly { readonly path: string; readonly what: string }[]): Facts {
  const files = new Map(facts.files);
  for (const { path, what } of changed) {
    const { since = [], ...known } = files.get(path) ?? { edits: 0, added: 0, removed: 0, place: '', fate: '' };
    files.delete(path);
    files.set(path, { ...known, since: [...since.slice(-1), what] });
  }
  return { ...facts, files };
}

function told<V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> {
  const next = new Map(map);
  next.delete(key);
  return next.set(key, value);
}

function without<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  if (!map.has(key)) return map;
  const next = new Map(map);
  next.delete(key);
  return next;
}
