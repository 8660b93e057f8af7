/** What holds programs on this system: bubblewrap on Linux. Found, not yet tried. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from '../core/ports.ts';
import { bubblewrapped } from './bubblewrap.ts';
import type { Policy } from './policy.ts';
import type { NetworkTools } from './sessionNetwork.ts';

export interface Backend {
  readonly kind: 'bubblewrap' | 'seatbelt';
  wrap(policy: Policy, program: Program): Program;
  /** For a loopback that the commands of a session share; null: there is none. */
  readonly networks: NetworkTools | null;
}

/** A text: why there is none, as a clause for a person. `searchPath`: where programs are looked for, and nowhere else. */
export function findBackend(platform: NodeJS.Platform, searchPath: string = programPath()): Backend | string {
  if (platform !== 'linux') return `there is none for ${platform === 'win32' ? 'Windows' : 'this system'} yet`;
  const bwrap = findProgram('bwrap', searchPath);
  if (bwrap === null)
    return 'bubblewrap is not installed: `apt install bubblewrap`, or your system’s package of that name';
  const nsenter = findProgram('nsenter', searchPath);
  return {
    kind: 'bubblewrap',
    wrap: (policy, program) => bubblewrapped(bwrap, policy, program),
    networks: nsenter === null ? null : { bwrap, nsenter },
  };
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
function programPath(): string {
  return [process.env['PATH'] ?? '', '/usr/bin', '/bin', '/usr/local/bin', '/run/current-system/sw/bin'].join(':');
}
