/** A held command on Linux: the arguments of bubblewrap. What comes later in them lies over what came before. */
import { existsSync, lstatSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Program } from '../core/ports.ts';
import { proxyFolder } from './networkBridge.ts';
import type { Policy } from './policy.ts';

/** `bwrap`: the program itself, absolute. */
export function bubblewrapped(bwrap: string, policy: Policy, program: Program): Program {
  const { temporary, sockets, network } = policy;
  const args = [
    ...['--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
    ...(network.kind === 'session' ? [] : ['--unshare-net']),
    // No rights over the system inside, also where root starts it; it ends with whoever started it.
    ...['--cap-drop', 'ALL', '--die-with-parent', '--hostname', 'sandbox'],
    ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'],
    // Where programs listen for one another, and where everybody may write.
    ...['--tmpfs', '/run', ...kept.filter(existsSync).flatMap((path) => ['--ro-bind', path, path])],
    ...['--bind', temporary, '/tmp', '--bind', temporary, '/var/tmp'],
    ...(network.kind === 'proxy' ? ['--ro-bind', network.folder, proxyFolder] : []),
  ];
  const layers = layersOf(policy);
  const emptied: string[] = [];
  for (const { path, kind } of layers) {
    if (kind === 'write') args.push('--bind', path, path);
    if (kind === 'fixed' && isPlain(path)) args.push('--ro-bind-try', path, path);
    if (kind !== 'hidden' || isCovered(path, layers)) continue;
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) args.push('--ro-bind', '/dev/null', path);
    else {
      args.push('--tmpfs', path);
      emptied.push('--remount-ro', path);
    }
  }
  for (const path of sockets) if (isReached(path, layers)) args.push('--ro-bind', '/dev/null', path);
  args.push(...emptied, '--chdir', program.cwd, '--', '/bin/sh', '-c', withLimits, 'sandbox');
  const held: Program = {
    file: bwrap,
    args: [...args, program.file, ...program.args],
    cwd: program.cwd,
    env: {
      ...program.env,
      TMPDIR: '/tmp',
      TMP: '/tmp',
      TEMP: '/tmp',
      GOCACHE: '/tmp/go-build',
      npm_config_logs_max: '0',
    },
  };
  return network.kind === 'session' ? network.network.join(held) : held;
}

/** Of the folder that is taken away: what systems without `/usr/bin` start programs from. */
const kept: readonly string[] = ['/run/current-system', '/run/wrappers'];

/** No core files; 4,096 processes, 16 GiB in a file (in half kilobytes), 8 GiB of memory that one process fills: a runaway ends, a build does not. */
const withLimits = `ulimit -c 0; ulimit -u 4096 2>/dev/null || ulimit -p 4096 2>/dev/null; ulimit -f 33554432 2>/dev/null; ulimit -d 8388608 2>/dev/null; exec "$@"`;

interface Layer {
  readonly path: string;
  readonly kind: 'write' | 'fixed' | 'hidden';
}

/** Outer folders first: a hidden folder may hold one that is worked in, which holds a hidden file. */
function layersOf({ write, fixed, hidden }: Policy): readonly Layer[] {
  const layers: readonly Layer[] = [
    // A folder whose contents are fixed could be moved away and made anew: as a mount of its own it cannot.
    ...[...write, ...pins(fixed, write)].map((path) => ({ path, kind: 'write' }) as const),
    ...fixed.map((path) => ({ path, kind: 'fixed' }) as const),
    ...hidden.filter((path) => existsSync(path)).map((path) => ({ path, kind: 'hidden' }) as const),
  ];
  return layers.toSorted((a, b) => a.path.length - b.path.length);
}

/** The folders between what is fixed and the folder that may be written to. */
function pins(fixed: readonly string[], write: readonly string[]): readonly string[] {
  const pinned = new Set<string>();
  for (const path of fixed) {
    for (let at = dirname(path); !write.includes(at) && at !== dirname(at); at = dirname(at)) pinned.add(at);
  }
  return [...pinned];
}

/** It is gone already with the folder it lies in. */
function isCovered(path: string, layers: readonly Layer[]): boolean {
  const around = layers.filter((one) => path.startsWith(`${one.path}/`));
  return around.at(-1)?.kind === 'hidden';
}

/** A link is not bound over: what it leads to would be. */
function isPlain(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat !== undefined && !stat.isSymbolicLink();
}

function isReached(path: string, layers: readonly Layer[]): boolean {
  const isShared = ['/run', '/tmp', '/var/tmp', '/dev', '/proc'].some((folder) => path.startsWith(`${folder}/`));
  const isWithin = layers.some((one) => one.kind !== 'hidden' && path.startsWith(`${one.path}/`));
  return (!isShared || isWithin) && !isCovered(path, layers) && existsSync(path);
}
