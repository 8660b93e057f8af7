/** Where replies come from: the person's choice, the key that belongs to it, and one model that follows the choice. */
import * as vscode from 'vscode';
import { JourneymanError } from '../core/error.ts';
import type { Model, ModelInfo } from '../core/model.ts';
import type { KnownSecret } from '../core/ports.ts';
import { readSettings, writeSetting, type ProviderKind } from './settings.ts';

export interface ProviderChoice {
  readonly kind: ProviderKind;
  /** Base URL of the endpoint; empty for the others. */
  readonly endpoint: string;
}

const anthropicOrigin = 'https://api.anthropic.com';

export class Provider {
  readonly #secrets: vscode.SecretStorage;
  readonly #memory: vscode.Memento;
  readonly #isSample: boolean;
  readonly #isAllowed: (chat: vscode.LanguageModelChat) => boolean;
  readonly #listeners = new vscode.EventEmitter<void>();
  readonly #disposables: readonly { dispose(): unknown }[];
  #current: {
    readonly choice: ProviderChoice;
    readonly model: Promise<Model>;
    readonly loaded: { value: Model | null };
  } | null = null;
  #models: readonly ModelInfo[] = [];
  #keyEnd = '';
  #keys: readonly KnownSecret[] = [];
  /** Counts refreshes: only the last one's answer holds. */
  #refreshes = 0;
  readonly onChange = this.#listeners.event;

  /** `isSample`: the open folder is the bundled sample, where the practice model answers unless the person chose another here. */
  constructor(
    { secrets, workspaceState, languageModelAccessInformation: access }: vscode.ExtensionContext,
    isSample: boolean,
  ) {
    this.#secrets = secrets;
    this.#isAllowed = (chat) => access.canSendRequest(chat) === true;
    this.#memory = workspaceState;
    this.#isSample = isSample;
    this.#disposables = [
      this.#listeners,
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('journeyman')) void this.refresh();
      }),
      secrets.onDidChange(() => void this.refresh()),
      vscode.lm.onDidChangeChatModels(() => {
        if (this.choice.kind === 'editor') void this.refresh();
      }),
    ];
  }

  get choice(): ProviderChoice {
    const { provider, endpoint } = readSettings();
    const here = this.#isSample ? this.#memory.get<ProviderKind>('provider', 'practice') : provider;
    return { kind: here, endpoint: here === 'endpoint' ? endpoint : '' };
  }

  /** What the server offered when it was last asked; empty where it cannot say. */
  get models(): readonly ModelInfo[] {
    return this.#models;
  }

  /** All that were used in this window: they must be seen nowhere. The same array while they are the same. */
  get keys(): readonly KnownSecret[] {
    return this.#keys;
  }

  /** The model for a new session: the setting, else the first one that is offered. */
  get modelId(): string | null {
    const { kind } = this.choice;
    const { model } = readSettings();
    if (kind === 'none') return null;
    // A server that names its models is believed: the setting may be left from another one.
    if (this.#models.length > 0) return this.#models.some(({ id }) => id === model) ? model : preferred(this.#models);
    return model === '' || kind === 'practice' ? null : model;
  }

  /** Where the key or the endpoint points, for a person. */
  get hint(): string {
    const { kind, endpoint } = this.choice;
    if (kind === 'anthropic') return this.#keyEnd === '' ? 'no key is set' : `key ending in …${this.#keyEnd}`;
    if (kind === 'editor') return 'models of this editor';
    return kind === 'endpoint' && URL.canParse(endpoint) ? new URL(endpoint).host : '';
  }

  /** The port that the agent uses; a new choice holds from the next request on. */
  readonly model: Model = {
    reply: async (prompt, onDelta, signal) => (await this.#model()).reply(prompt, onDelta, signal),
    list: async (signal) => (await this.#model()).list(signal),
    probe: async (signal) => (await (await this.#model()).probe?.(signal)) ?? true,
    costUsd: (model, usage) => this.#current?.loaded.value?.costUsd(model, usage) ?? null,
  };

  async choose(kind: ProviderKind, endpoint?: string): Promise<void> {
    if (endpoint !== undefined) await writeSetting('endpoint', endpoint);
    if (this.#isSample) await this.#memory.update('provider', kind);
    else await writeSetting('provider', kind);
    await this.refresh();
  }

  /** **Invariant:** a key goes to the server it was given for and to no other: it is kept under that server's origin. */
  async setKey(endpoint: string, key: string): Promise<void> {
    if (key === '') await this.#secrets.delete(keyName(endpoint));
    else await this.#secrets.store(keyName(endpoint), key);
  }

  /** A model for a choice that is not made yet, to see whether it works. */
  async tryOut(choice: ProviderChoice, key: string | null): Promise<Model> {
    return load(choice, () => Promise.resolve(key), this.#isAllowed);
  }

  /** Reads key and models anew; where the server is not reached the list stays empty and the next request says why. */
  async refresh(): Promise<void> {
    const mine = ++this.#refreshes;
    const { choice } = this;
    const key = choice.kind === 'anthropic' ? await this.#key(choice.endpoint) : null;
    if (mine !== this.#refreshes) return;
    this.#keyEnd = key?.slice(-4) ?? '';
    const asks = choice.kind !== 'none' && (choice.kind !== 'anthropic' || this.#keyEnd !== '');
    const models = asks ? await this.#list() : [];
    if (mine !== this.#refreshes) return;
    this.#models = models;
    this.#listeners.fire();
  }

  dispose(): void {
    for (const one of this.#disposables) one.dispose();
  }

  async #key(endpoint: string): Promise<string | null> {
    const value = (await this.#secrets.get(keyName(endpoint))) ?? null;
    if (value !== null && !this.#keys.some((one) => one.value === value))
      this.#keys = [...this.#keys, { name: 'API key', value }];
    return value;
  }

  async #list(): Promise<readonly ModelInfo[]> {
    try {
      return await this.model.list(AbortSignal.timeout(listMs));
    } catch (thrown) {
      if (thrown instanceof JourneymanError) return [];
      throw thrown;
    }
  }

  #model(): Promise<Model> {
    const { choice } = this;
    const { kind, endpoint } = choice;
    if (this.#current?.choice.kind !== kind || this.#current.choice.endpoint !== endpoint) {
      const loaded: { value: Model | null } = { value: null };
      const model = load(choice, () => this.#key(endpoint), this.#isAllowed);
      void model.then((value) => (loaded.value = value)).catch(() => undefined); // whoever awaits the model has the error
      this.#current = { choice, model, loaded };
    }
    return this.#current.model;
  }
}

/** The first of the middle line where there is one (the list is newest first), else the first. */
export function preferred(models: readonly ModelInfo[]): string | null {
  return (models.find(({ id }) => id.includes('sonnet')) ?? models[0])?.id ?? null;
}

/** The list of models is asked for beside the person's work; nobody waits for it. */
const listMs = 15_000;

async function load(
  { kind, endpoint }: ProviderChoice,
  apiKey: () => Promise<string | null>,
  isAllowed: (chat: vscode.LanguageModelChat) => boolean,
): Promise<Model> {
  const firstByteMs = (): number | null => readSettings().firstByteMs;
  switch (kind) {
    case 'none':
      throw new JourneymanError(
        'unauthorized',
        'No model is chosen yet. Choose the practice model, a key or an endpoint.',
      );
    case 'practice': {
      const { practiceModel } = await import('../model/practice.ts');
      return practiceModel();
    }
    case 'editor': {
      const { lmModel } = await import('./lmModel.ts');
      return lmModel(vscode, { firstPartMs: firstByteMs, isAllowed });
    }
    case 'anthropic':
    case 'endpoint': {
      const { anthropicModel } = await import('../model/anthropic.ts');
      return anthropicModel({ baseUrl: kind === 'endpoint' ? endpoint : null, apiKey, firstByteMs });
    }
  }
}

function keyName(endpoint: string): string {
  return `key ${endpoint !== '' && URL.canParse(endpoint) ? new URL(endpoint).origin : anthropicOrigin}`;
}
