/** The command line as a process of its own, for what a test does with it step by step. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { World } from './run.ts';

export function start(world: World, args: readonly string[]) {
  const child = spawn(process.execPath, [world.cli, ...args], { env: world.env, stdio: ['pipe', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const lines: string[] = [];
  let heard: () => void = () => undefined;
  let over = false;
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => {
    lines.push(line);
    heard();
  });
  reader.once('close', () => {
    over = true;
    heard();
  });
  return {
    pid: child.pid,
    ended: new Promise<number | null>((resolve) => child.once('close', resolve)),
    stderr: () => stderr,
    lines,
    kill: (signal: NodeJS.Signals = 'SIGKILL') => child.kill(signal),
    endInput: () => child.stdin.end(),
    async line(wanted: (line: string) => boolean): Promise<void> {
      while (!lines.some(wanted)) {
        if (over) throw new Error(`the process ended before it said what was waited for: ${stderr}`);
        await new Promise<void>((resolve) => (heard = resolve));
      }
    },
  };
}
