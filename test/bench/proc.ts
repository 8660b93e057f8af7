/** What a process has used so far, from Linux's /proc; null elsewhere. */
import { readdirSync, readFileSync } from 'node:fs';

/** CPU of all its threads, in ms; of itself, not of what it started. */
export function cpuMs(pid: number): number | null {
  try {
    const tasks = readdirSync(`/proc/${String(pid)}/task`);
    const ns = tasks.map((task) =>
      Number(readFileSync(`/proc/${String(pid)}/task/${task}/schedstat`, 'utf8').split(' ')[0]),
    );
    return ns.reduce((sum, one) => sum + one, 0) / 1e6;
  } catch {
    return null;
  }
}

/** The most that was resident at once so far, in MB. */
export function peakRssMb(pid: number): number | null {
  return field(`/proc/${String(pid)}/status`, /^VmHWM:\s+(\d+) kB/m);
}

/** Resident now, pages shared with other processes counted in part, in MB. */
export function pssMb(pid: number): number | null {
  return field(`/proc/${String(pid)}/smaps_rollup`, /^Pss:\s+(\d+) kB/m);
}

function field(file: string, pattern: RegExp): number | null {
  try {
    const kb = pattern.exec(readFileSync(file, 'utf8'))?.[1];
    return kb === undefined ? null : Number(kb) / 1024;
  } catch {
    return null;
  }
}
