/** May it? Judges what a call would touch, before any person is asked. Pure: the same question has the same answer. */
import type { DecidedBy, Mode, Resource, Rule, RuleTool, Verdict } from '../core/permission.ts';
import type { Location } from '../core/ports.ts';
import { isOddName, isProtected, isSecret } from './names.ts';
import { escaped } from './shell/hidden.ts';
import { judgeLine, type LineVerdict } from './shell/judge.ts';
import type { ShellKind } from './shell/line.ts';
import { namesNetwork, staysHere, withoutOwnFetch } from './shell/network.ts';
import { covers, formatRule, namesOne, startsWithWords, toolOf, unreadablePart } from './rules.ts';

export interface PermissionCase {
  readonly mode: Mode;
  /** The weightiest source first: it is the one that is named. */
  readonly rules: readonly Rule[];
  /** Files of rules that cannot be used, a clause each: while there is one, nothing but looking at files goes unasked. */
  readonly broken?: readonly string[];
  readonly resources: readonly Resource[];
  /** `Files.locate`: names are judged as they resolve, not as they are written. */
  readonly locate: (path: string) => Location;
  /** `Files.leadsTo`: a command opens what a link leads to. Absent: links are not looked at. */
  readonly leadsTo?: (path: string) => readonly Location[];
  /** For which shell command lines are written. */
  readonly shell?: ShellKind;
  /** Text of others was read in this turn: which, as it goes on after "because". */
  readonly taint?: string;
  /** Folders of the runtime itself: logs, kept copies, rules. No tool opens them. */
  readonly own?: readonly string[];
  /** Folders outside of the workspace whose files may be read: those of the person's skills. */
  readonly readable?: readonly string[];
  /** Does a sandbox hold commands? false: one is wanted and does not work. Absent: the person wants none. */
  readonly sandbox?: boolean;
}

/** The worst of what each resource gets: deny over ask over allow. Nothing touched is nothing to ask. */
export function decide(asked: PermissionCase): Verdict {
  const { mode, resources } = asked;
  const verdicts = resources.map((resource) => withTaint(asked, resource, judge(asked, resource)));
  return (
    verdicts.find(({ action }) => action === 'deny') ??
    withPlaces(
      resources,
      verdicts.find(({ action }) => action === 'ask'),
    ) ??
    verdicts[0] ?? { action: 'allow', by: { kind: 'mode', mode } }
  );
}

/** A yes to a command is a yes to what it may reach then: whoever is asked is told all of it. */
function withPlaces(resources: readonly Resource[], verdict: Verdict | undefined): Verdict | undefined {
  const places = resources.flatMap(({ effect, target }) => (effect === 'network' ? [target] : []));
  if (verdict?.action !== 'ask' || places.length === 0 || resources.length === 1) return verdict;
  return { ...verdict, why: `${verdict.why} It may reach ${places.join(', ')} then.` };
}

/** **Invariant:** once text of others was read, nothing that sends, or makes something run later, goes by a rule or a mode. */
function withTaint(asked: PermissionCase, resource: Resource, verdict: Verdict): Verdict {
  const { taint, shell = 'bash', locate } = asked;
  const { effect, target } = resource;
  if (taint === undefined || verdict.action !== 'allow') return verdict;
  if (effect === 'execute' && namesNetwork(target) && !isKept(asked, resource))
    return ask(taint, judgeLine(shell, target));
  const lasts = effect === 'network' || effect === 'note' || (effect === 'write' && isProtected(locate(target).path));
  return lasts ? ask(taint) : verdict;
}

function judge(asked: PermissionCase, resource: Resource): Verdict {
  const tool = toolOf(resource);
  if (tool === null) return withoutRules(asked.mode, resource);
  if (resource.outside === true && asked.sandbox === true)
    return leaving(judgeTarget(asked, tool, resource.target, null));
  const isFile = tool === 'read' || tool === 'write';
  return judgeTarget(asked, tool, resource.target, isFile ? asked.locate(resource.target) : null);
}

/** `place`: of a file. */
function judgeTarget(asked: PermissionCase, tool: RuleTool, written: string, place: Location | null): Verdict {
  const { mode, rules } = asked;
  const line = tool === 'shell' ? judgeLine(asked.shell ?? 'bash', written) : null;
  const target = place?.path ?? written;
  const covering = rules.filter((rule) => speaksOf(rule, tool) && covers(rule, tool, target));

  const denying = covering.find(({ action }) => action === 'deny');
  if (denying) {
    const rule = formatRule(denying);
    return {
      action: 'deny',
      by: byRule(denying),
      reason: `${ruleWords[denying.source].replace(/^./, (first) => first.toUpperCase())} forbids this: ${rule}. Do it another way, or tell the user what you need and why.`,
    };
  }
  const own = place === null ? ownIn(asked, written) : isOwn(asked, place);
  if (own) return { action: 'deny', by: { kind: 'mode', mode }, reason: ownReason };
  if (mode === 'plan' && tool !== 'read' && tool !== 'note')
    return { action: 'deny', by: { kind: 'mode', mode }, reason: planReason };
  const asking = covering.find(({ action }) => action === 'ask');
  if (asking) return ask(`${ruleWords[asking.source]} ${code(formatRule(asking))} says so`, line);
  const [broken] = asked.broken ?? [];
  if (broken !== undefined && tool !== 'read') return ask(broken, line);

  const sensitive = place === null ? null : sensitivity(tool, place);
  const isDangerous = line?.tier === 'dangerous';
  // Where nothing holds it, only a rule that names this very line stands for a person.
  const isLoose = tool === 'shell' && asked.sandbox === false;
  const allowing = covering.find(
    (rule) => rule.action === 'allow' && ((sensitive === null && !isDangerous && !isLoose) || namesOne(rule)),
  );
  if (allowing) return { action: 'allow', by: byRule(allowing) };
  if (sensitive !== null) return ask(sensitive);
  if (line !== null) return byLine(asked, target, line);
  if (tool === 'note') return ask('it would hold in sessions to come');
  if (tool === 'net') return ask(`it reaches ${target}, which is not on your list`);
  const inside = place !== null && (place.inside || (tool === 'read' && isIn(asked.readable, place)));
  return byMode(mode, tool === 'write', target, inside);
}

/** Out of the sandbox: no rule and no mode gives that. */
function leaving(verdict: Verdict): Verdict {
  if (verdict.action === 'deny') return verdict;
  const why = 'It asks because it would run outside of the sandbox: nothing holds what it writes, reads or reaches.';
  const part = verdict.action === 'ask' ? verdict.asked?.part : undefined;
  return { action: 'ask', why, asked: { tier: 'dangerous', part: part ?? 'outside of the sandbox' } };
}

function byRule(rule: Rule): DecidedBy {
  return { kind: 'rule', rule: formatRule(rule), source: rule.source };
}

const ruleWords: Readonly<Record<Rule['source'], string>> = {
  managed: 'the rule of this machine',
  user: 'your rule',
  session: 'your rule',
  cli: 'your rule',
  workspace: 'the rule of this folder',
};

/** A line that only looks runs, once all that it opens may be read. */
function byLine(asked: PermissionCase, target: string, line: LineVerdict): Verdict {
  // Programs that a repository names are started by git where no sandbox holds them.
  const isRead = line.tier === 'read' && (!line.git || asked.sandbox === true);
  const { tier } =
    line.tier === 'dangerous' && isAlone(asked) ? judgeLine(asked.shell ?? 'bash', withoutOwnFetch(target)) : line;
  if (asked.mode === 'auto' && asked.sandbox === true && tier === 'write') {
    const open = openIn(asked, target);
    return open === null ? { action: 'allow', by: { kind: 'mode', mode: asked.mode } } : ask(open, line);
  }
  if (!isRead) return ask(whyCommand(asked, target, line), line);
  const folder = asked.resources.find(({ effect }) => effect === 'read')?.target ?? '.';
  for (const path of line.paths) {
    const verdict = judgeOpened(asked, folder, path);
    if (verdict.action === 'deny') return verdict;
    if (verdict.action === 'ask') return { ...verdict, asked: { tier: 'write', part: line.part } };
  }
  return { action: 'allow', by: { kind: 'mode', mode: asked.mode } };
}

/** What of a line keeps it from running by itself although a sandbox holds it; null: nothing. */
function openIn(asked: PermissionCase, line: string): string | null {
  const part = /`|\$\(|[<>]\(/.exec(line)?.[0];
  if (part !== undefined)
    return `what it runs is made while it runs: it holds ${part === '`' ? 'a backtick' : code(part)}`;
  return isAlone(asked) && namesNetwork(line) && !staysHere(line) ? 'it reaches the network' : null;
}

/** It names no place that it may reach. */
function isAlone({ resources }: PermissionCase): boolean {
  return resources.every(({ effect }) => effect !== 'network');
}

/** Held, it reaches servers of its own session and nothing else. */
function isKept(asked: PermissionCase, { target, outside }: Resource): boolean {
  return asked.sandbox === true && outside !== true && isAlone(asked) && staysHere(target);
}

function judgeOpened(asked: PermissionCase, folder: string, path: string): Verdict {
  if (path.startsWith('~')) return ask(`${code(path)} is outside the folder you opened`);
  const from = /^[/\\]|^[A-Za-z]:/.test(path) || folder === '.' ? path : `${folder}/${path}`;
  const places = asked.leadsTo?.(from) ?? [asked.locate(from)];
  const verdicts = places.map((place) => judgeTarget(asked, 'read', place.path, place));
  return (
    verdicts.find(({ action }) => action === 'deny') ??
    verdicts.find(({ action }) => action === 'ask') ?? { action: 'allow', by: { kind: 'mode', mode: asked.mode } }
  );
}

const ownReason =
  'This belongs to Journeyman itself: its logs, copies and rules are opened by no tool. Tell the user what you need.';

function isOwn({ own, readable }: PermissionCase, place: Location): boolean {
  return isIn(own, place) && !isIn(readable, place);
}

function isIn(folders: readonly string[] = [], { absolute }: Location): boolean {
  const path = folded(absolute);
  return folders.some((folder) => path === folded(folder) || path.startsWith(`${folded(folder)}/`));
}

/** A command line that spells one of the folders. */
function ownIn({ own = [] }: PermissionCase, line: string): boolean {
  return own.some((folder) => folded(line.replace(/['"\\]/g, '')).includes(folded(folder)));
}

function folded(path: string): string {
  return path.normalize('NFKC').toLowerCase().replaceAll('\\', '/').replace(/\/+$/, '');
}

/** What may not be read may not be changed either: a change shows what stands there. */
function speaksOf(rule: Rule, tool: RuleTool): boolean {
  return rule.tool === tool || (tool === 'write' && rule.tool === 'read' && rule.action !== 'allow');
}

const planReason =
  'Plan mode only reads: edits and commands are not possible yet. Find out what you need, then call update_plan with the whole plan; the work starts when the user approves it.';

function withoutRules(mode: Mode, { effect, target }: Resource): Verdict {
  if (effect === 'plan')
    return mode === 'plan'
      ? ask('a plan starts only when you say so')
      : { action: 'allow', by: { kind: 'mode', mode } };
  if (mode === 'plan') return { action: 'deny', by: { kind: 'mode', mode }, reason: planReason };
  return ask(`it destroys ${code(target)}`);
}

/** Why a file asks in every mode; null: it does not. */
function sensitivity(tool: RuleTool, { path }: Location): string | null {
  if (isSecret(path)) return `${code(path)} looks like it holds secrets`;
  if (tool === 'write' && isOddName(path)) return `${code(escaped(path))} means another file on some systems`;
  return tool === 'write' && isProtected(path) ? `${code(path)} is protected` : null;
}

function byMode(mode: Mode, writes: boolean, target: string, inside: boolean): Verdict {
  if (!inside) return ask(`${code(target)} is outside the folder you opened`);
  if (!writes || mode === 'edit' || mode === 'auto') return { action: 'allow', by: { kind: 'mode', mode } };
  return ask('each edit asks before it is written');
}

/** A rule that nearly covers the line is worth a word: the person will wonder why it did not. */
function whyCommand({ mode, rules, sandbox }: PermissionCase, text: string, line: LineVerdict): string {
  const near = rules.find(
    ({ action, tool, match }) =>
      tool === 'shell' && action === 'allow' && match.kind === 'prefix' && startsWithWords(text, match.value),
  );
  if (line.tier === 'dangerous')
    return near === undefined ? line.because : `${line.because}; ${code(formatRule(near))} does not reach that far`;
  const part = near === undefined ? null : unreadablePart(text);
  if (part !== null) return `this line cannot be read safely: it holds ${part}`;
  if (sandbox === false && near !== undefined)
    return `there is no sandbox on this machine, so ${code(formatRule(near))} does not count`;
  if (sandbox !== true && mode === 'auto') return 'there is no sandbox on this machine';
  if (line.tier === 'read') return 'git may start programs that the repository names';
  return line.because;
}

function ask(because: string, line: LineVerdict | null = null): Verdict {
  const why = `It asks because ${because}.`;
  if (line === null) return { action: 'ask', why };
  return { action: 'ask', why, asked: { tier: line.tier === 'dangerous' ? 'dangerous' : 'write', part: line.part } };
}

/** In a code span whatever it holds. */
function code(text: string): string {
  return text.includes('`') ? `"${text}"` : `\`${text}\``;
}
