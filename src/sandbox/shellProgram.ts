/** Which shell runs the lines, and how a line is handed to it. */
import { existsSync } from 'node:fs';

export interface ShellProgram {
  readonly name: string;
  readonly path: string;
  /** It writes the folder that it ends in to its fourth stream. */
  readonly tellsFolder: boolean;
  argumentsFor(line: string): readonly string[];
}

/** The line is passed whole as an argument and evaluated as it is; both outputs share one pipe, so that their order is kept. */
export function findShell(): ShellProgram {
  if (process.platform === 'win32') {
    return {
      name: 'powershell',
      path: 'powershell.exe',
      tellsFolder: false,
      argumentsFor: (line) => ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command', line],
    };
  }
  const path = ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash', '/run/current-system/sw/bin/bash'].find((one) =>
    existsSync(one),
  );
  const given = (script: string) => ['-c', script, 'journeyman'];
  if (path === undefined) {
    const shown = given('exec 2>&1; eval "$1"');
    return { name: 'sh', path: '/bin/sh', tellsFolder: false, argumentsFor: (line) => [...shown, line] };
  }
  // With a socket as its input bash takes itself to be run from afar, and would read the user's own start file.
  return { name: 'bash', path, tellsFolder: true, argumentsFor: (line) => ['--norc', ...given(bashScript), line] };
}

/** The stream goes to a number that no line uses for its own. A line that sets its own trap on EXIT does not say where it ended. */
const bashScript = `exec 2>&1
{ exec 19>&3 3>&-; } 2>/dev/null
trap '{ builtin pwd -P >&19; } 2>/dev/null' EXIT
eval "$1"`;
