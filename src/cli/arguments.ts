/** What was typed, as a command with its options; every fault says what to type instead. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import {
  budgetScopes,
  budgetUnits,
  defaultBudgets,
  type Budgets,
  type BudgetScope,
  type BudgetUnit,
} from '../core/budget.ts';
import { JourneymanError } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import { noteKinds, noteScopes } from '../core/notes.ts';
import { modes, type Mode } from '../core/permission.ts';
import { efforts, type Effort } from '../core/purpose.ts';
import type { Routes } from '../model/route.ts';
import { shellKinds, type ShellKind } from '../permission/shell/line.ts';
import { helpTexts, type HelpTopic } from './help.ts';
import type { MemoryOptions } from './memory.ts';

export const outputs = ['text', 'json', 'ndjson'] as const;
export type Output = (typeof outputs)[number];

/** How a run is shown and steered. */
export interface RunningOptions {
  readonly output: Output;
  /** `terminal`: the one that it was started in, where there is one. */
  readonly input: 'terminal' | 'ndjson';
  /** What becomes of a question once the input has ended. */
  readonly whenAlone: 'suspend' | 'deny';
  readonly budgets: Budgets;
  /** After so long a question is denied on nobody's word; null: it waits for ever. */
  readonly questionMs: number | null;
  /** Commands are held where that is possible. */
  readonly sandbox: boolean;
  readonly models: ModelOptions;
}
/** Who answers for what, besides the model of the session. */
export interface ModelOptions {
  /** null: as it was, or as the model does by itself. */
  readonly effort: Effort | null;
  readonly routes: Routes;
  readonly fallbackModel: string | null;
  /** How long the first byte of a reply is waited for; null: as long as fits the server. */
  readonly firstByteMs: number | null;
}
export interface RunOptions extends RunningOptions {
  readonly task: string;
  readonly workspace: string;
  readonly mode: Mode;
  readonly allow: readonly string[];
  readonly ask: readonly string[];
  readonly deny: readonly string[];
  readonly model: string | null;
}
export interface ResumeOptions extends RunningOptions {
  /** null: the last one of the workspace. */
  readonly session: string | null;
  readonly message: string | null;
  readonly steer: boolean;
  /** The turn whose message is said anew. */
  readonly edit: number | null;
  readonly workspace: string;
  /** null: as it was. */
  readonly mode: Mode | null;
  readonly model: string | null;
}
export interface SessionsOptions {
  readonly workspace: string | null;
  readonly search: string | null;
  readonly output: Output;
}
export interface LogOptions {
  /** null: the last one. */
  readonly session: string | null;
  /** null: the events instead of a prompt. */
  readonly step: number | null;
  /** null: the last one. */
  readonly turn: number | null;
  /** What each request has cost instead. */
  readonly cost?: true;
  readonly output: Output;
}
export interface SessionViewOptions {
  /** null: the last one. */
  readonly session: string | null;
  readonly output: Output;
}
export interface RestoreOptions {
  readonly session: string;
  readonly checkpoint: string;
  readonly scope: 'files' | 'both' | 'conversation';
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly mine: readonly string[];
  readonly old: readonly string[];
  readonly output: Output;
}
export interface ForkOptions {
  readonly session: string;
  readonly turn: number | null;
}
export interface SelectOptions {
  readonly task: string;
  readonly budget: number;
  readonly seen: readonly string[];
  readonly workspace: string;
  readonly output: Output;
}
export interface PermissionOptions {
  readonly line: string;
  readonly shell: ShellKind;
  /** For the rules of its files, and for what the line opens. */
  readonly workspace: string;
  readonly withRules: boolean;
  readonly output: 'text' | 'json';
}
export interface HooksOptions {
  readonly what: 'list' | 'trust' | 'distrust';
  /** Of the hook; '' for the list. */
  readonly hash: string;
  readonly workspace: string;
  readonly json: boolean;
}
export interface RulesOptions {
  readonly workspace: string;
  readonly json: boolean;
}
export interface IndexOptions {
  readonly workspace: string;
  /** By language, with memory and where it is kept. */
  readonly stats: boolean;
  readonly rebuild: boolean;
  readonly output: 'text' | 'json';
}
export interface AuditOptions {
  /** null: all. */
  readonly session: string | null;
  /** Only whether it is as it was written. */
  readonly verify: boolean;
  readonly json: boolean;
}
export interface ModelTestOptions {
  readonly model: string | null;
  readonly firstByteMs: number | null;
  readonly json: boolean;
}
export interface ExportOptions {
  readonly session: string;
  /** `-`: standard output; null: there, or a file where that is a terminal. */
  readonly file: string | null;
}

export type Command =
  | { readonly name: 'run'; readonly options: RunOptions }
  | { readonly name: 'resume'; readonly options: ResumeOptions }
  | { readonly name: 'sessions'; readonly options: SessionsOptions }
  | { readonly name: 'log'; readonly options: LogOptions }
  | { readonly name: 'replay'; readonly options: SessionViewOptions }
  | { readonly name: 'checkpoints'; readonly options: SessionViewOptions }
  | { readonly name: 'restore'; readonly options: RestoreOptions }
  | { readonly name: 'fork'; readonly options: ForkOptions }
  | { readonly name: 'export'; readonly options: ExportOptions }
  | { readonly name: 'select'; readonly options: SelectOptions }
  | { readonly name: 'selectBatch' }
  | { readonly name: 'index'; readonly options: IndexOptions }
  | { readonly name: 'audit'; readonly options: AuditOptions }
  | { readonly name: 'modelTest'; readonly options: ModelTestOptions }
  | { readonly name: 'redact' }
  | { readonly name: 'redactBatch' }
  | { readonly name: 'permission'; readonly options: PermissionOptions }
  | { readonly name: 'permissionBatch' }
  | { readonly name: 'hooks'; readonly options: HooksOptions }
  | { readonly name: 'memory'; readonly options: MemoryOptions }
  | { readonly name: 'rules'; readonly options: RulesOptions }
  | { readonly name: 'trustRules'; readonly options: { readonly workspace: string; readonly hash: string } }
  | { readonly name: 'import'; readonly options: { readonly file: string } }
  | { readonly name: 'rename'; readonly options: { readonly session: string; readonly title: string } }
  | { readonly name: 'close'; readonly options: { readonly session: string } }
  | { readonly name: 'delete'; readonly options: { readonly session: string; readonly yes: boolean } }
  | { readonly name: 'version' }
  | { readonly name: 'help'; readonly text: string; readonly exitCode: number };

/** Throws `invalid_input`. */
export function parseCommandLine(argv: readonly string[]): Command {
  const [name, ...rest] = argv;
  if (name === undefined) return { name: 'help', text: helpTexts.all, exitCode: 1 };
  if (name === '--version' || name === '-v') return { name: 'version' };
  if (name === '--help' || name === '-h') return { name: 'help', text: helpTexts.all, exitCode: 0 };
  if (name === 'help') return { name: 'help', text: helpTexts[topicOf(rest[0] ?? 'all')], exitCode: 0 };
  const topic = topicOf(name);
  const asked = rest.slice(0, rest.includes('--') ? rest.indexOf('--') : undefined);
  if (topic !== 'all' && (asked.includes('--help') || asked.includes('-h')))
    return { name: 'help', text: helpTexts[topic], exitCode: 0 };
  switch (topic) {
    case 'run':
      return { name: 'run', options: runOptions(rest) };
    case 'resume':
      return { name: 'resume', options: resumeOptions(rest) };
    case 'sessions': {
      const types = { workspace: one, search: one, output: one } as const;
      const { values } = read('sessions', rest, types, 0);
      return {
        name: 'sessions',
        options: {
          workspace: values.workspace ?? null,
          search: values.search ?? null,
          output: outputOf('sessions', values),
        },
      };
    }
    case 'log': {
      const { values, positionals } = read('log', rest, { step: one, turn: one, cost: flag, output: one } as const, 1);
      const step = countOf('log', 'step', values.step);
      const turn = countOf('log', 'turn', values.turn);
      if (turn !== null && step === null) throw fault('log', '--turn goes with --step.');
      return {
        name: 'log',
        options: {
          session: positionals[0] ?? null,
          step,
          turn,
          ...(values.cost === true && { cost: true }),
          output: outputOf('log', values),
        },
      };
    }
    case 'replay':
    case 'checkpoints': {
      const { values, positionals } = read(topic, rest, { output: one } as const, 1);
      return { name: topic, options: { session: positionals[0] ?? null, output: outputOf(topic, values) } };
    }
    case 'select':
      if (rest.length === 1 && rest[0] === '--batch') return { name: 'selectBatch' };
      return { name: 'select', options: selectOptions(rest) };
    case 'index': {
      const { values } = read('index', rest, { workspace: one, stats: flag, rebuild: flag, output: one } as const, 0);
      return {
        name: 'index',
        options: {
          workspace: values.workspace ?? process.cwd(),
          stats: values.stats ?? false,
          rebuild: values.rebuild ?? false,
          output: oneOf('index', 'output', values.output ?? 'text', ['text', 'json']),
        },
      };
    }
    case 'audit': {
      const { values, positionals } = read('audit', rest, { session: one, json: flag } as const, 1);
      const [what] = positionals;
      if (what !== undefined && what !== 'verify') throw fault('audit', `"${what}" was not expected.`);
      const { session = null, json = false } = values;
      return { name: 'audit', options: { session, verify: what === 'verify', json } };
    }
    case 'model': {
      const types = { model: one, 'model-timeout': one, json: flag } as const;
      const { values, positionals } = read('model', rest, types, 1);
      if (positionals[0] !== 'test') throw fault('model', 'Say what to do with it: "journeyman model test".');
      const minutes = countOf('model', 'model-timeout', values['model-timeout']);
      const firstByteMs = minutes === null ? null : minutes * 60_000;
      return { name: 'modelTest', options: { model: values.model ?? null, firstByteMs, json: values.json ?? false } };
    }
    case 'redact': {
      const { values } = read('redact', rest, { batch: flag } as const, 0);
      return { name: values.batch === true ? 'redactBatch' : 'redact' };
    }
    case 'permission':
      if (rest.length === 2 && rest[0] === 'check' && rest[1] === '--batch') return { name: 'permissionBatch' };
      return permissionCommandOf(rest);
    case 'hooks': {
      const { values, positionals } = read('hooks', rest, { workspace: one, json: flag } as const, 2);
      const what = oneOf('hooks', 'action', positionals[0] ?? 'list', ['list', 'trust', 'distrust'] as const);
      const hash = what === 'list' ? '' : given('hooks', positionals[1], 'hash');
      const { workspace = process.cwd(), json = false } = values;
      return { name: 'hooks', options: { what, hash, workspace, json } };
    }
    case 'memory':
      return { name: 'memory', options: memoryOptions(rest) };
    case 'restore':
      return { name: 'restore', options: restoreOptions(rest) };
    case 'fork': {
      const { values, positionals } = read('fork', rest, { turn: one } as const, 1);
      const turn = countOf('fork', 'turn', values.turn);
      return { name: 'fork', options: { session: given('fork', positionals[0], 'session'), turn } };
    }
    case 'export': {
      const { positionals } = read('export', rest, {}, 2);
      const session = given('export', positionals[0], 'session');
      return { name: 'export', options: { session, file: positionals[1] ?? null } };
    }
    case 'import': {
      const { positionals } = read('import', rest, {}, 1);
      return { name: 'import', options: { file: given('import', positionals[0], 'file') } };
    }
    case 'rename': {
      const { positionals } = read('rename', rest, {}, 2);
      const session = given('rename', positionals[0], 'session');
      return { name: 'rename', options: { session, title: given('rename', positionals[1]?.trim(), 'title') } };
    }
    case 'close': {
      const { positionals } = read('close', rest, {}, 1);
      return { name: 'close', options: { session: given('close', positionals[0], 'session') } };
    }
    case 'delete': {
      const { values, positionals } = read('delete', rest, { yes: flag } as const, 1);
      return {
        name: 'delete',
        options: { session: given('delete', positionals[0], 'session'), yes: values.yes ?? false },
      };
    }
    case 'all':
      throw new JourneymanError(
        'invalid_input',
        `There is no command "${name}". "journeyman --help" lists the commands.`,
      );
  }
}

const one = { type: 'string' } as const;
const many = { type: 'string', multiple: true } as const;
const flag = { type: 'boolean' } as const;
const running = {
  output: one,
  input: one,
  'when-alone': one,
  'question-timeout': one,
  'max-steps': one,
  'max-minutes': one,
  'budget-usd': one,
  'budget-tokens': one,
  budget: many,
  'no-sandbox': flag,
  effort: one,
  'plan-model': one,
  'summary-model': one,
  'title-model': one,
  'fallback-model': one,
  'model-timeout': one,
} as const;

function runOptions(rest: readonly string[]): RunOptions {
  const types = {
    ...running,
    workspace: one,
    'permission-mode': one,
    allow: many,
    ask: many,
    deny: many,
    model: one,
  } as const;
  const { values, positionals } = read('run', rest, types, 1);
  const task = positionals[0]?.trim() ?? '';
  if (task === '') throw fault('run', 'The task is missing: put it in quotes.');
  return {
    task,
    workspace: values.workspace ?? process.cwd(),
    mode: oneOf('run', 'permission-mode', values['permission-mode'] ?? 'ask', modes),
    allow: values.allow ?? [],
    ask: values.ask ?? [],
    deny: values.deny ?? [],
    model: values.model ?? null,
    ...runningOptions('run', values),
  };
}

function resumeOptions(rest: readonly string[]): ResumeOptions {
  const types = { ...running, workspace: one, steer: flag, edit: one, 'permission-mode': one, model: one } as const;
  const { values, positionals } = read('resume', rest, types, 2);
  const [first, second] = positionals;
  const isSession = first !== undefined && (second !== undefined || /^[0-9a-f]{12}$/.test(first));
  const message = (isSession ? second : first)?.trim() ?? null;
  if (message === '') throw fault('resume', 'The message is empty.');
  const steer = values.steer ?? false;
  if (steer && message === null) throw fault('resume', '--steer goes with a message.');
  const edit = countOf('resume', 'edit', values.edit);
  if (edit !== null && (message === null || steer))
    throw fault('resume', '--edit goes with a message, not with --steer.');
  const mode = values['permission-mode'];
  return {
    session: isSession ? first : null,
    message,
    steer,
    edit,
    workspace: values.workspace ?? process.cwd(),
    mode: mode === undefined ? null : oneOf('resume', 'permission-mode', mode, modes),
    model: values.model ?? null,
    ...runningOptions('resume', values),
  };
}

function runningOptions(
  topic: HelpTopic,
  values: {
    output?: string;
    input?: string;
    'when-alone'?: string;
    'question-timeout'?: string;
    'max-steps'?: string;
    'max-minutes'?: string;
    'budget-usd'?: string;
    'budget-tokens'?: string;
    budget?: string[];
    'no-sandbox'?: boolean;
  } & ModelValues,
): RunningOptions {
  const output = outputOf(topic, values);
  const input = values.input === undefined ? 'terminal' : oneOf(topic, 'input', values.input, ['ndjson']);
  if (input === 'ndjson' && output !== 'ndjson')
    throw fault(topic, '--input ndjson goes with --output ndjson: the questions are in the output.');
  const minutes = countOf(topic, 'question-timeout', values['question-timeout']);
  return {
    output,
    input,
    whenAlone: oneOf(topic, 'when-alone', values['when-alone'] ?? 'suspend', ['suspend', 'deny']),
    budgets: budgetsOf(topic, values),
    questionMs: minutes === null ? null : minutes * 60_000,
    sandbox: values['no-sandbox'] !== true,
    models: modelOptions(topic, values),
  };
}

interface ModelValues {
  effort?: string;
  'plan-model'?: string;
  'summary-model'?: string;
  'title-model'?: string;
  'fallback-model'?: string;
  'model-timeout'?: string;
}

function modelOptions(topic: HelpTopic, values: ModelValues): ModelOptions {
  const { effort, 'plan-model': plan, 'summary-model': summarise, 'title-model': title } = values;
  const minutes = countOf(topic, 'model-timeout', values['model-timeout']);
  return {
    effort: effort === undefined ? null : oneOf(topic, 'effort', effort, efforts),
    routes: {
      ...(plan !== undefined && { plan: { model: plan } }),
      ...(summarise !== undefined && { summarise: { model: summarise } }),
      ...(title !== undefined && { title: { model: title } }),
    },
    fallbackModel: values['fallback-model'] ?? null,
    firstByteMs: minutes === null ? null : minutes * 60_000,
  };
}

/** Those of the command line in place of what holds by itself; the later word counts. */
function budgetsOf(
  topic: HelpTopic,
  {
    'max-steps': steps,
    'max-minutes': minutes,
    'budget-usd': usd,
    'budget-tokens': tokens,
    budget = [],
  }: Partial<Record<'max-steps' | 'max-minutes' | 'budget-usd' | 'budget-tokens', string>> & {
    readonly budget?: readonly string[];
  },
): Budgets {
  const named = [
    ['max-steps', 'turn', 'steps', steps],
    ['max-minutes', 'turn', 'minutes', minutes],
    ['budget-usd', 'session', 'usd', usd],
    ['budget-tokens', 'session', 'tokens', tokens],
  ] as const;
  let budgets = defaultBudgets;
  const set = (scope: BudgetScope, unit: BudgetUnit, amount: number): void => {
    budgets = { ...budgets, [scope]: { ...budgets[scope], [unit]: amount } };
  };
  for (const [option, scope, unit, value] of named)
    if (value !== undefined) set(scope, unit, amountOf(topic, option, unit, value));
  for (const word of budget) {
    const [place = '', value = ''] = word.split('=');
    const [scope, unit] = place.split('.');
    const [found, of] = [budgetScopes.find((one) => one === scope), budgetUnits.find((one) => one === unit)];
    if (found === undefined || of === undefined)
      throw fault(
        topic,
        `--budget takes ${budgetScopes.join('|')}.${budgetUnits.join('|')}=AMOUNT, such as day.usd=5, not "${word}".`,
      );
    set(found, of, amountOf(topic, `budget ${place}`, of, value));
  }
  return budgets;
}

function amountOf(topic: HelpTopic, option: string, unit: BudgetUnit, value: string): number {
  const form = unit === 'usd' ? /^\d{1,7}(?:\.\d{1,4})?$/ : /^\d{1,12}$/;
  if (form.test(value) && Number(value) > 0) return Number(value);
  const wanted = unit === 'usd' ? 'an amount of dollars such as 2 or 0.50' : 'a whole number from 1';
  throw fault(topic, `--${option} takes ${wanted}, not "${value}".`);
}

function restoreOptions(rest: readonly string[]): RestoreOptions {
  const types = {
    files: flag,
    both: flag,
    conversation: flag,
    'dry-run': flag,
    yes: flag,
    mine: many,
    old: many,
    output: one,
  } as const;
  const { values, positionals } = read('restore', rest, types, 2);
  const scopes = (['files', 'both', 'conversation'] as const).filter((scope) => values[scope] === true);
  if (scopes.length > 1) throw fault('restore', `Only one of ${scopes.map((scope) => `--${scope}`).join(', ')}.`);
  const { mine = [], old = [] } = values;
  const twice = mine.find((path) => old.includes(path));
  if (twice !== undefined) throw fault('restore', `${twice} is named by --mine and by --old.`);
  return {
    session: given('restore', positionals[0], 'session'),
    checkpoint: given('restore', positionals[1], 'checkpoint'),
    scope: scopes[0] ?? 'files',
    dryRun: values['dry-run'] ?? false,
    yes: values.yes ?? false,
    mine,
    old,
    output: outputOf('restore', values),
  };
}

function selectOptions(rest: readonly string[]): SelectOptions {
  const { values, positionals } = read(
    'select',
    rest,
    { budget: one, seen: many, workspace: one, output: one } as const,
    1,
  );
  const output = outputOf('select', values);
  return {
    task: given('select', positionals[0]?.trim(), 'task'),
    budget: countOf('select', 'budget', values.budget) ?? limits.contextTokens,
    seen: values.seen ?? [],
    workspace: values.workspace ?? process.cwd(),
    output: output === 'ndjson' ? oneOf('select', 'output', output, ['text', 'json']) : output,
  };
}

function memoryOptions(rest: readonly string[]): MemoryOptions {
  const types = { workspace: one, json: flag, kind: one, for: one, keep: many } as const;
  const { values, positionals } = read('memory', rest, types, 3);
  const [first = 'list', second, third] = positionals;
  const what = oneOf('memory', 'action', first, ['list', 'show', 'add', 'remove', 'search', 'lessons'] as const);
  const { workspace = process.cwd(), json = false, keep = [] } = values;
  const place = { workspace, json };
  switch (what) {
    case 'list':
      return { what, ...place };
    case 'show':
    case 'remove':
      return { what, ...place, name: given('memory', second, 'note') };
    case 'search':
      return { what, ...place, words: given('memory', second, 'text to look for') };
    case 'add': {
      const kind = oneOf('memory', 'kind', values.kind ?? 'fact', noteKinds);
      const scope = oneOf('memory', 'for', values.for ?? (kind === 'preference' ? 'user' : 'project'), noteScopes);
      const title = given('memory', second?.trim(), 'title');
      return { what, ...place, kind, scope, title, text: given('memory', third?.trim(), 'text') };
    }
    case 'lessons':
      return {
        what,
        ...place,
        session: second ?? null,
        keep: keep.flatMap((some) => some.split(',').map((number) => countOf('memory', 'keep', number.trim()) ?? 0)),
      };
  }
}

function permissionCommandOf([what, ...rest]: readonly string[]): Command {
  const here = process.cwd();
  if (what === 'check') {
    const types = { shell: one, workspace: one, 'no-rules': flag, json: flag, output: one } as const;
    const { values, positionals } = read('permission', rest, types, 1);
    const output = values.json === true ? 'json' : (values.output ?? 'text');
    return {
      name: 'permission',
      options: {
        line: given('permission', positionals[0], 'command line'),
        shell: oneOf('permission', 'shell', values.shell ?? 'bash', shellKinds),
        workspace: values.workspace ?? here,
        withRules: values['no-rules'] !== true,
        output: oneOf('permission', 'output', output, ['text', 'json'] as const),
      },
    };
  }
  if (what === 'rules') {
    const { values } = read('permission', rest, { workspace: one, json: flag } as const, 0);
    return { name: 'rules', options: { workspace: values.workspace ?? here, json: values.json ?? false } };
  }
  if (what === 'trust') {
    const { values, positionals } = read('permission', rest, { workspace: one } as const, 1);
    const hash = given('permission', positionals[0], 'hash');
    return { name: 'trustRules', options: { workspace: values.workspace ?? here, hash } };
  }
  throw fault('permission', 'What is to be done is missing: check, rules or trust.');
}

function read<T extends NonNullable<ParseArgsConfig['options']>>(
  topic: HelpTopic,
  args: readonly string[],
  options: T,
  positionalsMax: number,
) {
  const parsed = (() => {
    try {
      return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    } catch (error) {
      throw fault(topic, error instanceof Error ? error.message : String(error));
    }
  })();
  if (parsed.positionals.length > positionalsMax) {
    throw fault(
      topic,
      `"${parsed.positionals[positionalsMax] ?? ''}" was not expected; put words that belong together in quotes.`,
    );
  }
  return parsed;
}

function given(topic: HelpTopic, value: string | undefined, what: string): string {
  if (value === undefined || value === '') throw fault(topic, `The ${what} is missing.`);
  return value;
}

function outputOf(topic: HelpTopic, { output = 'text' }: { output?: string }): Output {
  return oneOf(topic, 'output', output, outputs);
}

function countOf(topic: HelpTopic, option: string, value: string | undefined): number | null {
  if (value === undefined) return null;
  if (!/^[1-9]\d{0,5}$/.test(value)) throw fault(topic, `--${option} takes a whole number from 1, not "${value}".`);
  return Number(value);
}

function oneOf<T extends string>(topic: HelpTopic, option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  if (found === undefined) {
    const words = allowed.length === 1 ? (allowed[0] ?? '') : `one of ${allowed.join(', ')}`;
    throw fault(topic, `--${option} is ${words}, not "${value}".`);
  }
  return found;
}

function fault(topic: HelpTopic, message: string): JourneymanError {
  return new JourneymanError('invalid_input', `${message} "journeyman ${topic} --help" shows how.`);
}

function topicOf(name: string): HelpTopic {
  return Object.hasOwn(helpTexts, name) ? (name as HelpTopic) : 'all';
}
