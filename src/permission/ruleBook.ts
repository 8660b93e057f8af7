/** The rules of all files that count here: the machine's, the person's, the workspace's; and the person's words on them. */
import { join } from 'node:path';
import { JourneymanError } from '../core/error.ts';
import type { Rule, RuleReach } from '../core/permission.ts';
import type { Consents, InTurn, Rules, RuleSet, SettingsFile, SettingsFiles } from '../core/settings.ts';
import { fileConsents } from './consents.ts';
import { rulesIn, withoutRule, withRule } from './ruleFile.ts';
import { formatRule } from './rules.ts';
import { configFolder, settingsFiles, settingsPlaces } from './settingsFiles.ts';

/** One file as it stands, for a person. */
export interface RuleFile {
  readonly kind: SettingsFile['kind'];
  readonly path: string;
  readonly isThere: boolean;
  readonly rules: readonly Rule[];
  readonly problem: string | null;
  /** Of a workspace file that allows something: whether the person has agreed to it as it stands. */
  readonly consent: 'not needed' | 'given' | 'missing' | 'not trusted';
  /** Of its content: what a consent is bound to. */
  readonly hash: string;
}

export interface RuleBook extends Rules {
  list(): Promise<readonly RuleFile[]>;
  /** Throws `conflict` where the file is broken. */
  remove(reach: RuleReach, rule: Rule): Promise<void>;
  /** To the allowing rules of a workspace file as it was shown. Throws `conflict` where it has changed since. */
  trust(path: string, hash: string): Promise<void>;
  distrust(path: string): Promise<void>;
}

export interface RuleBookParts {
  readonly files: SettingsFiles;
  readonly consents: Consents;
  /** The person trusts the folder as a whole. */
  readonly isTrusted: () => boolean;
  /** What is wrong with what else stands in a file; null: nothing. */
  readonly faultIn?: (file: SettingsFile) => string | null;
}

/** The files of this machine and person, for the folders of a workspace. */
export function ownSettings(
  folders: () => readonly string[],
  inTurn: InTurn,
): Pick<RuleBookParts, 'files' | 'consents'> {
  const config = configFolder();
  const files = settingsFiles(() => settingsPlaces(config, folders()), inTurn);
  return { files, consents: fileConsents(join(config, 'consents.json'), files) };
}

export function ruleBook({ files, consents, isTrusted, faultIn = () => null }: RuleBookParts): RuleBook {
  /** A file that breaks keeps what it forbade as long as this process lives: half a save must not open doors. */
  const lastWhole = new Map<string, readonly Rule[]>();

  const list = async (): Promise<readonly RuleFile[]> => {
    const [all, agreed] = await Promise.all([files.read(), consents.read()]);
    return all.map((file): RuleFile => {
      const { kind, path, text, hash } = file;
      const { rules, problem: fault } = rulesIn(file);
      const problem = fault ?? faultIn(file);
      if (problem === null) lastWhole.set(path, rules);
      const allows = rules.some(({ action }) => action === 'allow');
      const isAgreed = agreed.rules[path] === hash;
      const consent =
        kind !== 'workspace' || !allows ? 'not needed' : !isTrusted() ? 'not trusted' : isAgreed ? 'given' : 'missing';
      return { kind, path, isThere: text !== null || file.fault !== null, rules, problem, consent, hash };
    });
  };

  const edit = async (reach: RuleReach, change: (file: SettingsFile) => string): Promise<void> => {
    const find = async (): Promise<SettingsFile> => {
      const file = (await files.read()).find(({ kind }) => kind === (reach === 'everywhere' ? 'user' : 'kept'));
      if (file) return file;
      throw new JourneymanError('not_found', 'No folder is open that a rule could be kept for. Open one.');
    };
    const { path } = await find();
    await files.change(path, async () => change(await find()));
  };

  return {
    list,
    async read(): Promise<RuleSet> {
      const all = await list();
      return {
        rules: all.flatMap(({ path, rules, problem, consent }) => {
          if (problem !== null) {
            const known = rules.length > 0 ? rules : (lastWhole.get(path) ?? []);
            return known.filter(tightens);
          }
          return consent === 'missing' || consent === 'not trusted' ? rules.filter(tightens) : rules;
        }),
        broken: all.flatMap(({ problem }) => (problem === null ? [] : [problem])),
      };
    },
    add: (reach, { action, ...rule }) => edit(reach, (file) => withRule(file, action, formatRule({ action, ...rule }))),
    remove: (reach, rule) => edit(reach, (file) => withoutRule(file, rule.action, formatRule(rule))),
    async trust(path, hash) {
      const now = (await list()).find((file) => file.path === path);
      if (!now || now.hash !== hash || now.problem !== null)
        throw new JourneymanError('conflict', `${path} has changed since it was shown. Look at it again.`);
      if (!isTrusted())
        throw new JourneymanError(
          'denied',
          'This folder is not trusted, so its rules can allow nothing. Trust it first.',
        );
      await consents.write((all) => ({ ...all, rules: { ...all.rules, [path]: hash } }));
    },
    distrust: (path) =>
      consents.write((all) => ({
        ...all,
        rules: Object.fromEntries(Object.entries(all.rules).filter(([one]) => one !== path)),
      })),
  };
}

function tightens({ action }: Rule): boolean {
  return action !== 'allow';
}
