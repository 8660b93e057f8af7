/** What holds programs on this system: bubblewrap on Linux, the system's own sandbox on macOS. Found, not yet tried. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from '../core/ports.ts';
import { bubblewrapped } from './bubblewrap.ts';
import type { Policy } from './policy.ts';
import { seatbelted } from './seatbelt.ts';
import type { NetworkTools } from './sessionNetwork.ts';

export interface Backend {
  readonly kind: 'bubblewrap' | 'seatbelt';
  wrap(policy: Policy, program: Program): Program;
  /** For a loopback that the commands of a session share; null: there is none. */
  readonly networks: NetworkTools | null;
  /** Protected names that are not there can be kept from being made. */
  readonly locksAbsent: boolean;
}

/** A text: why there is none, as a clause for a person. `searchPath`: where programs are looked for, and nowhere else. */
export function findBackend(platform: NodeJS.Platform, searchPath: string = programPath(platform)): Backend | string {
  if (platform === 'darwin') return seatbelt(searchPath);
  if (platform !== 'linux') return `there is none for ${platform === 'win32' ? 'Windows' : 'this system'} yet`;
  const bwrap = findProgram('bwrap', searchPath);
  if (bwrap === null)
    return 'bubblewrap is not installed: `apt install bubblewrap`, or your system’s package of that name';
  const nsenter = findProgram('nsenter', searchPath);
  return {
    kind: 'bubblewrap',
    wrap: (policy, program) => bubblewrapped(bwrap, policy, program),
    networks: nsenter === null ? null : { bwrap, nsenter },
    locksAbsent: false,
  };
}

/** The system has one loopback for all of its programs: nobody's servers are reached. */
function seatbelt(searchPath: string): Backend | string {
  const sandboxExec = findProgram('sandbox-exec', searchPath);
  if (sandboxExec === null) return 'sandbox-exec, a part of macOS, is not there';
  const wrap: Backend['wrap'] = (policy, program) => seatbelted(sandboxExec, policy, program);
  return { kind: 'seatbelt', wrap, networks: null, locksAbsent: true };
}

/** In `PATH`; null: it is not installed. */
export function findProgram(name: string, path: string): string | null {
  return (
    path
      .split(':')
      .filter((folder) => folder.startsWith('/'))
      .map((folder) => join(folder, name))
      .find((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true) ?? null
  );
}

/** An editor that was started from a menu may have a short one. */
function programPath(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return '/usr/bin'; // of the system, whatever the path says
  return [process.env['PATH'] ?? '', '/usr/bin', '/bin', '/usr/local/bin', '/run/current-system/sw/bin'].join(':');
}
