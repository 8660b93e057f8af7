/** Ending a command with all that it started: its process group, and on Linux whatever left the group but carries its mark. */
import { execFile, type ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { markName } from './environment.ts';

/** Never throws: what is gone already is what was wanted. */
export function killTree(child: ChildProcess, mark: string, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    execFile('taskkill', ['/pid', String(child.pid), '/T', '/F'], () => undefined); // gone already, or not ours: nothing to do
    return;
  }
  send(-child.pid, signal);
  for (const pid of marked(mark)) send(pid, signal);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // ESRCH: it has ended
  }
}

/** Processes that were started with this mark in their environment. */
function marked(mark: string): readonly number[] {
  if (process.platform !== 'linux') return [];
  const needle = `${markName}=${mark}`;
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return readFileSync(`/proc/${name}/environ`, 'latin1').includes(needle) ? [Number(name)] : [];
    } catch {
      return []; // ended meanwhile, or another user's
    }
  });
}
