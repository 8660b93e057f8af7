/**
 * Ends running commands when this process is killed: a small shell of its own session that knows the process groups of the commands that
 * run, and sends SIGKILL to them when the pipe to us closes; on Linux then to all that carries a mark of ours and had left its group.
 * Without it a `kill -9` of the editor leaves a build running, and whoever goes on with the session starts the next one beside it.
 */
import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { markName } from './environment.ts';
import { ownerMark } from './processes.ts';

export interface Guardian {
  /** The group is ended with us, until what is returned is called. */
  guard(group: number): () => void;
}

/** Started with the first command; Windows ends children by other means. */
export function guardian(): Guardian {
  let pipe: NodeJS.WritableStream | null = null;
  const start = (): NodeJS.WritableStream => {
    const shell = spawn('/bin/sh', ['-c', script, 'journeyman', `${markName}=${ownerMark()}`], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    shell.on('error', () => undefined); // without /bin/sh nothing is guarded; commands are ended as ever
    shell.unref();
    const { stdin } = shell;
    stdin.on('error', () => {
      pipe = null; // it was killed: the next command starts another
    });
    (stdin as unknown as Socket).unref(); // keeps nobody waiting for its end
    return stdin;
  };
  return {
    guard(group) {
      if (process.platform === 'win32') return () => undefined;
      pipe ??= start();
      pipe.write(`+ ${String(group)}\n`);
      return () => pipe?.write(`- ${String(group)}\n`);
    },
  };
}

const script = `groups=' '
while read -r word group; do
  case $word in
    +) groups="$groups$group " ;;
    -) case $groups in *" $group "*) groups="\${groups%% "$group" *} \${groups#* "$group" }" ;; esac ;;
  esac
done
for group in $groups; do kill -KILL "-$group"; done
for round in 1 2 3; do
  for found in $(grep -lszF "$1" /proc/[0-9]*/environ); do
    found="\${found#/proc/}"
    kill -KILL "\${found%/environ}"
  done
done`;
