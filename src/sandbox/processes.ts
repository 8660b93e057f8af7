/**
 * Ending a command with all that it started: its process group, and on Linux whatever left the group but carries its mark. A mark names
 * the process that started the command too, so that what outlives it is known to be nobody's.
 */
import { execFile, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { markName } from './environment.ts';

/** Begins every mark of this process, and of no other, also later and in other containers. */
export function ownerMark(): string {
  own ??= `${String(process.pid)}.${startOf('self')}.${pidNamespace()}.`;
  return own;
}
let own: string | null = null;

export function newMark(): string {
  return `${ownerMark()}${randomUUID()}`;
}

/** Never throws: what is gone already is what was wanted. */
export function killTree(child: ChildProcess, mark: string, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    execFile('taskkill', ['/pid', String(child.pid), '/T', '/F'], () => undefined); // gone already, or not ours: nothing to do
    return;
  }
  send(-child.pid, signal);
  // What is started while others are ended is found by looking again.
  for (let round = 0; round < roundsMax; round++) {
    const left = processes().filter((pid) => markOf(pid) === mark && isAlive(pid));
    for (const pid of left) send(pid, signal);
    if (left.length === 0 || signal === 'SIGTERM') return;
  }
}
const roundsMax = 20;

/** Members of the command's process group are left after its own end. */
export function isGroupAlive(child: ChildProcess): boolean {
  if (child.pid === undefined || process.platform === 'win32') return false;
  if (!send(-child.pid, 0)) return false;
  // Where nobody collects orphans, as in many containers, the dead stay in their group.
  return process.platform !== 'linux' || processes().some((pid) => isLivingMember(pid, child.pid ?? 0));
}

/** What carries the mark is left, in whatever group. */
export function isMarkAlive(mark: string): boolean {
  return processes().some((pid) => markOf(pid) === mark && isAlive(pid));
}

/** Ends what commands of processes that were killed have left running; what they had in their groups ended with them. */
export function endOrphans(): void {
  for (const pid of processes()) if (isOwnerGone(markOf(pid))) send(pid, 'SIGKILL');
}

/** A text that begins with `ownerMark()` of a process that has ended. false: of one that lives, of another container, or no such text. */
export function isOwnerGone(mark: string): boolean {
  const [, owner, start, namespace] = /^(\d+)\.(\d*)\.([^.]+)\./.exec(mark) ?? [];
  if (owner === undefined || namespace !== pidNamespace()) return false;
  // Where no start is told, as on macOS, the number alone has to do.
  return start === '' ? !send(Number(owner), 0) : startOf(owner) !== start;
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

/** Empty for a process that no command started. */
function markOf(pid: number): string {
  const name = `${markName}=`;
  const entry = readProc(pid, 'environ')
    .split('\0')
    .find((one) => one.startsWith(name));
  return entry?.slice(name.length) ?? '';
}

function isAlive(pid: number): boolean {
  return !/^[ZX]$/.test(statOf(pid)[0] ?? 'X');
}

function isLivingMember(pid: number, group: number): boolean {
  const [state, , pgrp] = statOf(pid);
  return Number(pgrp) === group && state !== 'Z' && state !== 'X';
}

/** When it was started, in ticks since the system was; empty for what has ended. */
function startOf(pid: number | string): string {
  return statOf(pid)[19] ?? '';
}

/** From the state on: `pid (name) state ppid pgrp …`; the name may hold blanks and brackets. */
function statOf(pid: number | string): readonly string[] {
  const text = readProc(pid, 'stat');
  return text === '' ? [] : (text.split(') ').at(-1)?.split(' ') ?? []);
}

function pidNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '-';
  } catch {
    return '-'; // no Linux
  }
}

function processes(): readonly number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Empty for what has ended meanwhile or belongs to another user. */
function readProc(pid: number | string, file: 'environ' | 'stat'): string {
  try {
    return readFileSync(`/proc/${String(pid)}/${file}`, 'latin1');
  } catch {
    return '';
  }
}
