/** What a held command may do, as data: made anew for each command from the disk as it stands. */
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { limits } from '../core/limits.ts';
import { findProtected, type IsProtected, type Protected } from './protected.ts';
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
  readonly network: PolicyNetwork;
}

/** `none` leads nowhere · `session` is a loopback shared within a session · `proxy` has one way out: the socket in `folder`. */
export type PolicyNetwork =
  | { readonly kind: 'none' }
  | { readonly kind: 'session'; readonly network: SessionNetwork }
  | { readonly kind: 'proxy'; readonly folder: string };

export interface PolicyOptions {
  readonly folders: readonly string[];
  readonly temporary: string;
  readonly home: string;
  /** Our own storage. */
  readonly own: readonly string[];
  readonly isProtected: IsProtected;
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
      network: { kind: 'none' },
    },
  };
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
