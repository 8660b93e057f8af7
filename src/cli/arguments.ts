/** What was typed, as a command with its options; every fault says what to type instead. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { JourneymanError } from '../core/error.ts';
import { modes, type Mode } from '../core/permission.ts';

export const outputs = ['text', 'json', 'ndjson'] as const;
export type Output = (typeof outputs)[number];

export interface RunOptions {
  readonly task: string;
  readonly workspace: string;
  readonly output: Output;
  readonly mode: Mode;
  readonly allow: readonly string[];
  readonly stepsMax: number | null;
  readonly model: string | null;
}
export interface SessionsOptions {
  readonly workspace: string | null;
  readonly output: Output;
}
export interface LogOptions {
  /** null: the last one. */
  readonly session: string | null;
  readonly output: Output;
}

export type Command =
  | { readonly name: 'run'; readonly options: RunOptions }
  | { readonly name: 'sessions'; readonly options: SessionsOptions }
  | { readonly name: 'log'; readonly options: LogOptions }
  | { readonly name: 'version' }
  | { readonly name: 'help'; readonly text: string; readonly exitCode: number };

/** Throws `invalid_input`. */
export function parseCommandLine(argv: readonly string[]): Command {
  const [name, ...rest] = argv;
  if (name === undefined) return { name: 'help', text: helpTexts.all, exitCode: 1 };
  if (name === '--version' || name === '-v') return { name: 'version' };
  if (name === '--help' || name === '-h') return { name: 'help', text: helpTexts.all, exitCode: 0 };
  if (name === 'help') return { name: 'help', text: helpTexts[commandName(rest[0] ?? 'all')], exitCode: 0 };
  const command = commandName(name);
  if (command !== 'all' && (rest.includes('--help') || rest.includes('-h')))
    return { name: 'help', text: helpTexts[command], exitCode: 0 };
  switch (command) {
    case 'run':
      return { name: 'run', options: runOptions(rest) };
    case 'sessions': {
      const { values } = read(command, rest, { workspace: { type: 'string' }, output: { type: 'string' } }, 0);
      return {
        name: 'sessions',
        options: {
          workspace: values.workspace ?? null,
          output: oneOf(command, 'output', values.output ?? 'text', outputs),
        },
      };
    }
    case 'log': {
      const { values, positionals } = read(command, rest, { output: { type: 'string' } }, 1);
      return {
        name: 'log',
        options: {
          session: positionals[0] ?? null,
          output: oneOf(command, 'output', values.output ?? 'text', outputs),
        },
      };
    }
    case 'all':
      throw new JourneymanError(
        'invalid_input',
        `There is no command "${name}". "journeyman --help" lists the commands.`,
      );
  }
}

function runOptions(rest: readonly string[]): RunOptions {
  const options = {
    workspace: { type: 'string' },
    output: { type: 'string' },
    'permission-mode': { type: 'string' },
    allow: { type: 'string', multiple: true },
    'max-steps': { type: 'string' },
    model: { type: 'string' },
  } as const;
  const { values, positionals } = read('run', rest, options, 1);
  const task = positionals[0]?.trim() ?? '';
  if (task === '') throw fault('run', 'The task is missing: put it in quotes.');
  const steps = values['max-steps'];
  if (steps !== undefined && !/^[1-9]\d{0,5}$/.test(steps))
    throw fault('run', `--max-steps takes a whole number from 1, not "${steps}".`);
  return {
    task,
    workspace: values.workspace ?? process.cwd(),
    output: oneOf('run', 'output', values.output ?? 'text', outputs),
    mode: oneOf('run', 'permission-mode', values['permission-mode'] ?? 'ask', modes),
    allow: values.allow ?? [],
    stepsMax: steps === undefined ? null : Number(steps),
    model: values.model ?? null,
  };
}

function read<T extends NonNullable<ParseArgsConfig['options']>>(
  command: CommandName,
  args: readonly string[],
  options: T,
  positionalsMax: number,
) {
  const parsed = (() => {
    try {
      return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    } catch (error) {
      throw fault(command, error instanceof Error ? error.message : String(error));
    }
  })();
  if (parsed.positionals.length > positionalsMax) {
    throw fault(
      command,
      `"${parsed.positionals[positionalsMax] ?? ''}" was not expected; put words that belong together in quotes.`,
    );
  }
  return parsed;
}

function oneOf<T extends string>(command: CommandName, option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw fault(command, `--${option} is one of ${allowed.join(', ')}, not "${value}".`);
  return found;
}

function fault(command: CommandName, message: string): JourneymanError {
  return new JourneymanError('invalid_input', `${message} "journeyman ${command} --help" shows how.`);
}

type CommandName = keyof typeof helpTexts;

function commandName(name: string): CommandName {
  return name in helpTexts ? (name as CommandName) : 'all';
}

const helpTexts = {
  all: `journeyman: a coding agent for whole tasks

  journeyman run "<task>"     carry a task out in a folder
  journeyman sessions         sessions so far
  journeyman log [SESSION]    what happened in one, step by step
  journeyman help COMMAND     options and examples of a command

The model: ANTHROPIC_API_KEY, and ANTHROPIC_BASE_URL for any endpoint that speaks the Messages API
(Ollama, LM Studio, llama.cpp, vLLM, gateways). Sessions are kept in JOURNEYMAN_HOME (by default the
user's data folder), never in the workspace.
`,
  run: `journeyman run "<task>" [options]

  --workspace DIR             the folder to work in (default: this one)
  --permission-mode MODE      plan: read only, ends with a plan · ask: edits and commands ask (default)
                              edit: edits of the workspace apply at once, commands ask
  --allow RULE                may be given more than once: "shell(exact: npm test)", "shell(prefix: git log)",
                              "write(docs/**)", "read(../lib/**)"
  --max-steps N               end with a report after N requests to the model (default 100)
  --model ID                  as the endpoint names it; "practice" answers from recorded replies for the sample
                              project; default: JOURNEYMAN_MODEL, else what the endpoint offers
  --output text|json|ndjson   json: one report at the end; ndjson: each event as it happens, then the report

Where there is a terminal it asks there. Without one a question is a denial that says so.

Exit code: 0 done, with evidence · 2 done, not verified · 3 partly done · 4 denied, or a person was needed
           5 a limit was reached · 1 error · 130 interrupted

Examples:
  journeyman run "Why does the parser drop the last line? Fix it." --allow "shell(exact: npm test)"
  journeyman run "List what is missing in the docs" --permission-mode plan --output json | jq .outcome.summary
`,
  sessions: `journeyman sessions [options]

  --workspace DIR             only those of this folder
  --output text|json|ndjson

Example:
  journeyman sessions --workspace . --output json | jq -r '.[0].id'
`,
  log: `journeyman log [SESSION] [options]

What happened in a session (default: the last one), step by step.

  --output text|json|ndjson   ndjson: the events as they are on disk

Example:
  journeyman log --output ndjson | jq 'select(.type == "tool.decided")'
`,
} as const;
