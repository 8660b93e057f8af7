/** Modules of ours in a process of its own, which can be limited, have no rights, or be killed. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';

export interface OtherProcess {
  /** All that it has printed by its end; rejects when it fails. */
  readonly end: Promise<string>;
  /** Resolves with its first words. */
  readonly said: Promise<string>;
  /** As `kill -9`; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Bundles a module of `src/` into a folder, so that plain Node can import it; gives its path. */
export async function bundle(source: string, folder: string): Promise<string> {
  const outfile = join(folder, `${source.replaceAll('/', '-')}.mjs`);
  const entry = join(import.meta.dirname, '../../src', source);
  await build({ entryPoints: [entry], bundle: true, platform: 'node', format: 'esm', outfile });
  return outfile;
}

/** `fileKb`: no file may become larger. `nobody`: without the rights of an administrator, where this process has them. */
export function otherProcess(script: string, limit: { fileKb?: number; nobody?: boolean } = {}): OtherProcess {
  const { fileKb, nobody } = limit;
  const node = [process.execPath, '--input-type=module', '-e', script];
  const [command = '', ...args] =
    fileKb === undefined ? node : ['bash', '-c', `ulimit -f ${String(fileKb)} && exec "$@"`, 'bash', ...node];
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(nobody === true && process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}),
  });
  let printed = '';
  let failure = '';
  child.stdout.on('data', (data: Buffer) => (printed += data.toString()));
  child.stderr.on('data', (data: Buffer) => (failure += data.toString()));
  const gone = new Promise<number | null>((done) => child.once('close', done));
  const end = gone.then((code) => {
    if (code !== 0) throw new Error(`the other process ended with ${String(code)}: ${failure}`);
    return printed;
  });
  const said = new Promise<string>((done, failed) => {
    child.stdout.once('data', () => {
      done(printed);
    });
    end.catch(failed);
  });
  said.catch(() => undefined); // whoever waits for the end hears of it there
  return {
    end,
    said,
    async kill() {
      end.catch(() => undefined);
      child.kill('SIGKILL');
      await gone;
    },
  };
}
