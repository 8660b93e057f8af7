/** The hooks of all files that count here: which of them want to hear of something, whether they may, and what they say. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { JourneymanError, toError } from '../core/error.ts';
import type { Hook, HookMoment, HookPrograms, Hooks, HookSaid } from '../core/hooks.ts';
import type { Json } from '../core/json.ts';
import { limits } from '../core/limits.ts';
import type { Redactor } from '../core/ports.ts';
import type { Consents, SettingsFile, SettingsFiles } from '../core/settings.ts';
import { hooksIn, patternOf, type HookDefinition } from './hookFile.ts';
import { saidBy } from './hookOutput.ts';

/** A hook as it stands, for a person. */
export interface ListedHook extends HookDefinition {
  readonly kind: SettingsFile['kind'];
  readonly file: string;
  readonly hash: string;
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

  const list = async (): Promise<readonly ListedHook[]> => {
    const [all, agreed] = await Promise.all([files.read(), consents.read()]);
    const found = all.flatMap((file) => hooksIn(file).hooks.map((hook) => ({ file, hook })));
    return Promise.all(
      found.map(async ({ file: { kind, path }, hook }): Promise<ListedHook> => {
        const hash = await hashOf(kind, path, hook, folder());
        const isAgreed = Object.hasOwn(agreed.hooks, hash);
        const consent = !isTrusted()
          ? 'not trusted'
          : kind === 'managed'
            ? 'not needed'
            : isAgreed
              ? 'given'
              : 'missing';
        return { ...hook, kind, file: path, hash, consent };
      }),
    );
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
        const one = await runOne(parts, folder(), hook, now, session, signal);
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

async function runOne(
  { programs, redactor }: HookBookParts,
  cwd: string,
  { command, timeoutMs, consent, file }: Hook,
  moment: HookMoment,
  session: string,
  signal: AbortSignal,
): Promise<HookSaid> {
  const nothing = { command, says: 'nothing', reason: '', context: '', failed: true } as const;
  const judges = moment.event === 'PreToolUse' || moment.event === 'UserPromptSubmit';
  if (consent === 'missing') {
    const reason = `The hook "${command}" of ${file} is new or has changed, and runs only once the person has agreed to it: in the rules of the panel, or with "journeyman hooks"`;
    return judges ? { ...nothing, says: 'block', reason } : { ...nothing, reason };
  }
  const input = JSON.stringify(inputOf(moment, session, cwd, redactor));
  try {
    const said = saidBy(command, moment, await programs.run({ line: command, cwd, input, timeoutMs }, signal));
    return redactor ? { ...said, reason: redactor.text(said.reason), context: redactor.text(said.context) } : said;
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    const reason = `The hook "${command}" could not be started: ${toError(thrown).message}`;
    return judges ? { ...nothing, says: 'block', reason } : { ...nothing, reason };
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

/** Of what it is and of each file that its command names: a script that changes is another hook. */
async function hashOf(
  kind: SettingsFile['kind'],
  file: string,
  { event, matcher, command, timeoutMs }: HookDefinition,
  folder: string,
): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([kind, file, event, matcher, command, timeoutMs]));
  for (const path of namedFiles(command, folder)) {
    const info = await stat(path).catch(() => null);
    if (info?.isFile() !== true) continue;
    const content = info.size > limits.fileBytesMax ? String(info.mtimeMs) : await readFile(path).catch(() => 'unread');
    hash.update(`\n${path}\n`).update(content);
  }
  return hash.digest('hex');
}

/** The words of a command that may be paths, as the shell would read them. */
function namedFiles(command: string, folder: string): readonly string[] {
  const words = command.match(/(?:"[^"]*"|'[^']*'|[^\s"';|&()<>])+/g) ?? [];
  return words.map((word) => {
    const plain = word
      .replace(/["']/g, '')
      .replace(/\$\{?(?:CLAUDE|JOURNEYMAN)_PROJECT_DIR\}?/g, folder)
      .replace(/^(?:~|\$\{?HOME\}?)(?=[/\\])/, homedir());
    return isAbsolute(plain) ? plain : resolve(join(folder, plain));
  });
}
