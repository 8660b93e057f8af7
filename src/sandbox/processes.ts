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

/** Members of the command's process group are left after its own end. */
export function isGroupAlive(child: ChildProcess): boolean {
  if (child.pid === undefined || process.platform === 'win32') return false;
  if (!send(-child.pid, 0)) return false;
  // Where nobody collects orphans, as in many containers, the dead stay in their group.
  return process.platform !== 'linux' || processes().some((pid) => isLivingMember(pid, child.pid ?? 0));
}

/** False: there is nobody to send it to. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false; // ESRCH: it has ended
  }
}

/** Processes that were started with this mark in their environment. */
function marked(mark: string): readonly number[] {
  if (process.platform !== 'linux') return [];
  const needle = `${markName}=${mark}`;
  return processes().filter((pid) => readProc(pid, 'environ').includes(needle));
}

function isLivingMember(pid: number, group: number): boolean {
  // `pid (name) state ppid pgrp …`; the name may hold blanks and brackets.
  const [state, , pgrp] = readProc(pid, 'stat').split(') ').at(-1)?.split(' ') ?? [];
  return Number(pgrp) === group && state !== 'Z' && state !== 'X';
}

function processes(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Empty for what has ended meanwhile or belongs to another user. */
function readProc(pid: number, file: 'environ' | 'stat'): string {
  try {
    return readFileSync(`/proc/${String(pid)}/${file}`, 'latin1');
  } catch {
    return '';
  }
}
