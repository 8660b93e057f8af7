/** Holds commands: bubblewrap on Linux, the system's own sandbox on macOS; whether it really holds is found out before the first one. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { mkdir, rmdir } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { toError } from '../core/error.ts';
import type { SandboxState } from '../core/permission.ts';
import type { Held, Program, Sandbox } from '../core/ports.ts';
import { bubblewrapped, findProgram } from './bubblewrap.ts';
import { clearLeft } from './leftBehind.ts';
import { bridged } from './networkBridge.ts';
import { networkProxy, type NetworkProxy } from './networkProxy.ts';
import { makePolicy, type Policy } from './policy.ts';
import { probe } from './probe.ts';
import { findProtected, type IsProtected } from './protected.ts';

export interface SandboxOptions {
  /** What may be written to; absolute, as they are when a command starts. */
  readonly folders: () => readonly string[];
  /** Our own storage: no command reads it. What a command left goes there as well. */
  readonly storage: string;
  /** More of ours that no command reads: rules and consents. */
  readonly own?: readonly string[];
  readonly isProtected: IsProtected;
  readonly isSecret: (path: string) => boolean;
  /** Why the person wants none, as a clause; null: they want one. */
  readonly off?: () => string | null;
  readonly home?: string;
  /** Folders where programs are looked for, as in `PATH`, and nowhere else; for tests. */
  readonly searchPath?: string;
}

/** What wraps a program, where the system has something that does. */
export type Wrap = (policy: Policy, program: Program) => Program;

export function systemSandbox(options: SandboxOptions): Sandbox {
  return new SystemSandbox(options);
}

class SystemSandbox implements Sandbox {
  readonly #options: SandboxOptions;
  readonly #listeners = new Set<(state: SandboxState) => void>();
  #state: SandboxState = { kind: 'none', why: 'it has not been tried yet' };
  #wrap: Wrap | null = null;
  #probed: Promise<SandboxState> | null = null;
  #temporary: string | null = null;
  /** Empty folders that stand for names which must not be made, and how many commands need each. */
  readonly #stands = new Map<string, number>();

  constructor(options: SandboxOptions) {
    this.#options = options;
  }

  state(): SandboxState {
    const why = this.#options.off?.() ?? null;
    return why === null ? this.#state : { kind: 'none', why, off: true };
  }

  onState(listener: (state: SandboxState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async ready(signal: AbortSignal): Promise<SandboxState> {
    signal.throwIfAborted();
    if ((this.#options.off?.() ?? null) === null) await (this.#probed ??= this.#probe());
    return this.state();
  }

  async hold(program: Program, signal: AbortSignal): Promise<Held> {
    const { kind } = await this.ready(signal);
    const wrap = this.#wrap;
    if (wrap === null || kind === 'none') return unheld(program);
    const { folders, storage, own = [], isProtected, isSecret, home = homedir() } = this.#options;
    const temporary = this.#folder();
    const sinceMs = Date.now();
    const make = { folders: folders(), temporary, home, own: [storage, ...own], isProtected, isSecret };
    const { policy, found } = await makePolicy(make);
    signal.throwIfAborted();
    const { hosts = [] } = program;
    const network = hosts.length === 0 ? null : await networkProxy({ folder: realpathSync(tmpdir()), allowed: hosts });
    const stands = await this.#stand(policy.write, found.repositories);
    const inner = network === null ? program : bridged(program);
    return {
      program: wrap({ ...policy, fixed: [...policy.fixed, ...stands], network: network?.folder ?? null }, inner),
      done: async () => {
        network?.close();
        const after = await findProtected(policy.write, isProtected);
        const before = { ...found, fixed: new Set([...found.fixed, ...stands]) };
        const aside = join(storage, 'sandbox', 'left', String(sinceMs));
        const lines = await clearLeft({ folders: policy.write, before, after, sinceMs, aside });
        await this.#unstand(stands);
        return [...lines, ...refusedWords(network)];
      },
    };
  }

  async close(): Promise<void> {
    await this.#unstand([...this.#stands.keys()]);
    process.off('exit', this.#clear);
    this.#clear();
  }

  readonly #clear = (): void => {
    if (this.#temporary !== null) rmSync(this.#temporary, { recursive: true, force: true });
    this.#temporary = null;
  };

  async #probe(): Promise<SandboxState> {
    try {
      const { wrap, kind, why } = this.#found();
      const failure = wrap === null ? why : await probe(wrap, this.#folder(), this.#options.home ?? homedir());
      this.#wrap = failure === null ? wrap : null;
      this.#state = failure === null ? { kind } : { kind: 'none', why: failure };
    } catch (thrown) {
      this.#state = { kind: 'none', why: `it could not be tried: ${toError(thrown).message}` };
    }
    for (const listener of this.#listeners) listener(this.#state);
    return this.#state;
  }

  #found(): { readonly wrap: Wrap | null; readonly kind: 'bubblewrap' | 'seatbelt'; readonly why: string } {
    if (process.platform !== 'linux')
      return { wrap: null, kind: 'seatbelt', why: `there is none for ${process.platform === 'win32' ? 'Windows' : 'this system'} yet` }; // prettier-ignore
    const bwrap = findProgram('bwrap', this.#options.searchPath ?? programPath());
    return {
      wrap: bwrap === null ? null : (policy, program) => bubblewrapped(bwrap, policy, program),
      kind: 'bubblewrap',
      why: 'bubblewrap is not installed: `apt install bubblewrap`, or your system’s package of that name',
    };
  }

  /** For this process alone; commands of one session find what an earlier one left there. */
  #folder(): string {
    if (this.#temporary === null) {
      this.#temporary = mkdtempSync(join(realpathSync(tmpdir()), 'journeyman-tmp-'));
      mkdirSync(join(this.#temporary, 'go-build'), { recursive: true });
      process.once('exit', this.#clear); // also of a process that does not close it
    }
    return this.#temporary;
  }

  /**
   * Bubblewrap can only lock what is there. The two names that the editor and git act on at once get an empty folder for as long as
   * commands run; what a person puts there meanwhile is theirs, outside and for ever.
   */
  async #stand(write: readonly string[], repositories: ReadonlySet<string>): Promise<readonly string[]> {
    const wanted = [
      ...write.map((folder) => join(folder, '.vscode')),
      ...[...repositories].filter((path) => basename(path) === '.git').map((path) => join(path, 'hooks')),
    ];
    const made: string[] = [];
    for (const path of wanted) {
      const known = this.#stands.get(path);
      const isNew = known === undefined && (await mkdir(path).then(() => true, () => false)); // prettier-ignore
      if (known === undefined && !isNew) continue; // it is there, and fixed as it stands; or nothing can be made there
      this.#stands.set(path, (known ?? 0) + 1);
      made.push(path);
    }
    return made;
  }

  async #unstand(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      const left = (this.#stands.get(path) ?? 1) - 1;
      if (left > 0) this.#stands.set(path, left);
      else {
        this.#stands.delete(path);
        await rmdir(path).catch(() => undefined); // a person has put something there
      }
    }
  }
}

function refusedWords(network: NetworkProxy | null): readonly string[] {
  const refused = [...(network?.refused ?? [])].slice(0, refusedMax);
  return refused.length === 0 ? [] : [`It was not let through to ${refused.join(', ')}: not on its list.`];
}
const refusedMax = 10;

/** An editor that was started from a menu may have a short one. */
function programPath(): string {
  return [process.env['PATH'] ?? '', '/usr/bin', '/bin', '/usr/local/bin', '/run/current-system/sw/bin'].join(':');
}

function unheld(program: Program): Held {
  return { program, done: () => Promise.resolve([]) };
}
