/** The one parser for what the panel says. **Invariant:** nothing the page says reaches the host but through here. */
import { budgetScopes, budgetUnits } from '../core/budget.ts';
import { isObject } from '../core/json.ts';
import { limits } from '../core/limits.ts';
import { modes } from '../core/permission.ts';
import { efforts } from '../core/purpose.ts';
import type { PlanState } from '../core/plan.ts';
import type { Answer, Intent } from './messages.ts';

/** null: not an intent of the panel, down to the last field; there is nothing to answer to that. */
export function parseIntent(message: unknown): Intent | null {
  if (!isObject(message) || typeof message['type'] !== 'string' || !Object.hasOwn(shapes, message['type'])) return null;
  const shape = shapes[message['type'] as Intent['type']];
  return fits(message, { type: is(message['type']), ...shape }) ? (message as unknown as Intent) : null;
}

type Check = (value: unknown) => boolean;
/** Fields and what they must be; a name that ends in `?` may be left out. No others may be there. */
type Shape = Readonly<Record<string, Check>>;

const id = text(1, 200);
const path = text(1, 4096);
const words = text(0, limits.messageChars);
const flag: Check = (value) => typeof value === 'boolean';

const attachment: Check = (value) =>
  fits(value, {
    kind: oneOf('file', 'selection', 'symbol', 'problem', 'change', 'diff'),
    label: text(1, 4096),
    text: words,
  });

const planStates: readonly PlanState[] = ['todo', 'doing', 'done', 'dropped'];
const planText = text(1, 10_000);
const planItem: Check = (value) =>
  fits(value, {
    text: planText,
    state: oneOf(...planStates),
    'detail?': words,
    'files?': (files) => isListOf(files, 200, path),
  });
const plan: Check = (value) =>
  fits(value, {
    items: (items) => isListOf(items, limits.planItemsMax, planItem) && (items as readonly unknown[]).length > 0,
    doneWhen: (checks) => isListOf(checks, limits.planItemsMax, planText),
  });

const answers: Readonly<Record<Answer['action'], Shape>> = {
  allow: {
    'remember?': oneOf('session', 'workspace', 'everywhere'),
    'rule?': text(1, limits.messageChars),
    'mode?': oneOf(...modes),
    'plan?': plan,
    'note?': words,
  },
  deny: { reason: words, 'stop?': flag },
  accept_rest: {},
  reject_rest: { 'reason?': words },
};

const answer: Check = (value) => {
  const action = isObject(value) ? value['action'] : undefined;
  if (typeof action !== 'string' || !Object.hasOwn(answers, action)) return false;
  return fits(value, { action: is(action), ...answers[action as Answer['action']] });
};

const attachments: Check = (value) => isListOf(value, limits.attachmentsMax, attachment);
const paths: Check = (value) => isListOf(value, limits.restoreChoicesMax, path);
const message = { text: text(1, limits.messageChars), attachments };
const ref: Check = (value) =>
  fits(value, { path, symbol: orNull(text(1, 1000)), as: oneOf('pinned', 'dropped', 'free') });
const ruleText = text(1, limits.messageChars);
const ruleAction = oneOf('allow', 'ask', 'deny');
const ownRule: Check = (value) =>
  fits(value, { kind: oneOf('user', 'kept', 'session'), action: ruleAction, rule: ruleText });
/** A turn, or a line: counted from 1. */
const ordinal: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 1;

const added: Check = (value) =>
  fits(value, {
    scope: oneOf(...budgetScopes),
    unit: oneOf(...budgetUnits),
    amount: (amount) => Number.isFinite(amount) && (amount as number) > 0,
  });

const shapes: Readonly<Record<Intent['type'], Shape>> = {
  ready: {},
  send: message,
  steer: message,
  change_message: { message: id, 'text?': message.text, 'steer?': flag, 'before?': orNull(id) },
  cancel_message: { message: id },
  pause: {},
  resume: {},
  go_on: { 'add?': added, 'hint?': message.text },
  conclude: {},
  leave: {},
  stop: {},
  try_now: {},
  edit_turn: { turn: ordinal, ...message },
  fork: { 'id?': id, turn: orNull(ordinal) },
  preview_restore: { checkpoint: id },
  restore: { checkpoint: id, scope: oneOf('files', 'both', 'conversation'), mine: paths, old: paths },
  compare_restore: { checkpoint: id, path },
  show_output: { call: id },
  show_command: { session: id, id },
  stop_command: { session: id, id },
  answer: { call: id, token: id, answer },
  hunk: {
    call: id,
    token: id,
    hunk: id,
    verdict: oneOf('accepted', 'rejected', 'asked', 'proposed'),
    'reason?': words,
  },
  review: { hunks: (value) => isListOf(value, limits.reviewedHunksMax, id), word: oneOf('accept', 'reject', 'reopen') },
  ask_change: { hunk: id, text: text(1, limits.messageChars) },
  open_changes: { 'path?': path },
  open_plan: { call: id, token: id },
  adjust_context: { refs: (value) => isListOf(value, limits.adjustedMax, ref) },
  ask_mentions: { words: text(0, limits.mentionChars), 'sign?': is('/') },
  attach: { mention: path },
  list_rules: {},
  test_rule: { line: ruleText },
  add_rule: {
    reach: oneOf('workspace', 'everywhere'),
    action: ruleAction,
    rule: ruleText,
    'instead?': ownRule,
  },
  remove_rule: { rule: ownRule },
  trust_rules: { path, hash: orNull(id) },
  trust_hook: { hash: id, isAgreed: flag },
  open_rules: { path },
  set: { 'mode?': oneOf(...modes), 'model?': id, 'effort?': orNull(oneOf(...efforts)), 'title?': text(1, 200) },
  new_session: {},
  list_sessions: {},
  search_sessions: { words: text(1, 1000) },
  close_session: { id },
  export_session: { id },
  import_session: {},
  open_session: { id },
  rename_session: { id, title: text(1, 200) },
  delete_session: { id },
  open_file: { path, 'line?': ordinal, 'endLine?': ordinal },
  open_review: { call: id, 'path?': path },
  open_link: { href: (value) => text(9, 4096)(value) && /^https:\/\/[^\s\p{Cc}\p{Cf}]+$/u.test(value as string) },
  copy: { text: words },
  dismiss: { notice: id },
  run: {
    what: oneOf(
      'set_key',
      'set_endpoint',
      'editor_model',
      'choose_model',
      'practice',
      'open_folder',
      'manage_trust',
      'open_settings',
      'add_context',
      'cancel_index',
      'resume_index',
      'rebuild_index',
      'rules',
    ),
  },
};

function fits(value: unknown, shape: Shape): boolean {
  if (!isObject(value)) return false;
  const names = new Set(Object.keys(shape).map((name) => name.replace(/\?$/, '')));
  if (!Object.keys(value).every((name) => names.has(name))) return false;
  return Object.entries(shape).every(([name, check]) =>
    name.endsWith('?')
      ? value[name.slice(0, -1)] === undefined || check(value[name.slice(0, -1)])
      : Object.hasOwn(value, name) && check(value[name]),
  );
}

function text(charsMin: number, charsMax: number): Check {
  return (value) => typeof value === 'string' && value.length >= charsMin && value.length <= charsMax;
}

function isListOf(value: unknown, lengthMax: number, check: Check): boolean {
  return Array.isArray(value) && value.length <= lengthMax && value.every((each) => check(each));
}

function orNull(check: Check): Check {
  return (value) => value === null || check(value);
}

function is(wanted: string): Check {
  return (value) => value === wanted;
}

function oneOf(...wanted: readonly string[]): Check {
  return (value) => typeof value === 'string' && wanted.includes(value);
}
