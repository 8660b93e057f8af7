/** Choosing where replies come from: a key, an endpoint, a model. What is typed is tried before it is kept. */
import * as vscode from 'vscode';
import { JourneymanError, toError } from '../core/error.ts';
import type { ModelInfo } from '../core/model.ts';
import type { Provider, ProviderChoice } from './provider.ts';
import { writeSetting } from './settings.ts';

/** One answer of the server that a person waits for. */
const checkMs = 20_000;

/** False: the person turned back. */
export async function setApiKey(provider: Provider): Promise<boolean> {
  const choice: ProviderChoice = { kind: 'anthropic', endpoint: '' };
  const key = await askFor({
    title: 'API key of the Anthropic API',
    prompt: 'Kept in the secret storage of the editor, sent to api.anthropic.com only.',
    placeholder: 'sk-ant-…',
    password: true,
    check: (value) => checkKey(provider, choice, value),
  });
  if (key === null) return false;
  await provider.setKey('', key);
  await provider.choose('anthropic');
  return true;
}

export async function setEndpoint(provider: Provider): Promise<boolean> {
  const endpoint = await askFor({
    title: 'Endpoint',
    prompt: 'Base URL of a server that speaks the Messages API.',
    placeholder: 'http://127.0.0.1:11434',
    value: provider.choice.endpoint,
    check: (value) => Promise.resolve(checkAddress(value)),
  });
  if (endpoint === null) return false;
  const choice: ProviderChoice = { kind: 'endpoint', endpoint };
  const key = await askFor({
    title: `Key for ${new URL(endpoint).host}`,
    prompt: 'Leave it empty if the server needs none. Kept in the secret storage, sent to this server only.',
    password: true,
    mayBeEmpty: true,
    check: (value) => checkKey(provider, choice, value),
  });
  if (key === null) return false;
  await provider.setKey(endpoint, key);
  await provider.choose('endpoint', endpoint);
  if (provider.modelId === null) {
    const id = await chooseModel(provider);
    if (id !== null) await writeSetting('model', id);
  }
  return true;
}

/** The id that was chosen; null: turned back. */
export async function chooseModel(provider: Provider): Promise<string | null> {
  await provider.refresh();
  return provider.models.length > 0 ? pickModel(provider.models, provider.modelId) : typeModel();
}

async function pickModel(models: readonly ModelInfo[], current: string | null): Promise<string | null> {
  const items = models.map(({ id, name, windowTokens }) => ({
    label: name,
    description: id === current ? `${id} · chosen` : id,
    ...(windowTokens !== null && { detail: `${windowTokens.toLocaleString('en-US')} tokens of context` }),
    id,
  }));
  const picked = await vscode.window.showQuickPick(items, { title: 'Choose a model', matchOnDescription: true });
  return picked?.id ?? null;
}

function typeModel(): Promise<string | null> {
  return askFor({
    title: 'Model',
    prompt: 'The server does not say which models it has. Name the one to use.',
    check: () => Promise.resolve(null),
  });
}

/** Why a key cannot be used, or null. A server that is not reached proves nothing: the key is taken, the next request will tell. */
async function checkKey(provider: Provider, choice: ProviderChoice, key: string): Promise<string | null> {
  try {
    const model = await provider.tryOut(choice, key === '' ? null : key);
    await model.list(AbortSignal.timeout(checkMs));
    return null;
  } catch (thrown) {
    const { code, message } = toError(thrown);
    if (!(thrown instanceof JourneymanError)) throw thrown;
    return code === 'unauthorized' ? message : null;
  }
}

function checkAddress(value: string): string | null {
  if (!URL.canParse(value)) return 'This is not an address. It looks like http://127.0.0.1:11434.';
  const { protocol, username, password } = new URL(value);
  if (protocol !== 'https:' && protocol !== 'http:') return 'The address has to begin with https:// or http://.';
  return username !== '' || password !== ''
    ? 'Leave name and password out of the address; the key is asked for next.'
    : null;
}

interface Question {
  readonly title: string;
  readonly prompt: string;
  readonly placeholder?: string;
  readonly value?: string;
  readonly password?: boolean;
  readonly mayBeEmpty?: boolean;
  /** Why the value cannot be taken; null: it can. */
  readonly check: (value: string) => Promise<string | null>;
}

/** An input box that stays open, with the reason, until what is typed works. */
function askFor({
  title,
  prompt,
  placeholder = '',
  value = '',
  password = false,
  mayBeEmpty = false,
  check,
}: Question): Promise<string | null> {
  const box = vscode.window.createInputBox();
  Object.assign(box, { title, prompt, placeholder, value, password, ignoreFocusOut: true });
  return new Promise((resolve, reject) => {
    const accept = async (): Promise<void> => {
      const typed = box.value.trim();
      if (typed === '' && !mayBeEmpty) return;
      box.busy = true;
      box.enabled = false;
      const reason = await check(typed).catch((thrown: unknown) => {
        reject(toError(thrown));
        box.dispose();
        return '';
      });
      box.busy = false;
      box.enabled = true;
      if (reason === null) {
        resolve(typed);
        box.dispose();
      } else box.validationMessage = reason;
    };
    box.onDidAccept(() => void accept());
    box.onDidChangeValue(() => (box.validationMessage = ''));
    box.onDidHide(() => {
      resolve(null);
      box.dispose();
    });
    box.show();
  });
}
