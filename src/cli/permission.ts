/** `journeyman permission`: what a command line may do and which rule says so; the rules of files, and the word on a workspace's. */
import { JourneymanError } from '../core/error.ts';
import type { Json } from '../core/json.ts';
import type { Rule, Tier, Verdict } from '../core/permission.ts';
import { hookFault } from '../hooks/hookFile.ts';
import { inTurn } from '../log/claim.ts';
import { decide } from '../permission/decide.ts';
import { ownSettings, ruleBook, type RuleBook, type RuleFile } from '../permission/ruleBook.ts';
import { covers, formatRule } from '../permission/rules.ts';
import { configFolder } from '../permission/settingsFiles.ts';
import { judgeLine } from '../permission/shell/judge.ts';
import { shellKinds } from '../permission/shell/line.ts';
import { nodeFiles } from '../workspace/files.ts';
import type { PermissionOptions, RulesOptions } from './arguments.ts';
import { workspaceFolder } from './assembly.ts';
import { answerLines, objectIn } from './batch.ts';
import { exitCodes } from './exit.ts';
import { storageFolder } from './storage.ts';
import { exactly, withoutControls } from './words.ts';

const meanings: Record<Tier, string> = {
  read: 'runs without a question, in every mode but plan; what it reads outside of the folder, or of secrets, asks',
  write: 'asks, unless a rule allows it',
  dangerous: 'always asks; only a rule for exactly this line allows it',
};

export async function permissionCommand({
  line,
  shell,
  workspace,
  withRules,
  output,
}: PermissionOptions): Promise<number> {
  const { tier, part, because, paths, git } = judgeLine(shell, line);
  const folder = await workspaceFolder(workspace);
  const files = nodeFiles([folder]);
  const book = bookOf(folder);
  const { rules, broken } = withRules ? await book.read() : { rules: [], broken: [] };
  const verdict = decide({
    mode: 'ask',
    rules,
    broken,
    shell,
    resources: [{ effect: 'execute', target: line }],
    locate: (path) => files.locate(path),
    leadsTo: (path) => files.leadsTo(path),
    own: [storageFolder(), configFolder()],
  });
  const deciding = withRules ? await decidingRule(book, verdict, line) : null;
  const shownTier = tier === 'read' && git && verdict.action === 'ask' ? 'write' : tier;
  if (output === 'json') {
    const runs = verdict.action === 'allow';
    const rule = deciding && { ...deciding, rule: formatRule(deciding.rule) };
    const said = { tier: shownTier, runs, verdict: verdict.action, part, because, paths, rule, broken };
    process.stdout.write(`${JSON.stringify(said)}\n`);
    return 0;
  }
  const why = shownTier === tier ? because : 'git may start programs that the repository names';
  const lines = [
    `${shownTier}: ${meanings[shownTier]}`,
    `  part  ${part}`,
    `  why   ${why}`,
    `  here  ${verdictWords(verdict)}`,
    ...(deciding === null
      ? []
      : [`  rule  ${deciding.rule.action} ${exactly(formatRule(deciding.rule))}, in ${deciding.file}`]),
    ...broken.map((one) => `  !     ${one}`),
  ];
  process.stdout.write(withoutControls(`${lines.join('\n')}\n`));
  return 0;
}

/** The rules of files by their source, with what is wrong in them. */
export async function rulesCommand({ workspace, json }: RulesOptions): Promise<number> {
  const files = await bookOf(await workspaceFolder(workspace)).list();
  if (json) for (const file of files) process.stdout.write(`${JSON.stringify(file)}\n`);
  else process.stdout.write(withoutControls(files.map(fileWords).join('')));
  return files.every(({ problem }) => problem === null) ? 0 : exitCodes.error;
}

/** The person's word on what the file of a workspace allows, bound to its content. */
export async function trustRulesCommand({ workspace, hash }: { workspace: string; hash: string }): Promise<number> {
  const book = bookOf(await workspaceFolder(workspace));
  const found = (await book.list()).filter((file) => file.kind === 'workspace' && file.hash.startsWith(hash));
  const [file] = found;
  if (!file || hash.length < 8)
    throw new JourneymanError(
      'not_found',
      `No rules of this folder have the hash ${hash}. "journeyman permission rules" shows them as they are now.`,
    );
  await book.trust(file.path, file.hash);
  process.stdout.write(`The rules in ${file.path} count as they stand. A change asks again.\n`);
  return 0;
}

function bookOf(folder: string): RuleBook {
  return ruleBook({ ...ownSettings(() => [folder], inTurn), isTrusted: () => true, faultIn: hookFault });
}

/** The rule that a verdict follows, and its file. */
async function decidingRule(
  book: RuleBook,
  verdict: Verdict,
  line: string,
): Promise<{ readonly rule: Rule; readonly file: string } | null> {
  if (verdict.action === 'allow' && verdict.by.kind !== 'rule') return null;
  const wanted = (rule: Rule): boolean =>
    rule.action === verdict.action &&
    rule.tool === 'shell' &&
    covers(rule, 'shell', line) &&
    (verdict.action === 'ask' || (verdict.by.kind === 'rule' && verdict.by.rule === formatRule(rule)));
  for (const { path, rules } of await book.list()) {
    const rule = rules.find(wanted);
    if (rule) return { rule, file: path };
  }
  return null;
}

function verdictWords(verdict: Verdict): string {
  if (verdict.action === 'allow') return 'it runs';
  return verdict.action === 'ask' ? verdict.why : verdict.reason;
}

const kindWords: Readonly<Record<RuleFile['kind'], string>> = {
  managed: 'of this machine',
  user: 'yours, everywhere',
  kept: 'yours, in this folder',
  workspace: 'of this folder',
};

function fileWords({ kind, path, isThere, rules, problem, consent, hash }: RuleFile): string {
  const head = `${kindWords[kind]}: ${path}${isThere ? '' : ' (not there)'}\n`;
  const faults = problem === null ? '' : `  ! ${problem}. Nothing in it allows, and every command asks.\n`;
  const asks =
    consent === 'missing'
      ? `  ! What it allows does not count until you agree: journeyman permission trust ${hash.slice(0, 12)}\n`
      : '';
  return `${head}${faults}${asks}${rules.map((rule) => `  ${rule.action.padEnd(5)}  ${exactly(formatRule(rule))}\n`).join('')}`;
}

/** Entries of a benchmark as JSON lines in, `{"id","verdict"}` lines out. */
export function permissionBatch(): Promise<number> {
  return answerLines(verdictOf);
}

/** Of a command line, or of a call of a tool in a folder that is made for it. */
async function verdictOf(line: string): Promise<Json> {
  const value = objectIn(line, wrong);
  const { id, shell, cmd, tool } = value;
  if (typeof tool === 'string') return { ...(await (await import('./permissionCalls.ts')).callVerdict(value)) };
  const kind = shellKinds.find((one) => one === shell);
  if (typeof id !== 'string' || typeof cmd !== 'string') throw wrong('id and cmd have to be texts');
  if (kind === undefined) throw wrong(`shell has to be one of ${shellKinds.join(', ')}`);
  const { tier, git } = judgeLine(kind, cmd);
  return { id, verdict: git && tier === 'read' ? 'write' : tier };
}

function wrong(what: string): JourneymanError {
  return new JourneymanError(
    'invalid_input',
    `This is no entry: ${what}. One JSON object a line: {"id", "shell", "cmd"} or {"id", "tool", "input"}.`,
  );
}
