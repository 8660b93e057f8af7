/** What a held command may do, as data: made anew for each command from the disk as it stands. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { limits } from '../core/limits.ts';
import { findProtected, isOrdinaryWork, type IsProtected, type Protected } from './protected.ts';
import { secretPlaces } from './secretPlaces.ts';
import type { SessionNetwork } from './sessionNetwork.ts';

export interface Policy {
  /** Folders that may be written to. */
  readonly write: readonly string[];
  /** The one folder for what is temporary; stands in for those that all programs share. */
  readonly temporary: string;
  /** Within `write`: may be read only. */
  readonly fixed: readonly string[];
  /** May not be read; files and folders that exist. */
  readonly hidden: readonly string[];
  /** Reached by nobody: where other programs of this machine listen. */
  readonly sockets: readonly string[];
  /** Folders of repositories: their `hooks` and `config` are fixed, there or not. */
  readonly repositories: readonly string[];
  /** Protected names, `*` in them for any run of characters: where the system can, they are not made either. */
  readonly names: readonly string[];
  readonly network: PolicyNetwork;
}

/** `none` leads nowhere · `session` is a loopback shared within a session · one way out: `proxy`, the socket in `folder`; `port`, of this machine. */
export type PolicyNetwork =
  | { readonly kind: 'none' }
  | { readonly kind: 'session'; readonly network: SessionNetwork }
  | { readonly kind: 'proxy'; readonly folder: string }
  | { readonly kind: 'port'; readonly port: number };

export interface Layer {
  readonly path: string;
  readonly kind: 'write' | 'fixed' | 'hidden';
}

export interface PolicyOptions {
  readonly folders: readonly string[];
  readonly temporary: string;
  readonly home: string;
  /** Our own storage. */
  readonly own: readonly string[];
  readonly isProtected: IsProtected;
  readonly protectedNames: readonly string[];
  readonly isSecret: (path: string) => boolean;
}

export async function makePolicy(
  options: PolicyOptions,
): Promise<{ readonly policy: Policy; readonly found: Protected }> {
  const write = [...new Set(options.folders.map(realPath))].filter((path) => path !== null);
  const found = await findProtected(write, options.isProtected);
  const hidden = [...secretPlaces(options.home, options.isSecret), ...options.own, ...found.hidden];
  return {
    found,
    policy: {
      write,
      temporary: options.temporary,
      fixed: [...found.fixed].slice(0, limits.sandboxFixed),
      hidden: [...new Set(hidden.map(realPath))].filter((path) => path !== null),
      sockets: listening(),
      repositories: [...found.repositories].slice(0, limits.sandboxFixed),
      names: options.protectedNames.filter((name) => name !== '.git' && !isOrdinaryWork(name)),
      network: { kind: 'none' },
    },
  };
}

/** Outer folders first: a hidden folder may hold one that is worked in, which holds a hidden file. */
export function layersOf({ write, fixed, hidden }: Pick<Policy, 'write' | 'fixed' | 'hidden'>): readonly Layer[] {
  const layers: readonly Layer[] = [
    ...write.map((path) => ({ path, kind: 'write' }) as const),
    ...fixed.map((path) => ({ path, kind: 'fixed' }) as const),
    ...hidden.filter((path) => existsSync(path)).map((path) => ({ path, kind: 'hidden' }) as const),
  ];
  return layers.toSorted((a, b) => a.path.length - b.path.length);
}

/** The folders between what is fixed and the folder that may be written to: moved away, they could be made anew without it. */
export function pinsOf({ fixed, write }: Pick<Policy, 'fixed' | 'write'>): readonly string[] {
  const all = new Set(fixed);
  const pinned = new Set<string>();
  for (const path of fixed) {
    let between: string[] = [];
    // What lies in something fixed is fixed with it.
    for (let at = dirname(path); !write.includes(at) && at !== dirname(at); at = dirname(at))
      between = all.has(at) ? [] : [...between, at];
    for (const at of between) pinned.add(at);
  }
  return [...pinned];
}

/** Where links lead; a link out of the folders must not open what it leads to for writing. null: it is not there. */
export function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

/** Sockets in files: a sandbox without a network still reaches them by their path. */
function listening(): readonly string[] {
  try {
    const paths = readFileSync(join('/proc/net', 'unix'), 'utf8')
      .split('\n')
      .flatMap((line) => /^\S+(?: \S+){5} +\d+ (\/.*)$/.exec(line)?.[1] ?? []);
    return [...new Set(paths.map(realPath))].filter((path) => path !== null).slice(0, limits.sandboxSockets);
  } catch {
    return []; // not Linux
  }
}
