/** The hooks of all files that count here: which of them want to hear of something, whether they may, and what they say. */
import { homedir } from 'node:os';
import { JourneymanError, toError } from '../core/error.ts';
import type { Hook, HookMoment, HookPrograms, Hooks, HookSaid } from '../core/hooks.ts';
import type { Json } from '../core/json.ts';
import type { Redactor } from '../core/ports.ts';
import type { Consents, SettingsFile, SettingsFiles } from '../core/settings.ts';
import { hooksIn, patternOf, type HookDefinition } from './hookFile.ts';
import { lookAt, type HookLook, type KnownContents } from './hookLook.ts';
import { saidBy } from './hookOutput.ts';

/** A hook as it stands, for a person. */
export interface ListedHook extends HookDefinition, HookLook {
  readonly kind: SettingsFile['kind'];
  readonly file: string;
  /** `not needed`: whoever manages the machine has written it · `not trusted`: the folder is not. */
  readonly consent: 'not needed' | 'given' | 'missing' | 'not trusted';
}

export interface HookBook extends Hooks {
  list(): Promise<readonly ListedHook[]>;
  /** To a hook as it was shown. Throws `not_found` where none is so any more. */
  trust(hash: string): Promise<ListedHook>;
  distrust(hash: string): Promise<void>;
}

export interface HookBookParts {
  readonly files: SettingsFiles;
  readonly consents: Consents;
  readonly programs: HookPrograms;
  readonly folders: () => readonly string[];
  readonly isTrusted: () => boolean;
  /** What a hook is told holds no secret. */
  readonly redactor: Redactor | null;
}

export function hookBook(parts: HookBookParts): HookBook {
  const { files, consents, folders, isTrusted } = parts;
  const folder = (): string => folders()[0] ?? homedir();
  const contents: KnownContents = new Map();

  const list = async (): Promise<readonly ListedHook[]> => {
    const [all, agreed] = await Promise.all([files.read(), consents.read()]);
    const found = all.flatMap((file) => hooksIn(file).hooks.map((hook) => ({ file, hook })));
    return Promise.all(
      found.map(async ({ file, hook }): Promise<ListedHook> => {
        const { kind, path } = file;
        const { hash, stamp } = await lookAt(file, hook, folder(), contents);
        const isAgreed = Object.hasOwn(agreed.hooks, hash);
        const consent = !isTrusted()
          ? 'not trusted'
          : kind === 'managed'
            ? 'not needed'
            : isAgreed
              ? 'given'
              : 'missing';
        return { ...hook, kind, file: path, hash, stamp, consent };
      }),
    );
  };
  /** Its stamp, if it may run just as it is; else null. */
  const stampOf = async ({ hash }: Hook): Promise<string | null> => {
    const found = (await list()).find((one) => one.hash === hash);
    return found?.consent === 'given' || found?.consent === 'not needed' ? found.stamp : null;
  };

  return {
    list,
    async wanted(moment) {
      if (!isTrusted()) return [];
      const tool = 'tool' in moment ? moment.tool : null;
      const hooks = await list().catch((): readonly ListedHook[] => []);
      return hooks.flatMap(({ event, matcher, command, file, hash, timeoutMs, kind, consent }): readonly Hook[] => {
        if (event !== moment.event || (tool !== null && patternOf(matcher)?.test(tool) !== true)) return [];
        if (consent === 'missing' && kind === 'workspace') return []; // a stranger's program until then
        const isGiven = consent === 'given' || consent === 'not needed';
        return [{ command, file, hash, timeoutMs, consent: isGiven ? 'given' : 'missing' }];
      });
    },
    async run(hooks, moment, session, signal) {
      const said: HookSaid[] = [];
      let now = moment;
      for (const hook of hooks) {
        const one = await runOne(parts, folder(), hook, now, session, () => stampOf(hook), signal);
        said.push(one);
        if (one.input !== undefined && now.event === 'PreToolUse') now = { ...now, input: one.input };
        if (one.says === 'block') break;
      }
      return said;
    },
    async trust(hash) {
      const hook = (await list()).find((one) => one.hash === hash || (hash.length >= 8 && one.hash.startsWith(hash)));
      if (!hook)
        throw new JourneymanError(
          'not_found',
          `No hook has the hash ${hash} now: it, or the script that it names, has changed. "journeyman hooks" lists them.`,
        );
      if (hook.consent === 'not trusted')
        throw new JourneymanError('denied', 'This folder is not trusted, so no hook runs in it. Trust it first.');
      await consents.write((all) => ({ ...all, hooks: { ...all.hooks, [hook.hash]: hook.command } }));
      return hook;
    },
    distrust: (hash) =>
      consents.write((all) => ({
        ...all,
        hooks: Object.fromEntries(Object.entries(all.hooks).filter(([one]) => one !== hash)),
      })),
  };
}

/**
 * **Invariant:** its word counts only if it is what was agreed to just before it starts and still is, untouched, when it has ended: what
 * puts another script in its place for that while is found out.
 */
async function runOne(
  { programs, redactor }: HookBookParts,
  cwd: string,
  { command, timeoutMs, consent, file }: Hook,
  moment: HookMoment,
  session: string,
  stamp: () => Promise<string | null>,
  signal: AbortSignal,
): Promise<HookSaid> {
  const judges = moment.event === 'PreToolUse' || moment.event === 'UserPromptSubmit';
  const fails = (reason: string): HookSaid => ({
    command,
    says: judges ? 'block' : 'nothing',
    reason,
    context: '',
    failed: true,
  });
  const isNew = `The hook "${command}" of ${file} is new or has changed, and runs only once the person has agreed to it: in the rules of the panel, or with "journeyman hooks"`;
  const clean = (text: string): string => redactor?.text(text) ?? text;
  if (consent === 'missing') return fails(isNew);
  const input = JSON.stringify(inputOf(moment, session, cwd, redactor));
  try {
    const before = await stamp();
    if (before === null) return fails(isNew);
    const end = await programs.run({ line: command, cwd, input, timeoutMs }, signal);
    const isSame = (await stamp()) === before;
    const { exitCode, held, left } = end;
    const ran = { exitCode, held, left: left.map(clean) };
    if (!isSame)
      return { ...fails(`The hook "${command}" was changed while it ran: what it said does not count`), ran };
    const said = saidBy(command, moment, end);
    return { ...said, reason: clean(said.reason), context: clean(said.context), ran };
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return fails(`The hook "${command}" could not be started: ${toError(thrown).message}`);
  }
}

/** In the words that other agents use. */
function inputOf(moment: HookMoment, session: string, cwd: string, redactor: Redactor | null): Json {
  const clean = (value: Json): Json => (redactor ? cleaned(value, redactor) : value);
  const common = { session_id: session, cwd, hook_event_name: moment.event };
  switch (moment.event) {
    case 'PreToolUse':
      return { ...common, tool_use_id: moment.call, tool_name: moment.tool, tool_input: clean(moment.input) };
    case 'PostToolUse': {
      const { call, tool, input, response } = moment;
      const of = { tool_use_id: call, tool_name: tool };
      return { ...common, ...of, tool_input: clean(input), tool_response: clean(response) };
    }
    case 'UserPromptSubmit':
      return { ...common, prompt: clean(moment.prompt) };
    case 'SessionStart':
      return { ...common, source: moment.source };
    case 'Stop':
      return { ...common, stop_hook_active: moment.active };
    case 'PreCompact':
      return { ...common, trigger: moment.trigger };
  }
}

function cleaned(value: Json, redactor: Redactor): Json {
  if (typeof value === 'string') return redactor.text(value);
  if (Array.isArray(value)) return (value as readonly Json[]).map((one) => cleaned(one, redactor));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, cleaned(one, redactor)]));
}
