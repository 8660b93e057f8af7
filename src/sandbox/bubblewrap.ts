/** A held command on Linux: the arguments of bubblewrap. What comes later in them lies over what came before. */
import { existsSync, lstatSync, statSync } from 'node:fs';
import type { Program } from '../core/ports.ts';
import { limited } from './limited.ts';
import { proxyFolder } from './networkBridge.ts';
import { layersOf, pinsOf, type Layer, type Policy } from './policy.ts';

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
  // A folder that is a mount of its own cannot be moved away.
  const layers = layersOf({ ...policy, write: [...policy.write, ...pinsOf(policy)] });
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
  const { file, args: rest } = limited(program);
  args.push(...emptied, '--chdir', program.cwd, '--', file, ...rest);
  const held: Program = {
    file: bwrap,
    args,
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
