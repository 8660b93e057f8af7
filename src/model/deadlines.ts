/** How long a server of models is waited for. */
import { limits } from '../core/limits.ts';
import type { Deadlines } from './http.ts';

/** `firstByteMs`: as the person set it; null: what fits the server. */
export function deadlinesFor(url: URL, firstByteMs: number | null): Deadlines {
  const connectMs = limits.modelConnectMs;
  const fitting = isNear(url.hostname)
    ? { firstByteMs: limits.localFirstByteMs, idleMs: limits.localIdleMs, totalMs: limits.localTotalMs }
    : { firstByteMs: limits.modelFirstByteMs, idleMs: limits.modelIdleMs, totalMs: limits.modelTotalMs };
  if (firstByteMs === null) return { connectMs, ...fitting };
  return { connectMs, ...fitting, firstByteMs, totalMs: Math.max(fitting.totalMs, 2 * firstByteMs) };
}

/** On this machine, or in a network of one's own: a model there runs on what there is. */
function isNear(host: string): boolean {
  return (
    host === 'localhost' ||
    host === '[::1]' ||
    /\.(local|lan|internal|localhost)$/.test(host) ||
    /^(127|10)\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\.|^\[f[cd]/.test(host)
  );
}
