/** A held command on macOS: the profile for the system's own sandbox. What comes later in it counts over what came before. */
import { basename } from 'node:path';
import type { Program } from '../core/ports.ts';
import { limited } from './limited.ts';
import { layersOf, pinsOf, type Policy } from './policy.ts';

/** Paths are handed over beside the text, by name: none of them is ever written into it. */
export interface Profile {
  readonly text: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** `sandboxExec`: the program itself, absolute. */
export function seatbelted(sandboxExec: string, policy: Policy, program: Program): Program {
  const { text, parameters } = seatbeltProfile(policy);
  const { file, args } = limited(program);
  const { temporary } = policy;
  return {
    file: sandboxExec,
    args: ['-p', text, ...Object.entries(parameters).flatMap(([name, path]) => ['-D', `${name}=${path}`]), '--', file, ...args], // prettier-ignore
    cwd: program.cwd,
    env: {
      ...program.env,
      TMPDIR: temporary,
      TMP: temporary,
      TEMP: temporary,
      GOCACHE: `${temporary}/go-build`,
      npm_config_logs_max: '0',
    },
  };
}

export function seatbeltProfile(policy: Policy): Profile {
  const { write, repositories, names, temporary, network } = policy;
  const parameters: Record<string, string> = {};
  const known = new Map<string, string>();
  const param = (path: string): string => {
    const name = known.get(path) ?? `P${String(known.size)}`;
    known.set(path, name);
    parameters[name] = path;
    return `(param "${name}")`;
  };
  const below = (path: string): string => `(subpath ${param(path)})`;
  const lines = [base, `(allow file-read* file-write* ${below(temporary)})`];
  for (const { path, kind } of layersOf(policy)) {
    if (kind === 'write') lines.push(`(allow file-read* file-write* ${below(path)})`);
    if (kind === 'fixed') lines.push(`(deny file-write* ${below(path)})`);
    if (kind === 'hidden') lines.push(`(deny file-read* file-write* ${below(path)})`);
  }
  // A folder whose contents are fixed could be moved away and made anew.
  for (const path of [...pinsOf(policy), ...repositories, ...write])
    lines.push(`(deny file-write-unlink (literal ${param(path)}))`);
  for (const path of repositories) {
    if (basename(path).toLowerCase() === '.git')
      lines.push(`(deny file-write* (require-all ${below(path)} (regex #"${startedByGit}")))`);
    else lines.push(`(deny file-write* ${below(`${path}/hooks`)} ${below(`${path}/config`)})`);
  }
  for (const path of write) lines.push(...absent(path, names, below(path)));
  if (network.kind === 'port') lines.push(`(allow network-outbound (remote ip "localhost:${String(network.port)}"))`);
  lines.push(
    '(allow system-socket (socket-domain AF_UNIX))',
    `(allow network-bind (local unix-socket ${below(temporary)}))`,
    `(allow network-outbound (remote unix-socket ${below(temporary)}))`,
  );
  return { text: `${lines.join('\n')}\n`, parameters };
}

/** Also where they are not there yet and the disk takes `Hooks` for the same. */
const startedByGit = `/${anyCase('.git')}/(${anyCase('hooks')}|${anyCase('config')})(/|$)`;

/** Protected names wherever they would be made. One that the folder itself lies under says nothing of what is in it. */
function absent(folder: string, names: readonly string[], below: string): readonly string[] {
  const patterns = names.map((name) => `/${anyCase(name)}(/|$)`);
  const meant = patterns.filter((pattern) => !new RegExp(pattern).test(folder));
  const without = packages.filter((pattern) => !new RegExp(pattern).test(`${folder}/`));
  const but = without.map((pattern) => ` (require-not (regex #"${pattern}"))`).join('');
  return meant.map((pattern) => `(deny file-write* (require-all ${below} (regex #"${pattern}")${but}))`);
}

/** What package managers fill: such names in it are theirs. */
const packages = ['/node_modules/', '/[.]venv/', '/__pycache__/'];

/** A name with `*` as an expression of the profile: no sign in it means anything to the profile's own quotes. */
function anyCase(name: string): string {
  return name.replace(/[^\d_-]/gu, (sign) => {
    if (sign === '*') return '[^/]*';
    if (/[a-z]/i.test(sign)) return `[${sign.toLowerCase()}${sign.toUpperCase()}]`;
    return sign === '.' ? '[.]' : '.';
  });
}

/**
 * What every program needs: to start others, to read, and to ask who the user is. No other service of the system: several of them open
 * programs, reach the network or hold keys on behalf of whoever asks. Of the kernel's values none that tells of other processes.
 */
const base = `(version 1)
(deny default)
(allow process-exec)
(allow process-fork)
(allow signal (target same-sandbox))
(allow process-info* (target same-sandbox))
(allow sysctl-read
  (sysctl-name-prefix "hw.")
  (sysctl-name-prefix "machdep.cpu.")
  (sysctl-name "kern.argmax")
  (sysctl-name "kern.boottime")
  (sysctl-name "kern.hostname")
  (sysctl-name "kern.maxfilesperproc")
  (sysctl-name "kern.maxproc")
  (sysctl-name "kern.ngroups")
  (sysctl-name "kern.osproductversion")
  (sysctl-name "kern.osrelease")
  (sysctl-name "kern.ostype")
  (sysctl-name "kern.osvariant_status")
  (sysctl-name "kern.osversion")
  (sysctl-name "kern.secure_kernel")
  (sysctl-name "kern.usrstack64")
  (sysctl-name "kern.version")
  (sysctl-name "sysctl.proc_cputype")
  (sysctl-name "vm.loadavg"))
(allow mach-lookup
  (global-name "com.apple.system.opendirectoryd.libinfo")
  (global-name "com.apple.system.opendirectoryd.membership"))
(allow ipc-posix-sem)
(allow file-read*)
(allow file-write-data
  (literal "/dev/null")
  (literal "/dev/zero")
  (literal "/dev/stdout")
  (literal "/dev/stderr")
  (subpath "/dev/fd"))`;
