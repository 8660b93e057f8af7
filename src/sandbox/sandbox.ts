/** Holds commands: bubblewrap on Linux, the system's own sandbox on macOS; whether it really holds is found out before the first one. */
import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { mkdir, rmdir } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { toError } from '../core/error.ts';
import type { SandboxState } from '../core/permission.ts';
import type { Held, Program, Sandbox } from '../core/ports.ts';
import { findBackend, type Backend } from './backend.ts';
import { clearLeft } from './leftBehind.ts';
import { bridged, withProxy } from './networkBridge.ts';
import { networkProxy, type NetworkProxy } from './networkProxy.ts';
import { makePolicy, type PolicyNetwork } from './policy.ts';
import { probe, type Probed } from './probe.ts';
import { findProtected, type IsProtected } from './protected.ts';
import { sessionNetwork, sessionNetworks, type NetworkTools, type SessionNetworks } from './sessionNetwork.ts';
import { clearAbandoned, temporaryFolder } from './temporary.ts';

export interface SandboxOptions {
  /** What may be written to; absolute, as they are when a command starts. */
  readonly folders: () => readonly string[];
  /** Our own storage: no command reads it. What a command left goes there as well. */
  readonly storage: string;
  /** More of ours that no command reads: rules and consents. */
  readonly own?: readonly string[];
  readonly isProtected: IsProtected;
  /** Names that are protected, `*` in them for any run of characters. */
  readonly protectedNames: readonly string[];
  readonly isSecret: (path: string) => boolean;
  /** Why the person wants none, as a clause; null: they want one. */
  readonly off?: () => string | null;
  readonly home?: string;
  /** Folders where programs are looked for, as in `PATH`, and nowhere else; for tests. */
  readonly searchPath?: string;
  /** Whose sandbox is taken; for tests. */
  readonly platform?: NodeJS.Platform;
}

export function systemSandbox(options: SandboxOptions): Sandbox {
  return new SystemSandbox(options);
}

class SystemSandbox implements Sandbox {
  readonly #options: SandboxOptions;
  readonly #listeners = new Set<(state: SandboxState) => void>();
  #state: SandboxState = { kind: 'none', why: 'it has not been tried yet' };
  /** Once it has shown that it holds. */
  #backend: Backend | null = null;
  #probed: Promise<SandboxState> | null = null;
  #temporary: string | null = null;
  /** null: each command has a network of its own. */
  #networks: SessionNetworks | null = null;
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
    const backend = this.#backend;
    if (backend === null || kind === 'none') return unheld(program);
    const { folders, storage, own = [], isProtected, protectedNames, isSecret, home = homedir() } = this.#options;
    const temporary = this.#folder();
    const sinceMs = Date.now();
    const make = { folders: folders(), temporary, home, own: [storage, ...own], isProtected, protectedNames, isSecret };
    const { policy, found } = await makePolicy(make);
    signal.throwIfAborted();
    const { hosts = [], session } = program;
    const proxy =
      hosts.length === 0
        ? null
        : await networkProxy({ folder: backend.kind === 'bubblewrap' ? realpathSync(tmpdir()) : null, allowed: hosts });
    const shared = proxy === null && session !== undefined ? ((await this.#networks?.take(session)) ?? null) : null;
    const stands = backend.locksAbsent ? [] : await this.#stand(policy.write, found.repositories);
    const network: PolicyNetwork =
      proxy?.at ?? (shared === null ? { kind: 'none' } : { kind: 'session', network: shared.network });
    const inner =
      network.kind === 'proxy'
        ? bridged(program)
        : network.kind === 'port'
          ? withProxy(program, network.port)
          : program;
    return {
      program: backend.wrap({ ...policy, fixed: [...policy.fixed, ...stands], network }, inner),
      done: async () => {
        proxy?.close();
        shared?.give();
        const after = await findProtected(policy.write, isProtected);
        const before = { ...found, fixed: new Set([...found.fixed, ...stands]) };
        const aside = join(storage, 'sandbox', 'left', String(sinceMs));
        const lines = await clearLeft({ folders: policy.write, before, after, sinceMs, aside });
        await this.#unstand(stands);
        return [...lines, ...refusedWords(proxy)];
      },
    };
  }

  async close(): Promise<void> {
    await this.#unstand([...this.#stands.keys()]);
    this.#networks?.close();
    process.off('exit', this.#clear);
    this.#clear();
  }

  readonly #clear = (): void => {
    if (this.#temporary !== null) rmSync(this.#temporary, { recursive: true, force: true });
    this.#temporary = null;
  };

  async #probe(): Promise<SandboxState> {
    try {
      this.#state = await this.#tried();
    } catch (thrown) {
      this.#state = { kind: 'none', why: `it could not be tried: ${toError(thrown).message}` };
    }
    for (const listener of this.#listeners) listener(this.#state);
    return this.#state;
  }

  async #tried(): Promise<SandboxState> {
    const { searchPath, home = homedir(), platform = process.platform } = this.#options;
    const backend = findBackend(platform, searchPath);
    if (typeof backend === 'string') return { kind: 'none', why: backend };
    void clearAbandoned(realpathSync(tmpdir())); // nobody waits for it
    const probed = { temporary: this.#folder(), home };
    const why = await probe(backend, probed);
    if (why !== null) return { kind: 'none', why };
    this.#backend = backend;
    if (backend.networks !== null && (await doShare(backend, backend.networks, probed)))
      this.#networks = sessionNetworks(backend.networks);
    return { kind: backend.kind, ...(this.#networks !== null && { shares: true }) };
  }

  /** For this process alone; commands of one session find what an earlier one left there. */
  #folder(): string {
    if (this.#temporary === null) {
      this.#temporary = temporaryFolder(realpathSync(tmpdir()));
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

/** A network that commands share has to hold like one of their own. */
async function doShare(backend: Backend, tools: NetworkTools, probed: Probed): Promise<boolean> {
  const network = await sessionNetwork(tools).catch(() => null);
  if (network === null) return false;
  const why = await probe(backend, { ...probed, network: { kind: 'session', network } });
  network.close();
  return why === null;
}

function unheld(program: Program): Held {
  return { program, done: () => Promise.resolve([]) };
}
