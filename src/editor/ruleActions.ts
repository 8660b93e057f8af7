/** What a person does about rules and hooks: sees them, tries a line, adds, changes and revokes, and agrees to those of others. */
import * as vscode from 'vscode';
import { JourneymanError } from '../core/error.ts';
import type { Rule, RuleReach } from '../core/permission.ts';
import { decide } from '../permission/decide.ts';
import { formatRule, parseRule } from '../permission/rules.ts';
import { judgeLine } from '../permission/shell/judge.ts';
import type { Intent, Notice } from '../protocol/messages.ts';
import type { OwnRule, RulesNow, RuleTest } from '../protocol/rules.ts';
import { count } from '../protocol/words.ts';
import { rulesNow } from '../session/rules.ts';
import { emptySession } from '../session/fold.ts';
import type { Parts } from './parts.ts';

type RuleIntent = Extract<Intent, { readonly type: `${string}_rule` | `${string}_rules` | `${string}_hook` }>;

/** Each is answered by the rules as they are then. */
export async function handleRules(parts: Parts, intent: RuleIntent): Promise<void> {
  const { rules, hooks } = parts;
  switch (intent.type) {
    case 'list_rules':
      break;
    case 'test_rule':
      parts.panel.post({ type: 'rule_tested', test: await tested(parts, intent.line) });
      return;
    case 'add_rule': {
      const rule = parseRule(intent.rule, intent.action, 'user');
      await rules.add(intent.reach, rule);
      const { instead } = intent;
      if (instead && !isSame(instead, intent)) await revoke(parts, instead);
      break;
    }
    case 'remove_rule':
      await revoke(parts, intent.rule);
      break;
    case 'trust_rules':
      if (intent.hash === null) await rules.distrust(intent.path);
      else await rules.trust(intent.path, intent.hash);
      break;
    case 'trust_hook':
      if (intent.isAgreed) await hooks().trust(intent.hash);
      else await hooks().distrust(intent.hash);
      break;
    case 'open_rules':
      await open(parts, intent.path);
      return;
  }
  await tellRules(parts);
  await tellWaiting(parts);
}

export async function tellRules(parts: Parts): Promise<void> {
  parts.panel.post({ type: 'rules', rules: await readNow(parts) });
}

async function readNow({ rules, hooks, desk }: Parts): Promise<RulesNow> {
  const [files, listed] = await Promise.all([rules.list(), hooks().list()]);
  const shown = files.map(({ rules: of, ...file }) => ({ ...file, rules: of.map(words) }));
  const session = {
    kind: 'session',
    path: null,
    isThere: desk.live !== null,
    rules: (desk.live?.state.rules ?? []).map(words),
    problem: null,
    consent: 'not needed',
    hash: '',
  } as const;
  const isOfFolder = ({ kind }: { readonly kind: string }): boolean => kind === 'workspace';
  return {
    sources: [...shown.filter((one) => !isOfFolder(one)), session, ...shown.filter(isOfFolder)],
    hooks: listed.map(({ event, matcher, command, file: path, hash, consent }) => ({
      event,
      matcher,
      command,
      path,
      hash,
      consent,
    })),
  };
}

function words(rule: Rule): { readonly action: Rule['action']; readonly rule: string } {
  return { action: rule.action, rule: formatRule(rule) };
}

async function revoke({ rules, desk }: Parts, { kind, action, rule }: OwnRule): Promise<void> {
  const parsed = parseRule(rule, action, 'user');
  if (kind !== 'session') return rules.remove(kind === 'user' ? 'everywhere' : 'workspace', parsed);
  const own = desk.live?.state.rules.find((one) => one.action === action && formatRule(one) === rule);
  if (own) await desk.live?.note({ type: 'rule.removed', rule: own });
}

function isSame(
  old: OwnRule,
  { reach, action, rule }: { readonly reach: RuleReach; readonly action: string; readonly rule: string },
): boolean {
  return (old.kind === 'user') === (reach === 'everywhere') && old.action === action && old.rule === rule;
}

/** As the next call of the session would be judged, in the folder as it stands. */
async function tested({ rules, desk, files, agent }: Parts, line: string): Promise<RuleTest> {
  const state = desk.live?.state ?? emptySession;
  const fileRules = await rules.read();
  const { shell = 'bash', own = [] } = agent;
  const verdict = decide({
    mode: state.mode,
    ...rulesNow({ ...state, fileRules }),
    shell,
    own,
    resources: [{ effect: 'execute', target: line }],
    locate: (path) => files.locate(path),
    leadsTo: (path) => files.leadsTo(path),
  });
  const { tier, because } = judgeLine(shell, line);
  if (verdict.action === 'ask') return { line, action: 'ask', tier, why: verdict.why };
  if (verdict.action === 'deny') return { line, action: 'deny', tier, why: verdict.reason };
  const by = verdict.by.kind === 'rule' ? `the rule ${verdict.by.rule} allows it` : because;
  return { line, action: 'allow', tier, why: `It runs without a question: ${by}.` };
}

/** One of the files that are listed, and no other; made where it is not there yet. */
async function open({ rules }: Parts, path: string): Promise<void> {
  const file = (await rules.list()).find((one) => one.path === path);
  if (!file) throw new JourneymanError('not_found', `${path} is no file of rules.`);
  const uri = vscode.Uri.file(path);
  if (!file.isThere && file.kind === 'managed')
    throw new JourneymanError('not_found', `${path} is not there. Whoever manages this machine can write one.`);
  if (!file.isThere) {
    const text = '{\n  "permissions": {\n    "allow": [],\n    "ask": [],\n    "deny": []\n  }\n}\n';
    await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
  }
  await vscode.window.showTextDocument(uri, { preview: true });
}

/** Tells the person, once for each state of them, of what waits for their word: it does not count, or stops what it would judge. */
export async function tellWaiting({ rules, hooks, notices }: Parts): Promise<void> {
  const waits = ({ consent }: { readonly consent: string }): boolean => consent === 'missing';
  const [files, listed] = await Promise.all([rules.list(), hooks().list()]);
  const all = [...files.filter(waits), ...listed.filter(waits)];
  const state = all.map(({ hash }) => hash).join(' ');
  if (state === toldOf.get(notices)) return;
  toldOf.set(notices, state);
  if (all.length === 0) notices.dismiss(waitingId);
  else notices.show(waitingNotice(files.filter(waits).length, listed.filter(waits).length));
}

const waitingId = 'rules';
/** What was told last, in each window. */
const toldOf = new WeakMap<object, string>();

function waitingNotice(files: number, hooks: number): Notice {
  const what = [
    ...(files > 0 ? ['what the folder’s own rules allow does not count yet'] : []),
    ...(hooks > 0
      ? [`${count(hooks, 'hook')} ${hooks === 1 ? 'does' : 'do'} not run yet, and yours stop what they would judge`]
      : []),
  ];
  return {
    id: waitingId,
    tone: 'warning',
    title: hooks > 0 ? 'Hooks wait for your word' : 'Rules wait for your word',
    body: `They are new or have changed: ${what.join('; ')}. Look at them, and agree or not.`,
    actions: [{ label: 'Look at them…', intent: { type: 'run', what: 'rules' } }],
  };
}
