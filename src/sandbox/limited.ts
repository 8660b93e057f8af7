/** A runaway ends, a build does not: the limits under which a held program starts. */
import type { Program } from '../core/ports.ts';

export function limited(program: Program): Program {
  return { ...program, file: '/bin/sh', args: ['-c', withLimits, 'sandbox', program.file, ...program.args] };
}

/** No core files; 4,096 processes, 16 GiB in a file (in half kilobytes), 8 GiB of memory that one process fills. */
const withLimits = `ulimit -c 0; ulimit -u 4096 2>/dev/null || ulimit -p 4096 2>/dev/null; ulimit -f 33554432 2>/dev/null; ulimit -d 8388608 2>/dev/null; exec "$@"`;
