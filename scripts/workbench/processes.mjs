// Looking at, and ending, the processes below a process: /proc on Linux, `ps` elsewhere.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** @typedef {{ pid: number, parent: number, command: string }} Process */

/** @returns {Process[]} */
function allProcesses() {
  if (process.platform !== 'linux') {
    const lines = execFileSync('ps', ['-axo', 'pid=,ppid=,command='], { encoding: 'utf8' }).split('\n');
    return lines.flatMap((line) => {
      const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
      return match ? [{ pid: Number(match[1]), parent: Number(match[2]), command: match[3] ?? '' }] : [];
    });
  }
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      // "pid (name) state parent …", where the name may hold anything
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (state === 'Z') return []; // has ended, and waits for its parent to notice
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      return [{ pid: Number(name), parent: Number(parent), command }];
    } catch {
      return []; // has ended meanwhile
    }
  });
}

/**
 * All generations below a process, parents first.
 * @param {number} pid
 * @returns {Process[]}
 */
export function descendants(pid) {
  const all = allProcesses();
  const found = [];
  for (let level = all.filter((p) => p.parent === pid); level.length > 0;) {
    found.push(...level);
    const pids = level.map((p) => p.pid);
    level = all.filter((p) => pids.includes(p.parent));
  }
  return found;
}

/**
 * Ends exactly these processes, first politely. A process is the same one only if number and command are.
 * @param {Process[]} processes
 */
export async function end(processes) {
  const left = () => {
    const now = allProcesses();
    return processes.filter((p) => now.some((q) => q.pid === p.pid && q.command === p.command));
  };
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGKILL'])) {
    for (const p of left()) signalTo(p.pid, signal);
    for (const untilMs = Date.now() + 2000; left().length > 0 && Date.now() < untilMs;) await sleep(50);
  }
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
export function signalTo(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // has ended meanwhile
  }
}
