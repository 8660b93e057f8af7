/** Choosing where replies come from: a key, an endpoint, a model. What is typed is tried before it is kept. */
import * as vscode from 'vscode';
import { JourneymanError, toError } from '../core/error.ts';
import type { ModelInfo } from '../core/model.ts';
import { checkModel } from '../model/check.ts';
import type { Provider, ProviderChoice } from './provider.ts';
import { writeSetting } from './settings.ts';

/** One answer of the server that a person waits for. */
const checkMs = 20_000;

/** False: the person turned back. */
export async function setApiKey(provider: Provider): Promise<boolean> {
  const { choice } = provider;
  if (choice.kind !== 'endpoint') return setKeyOf(provider, { kind: 'anthropic', endpoint: '' });
  const items = [choice, { kind: 'anthropic', endpoint: '' } as const].map((one) => ({ label: serverOf(one), one }));
  const picked = await vscode.window.showQuickPick(items, { title: 'Set the API key of which server?' });
  return picked !== undefined && setKeyOf(provider, picked.one);
}

export async function setEndpoint(provider: Provider): Promise<boolean> {
  const endpoint = await askFor({
    title: 'Endpoint',
    prompt: 'Base URL of a server that speaks the Messages API.',
    placeholder: 'http://127.0.0.1:11434',
    value: provider.choice.endpoint,
    check: (value) => Promise.resolve(checkAddress(value)),
  });
  if (endpoint === null || !(await setKeyOf(provider, { kind: 'endpoint', endpoint }))) return false;
  if (provider.modelId === null) {
    const id = await chooseModel(provider);
    if (id !== null) await writeSetting('model', id);
  }
  return true;
}

/** A model that another extension provides; its id, null: turned back, or there is none. */
export async function useEditorModel(provider: Provider): Promise<string | null> {
  const model = await provider.tryOut({ kind: 'editor', endpoint: '' }, null);
  const offered = await model.list(AbortSignal.timeout(checkMs));
  if (offered.length === 0) {
    void vscode.window.showInformationMessage(
      'This editor has no language models now. They come with extensions that provide some, such as a chat assistant that you are signed in to.',
    );
    return null;
  }
  const id = await pickModel(offered, provider.choice.kind === 'editor' ? provider.modelId : null);
  if (id === null) return null;
  await writeSetting('model', id);
  await provider.choose('editor');
  return id;
}

/** One small request to the model that is chosen; says whether an agent can work with it, and what to do where not. */
export async function testModel(provider: Provider): Promise<void> {
  const { modelId } = provider;
  if (provider.choice.kind === 'practice') return;
  if (modelId === null) {
    void vscode.window.showWarningMessage('No model is chosen yet, so there is none to test.');
    return;
  }
  const title = `Journeyman: testing ${modelId}`;
  const place = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  const checked = await vscode.window.withProgress(place, (_progress, token) => {
    const stop = new AbortController();
    token.onCancellationRequested(() => stop.abort());
    return checkModel(provider.model, modelId, provider.models, Date.now, stop.signal).catch(() => null);
  });
  if (checked === null) return; // the person stopped it
  const text = checked.lines.join(' ');
  if (checked.works && checked.lines.length === 1) {
    void vscode.window.showInformationMessage(text);
    return;
  }
  const choose = 'Choose Another Model…';
  const picked = await vscode.window.showWarningMessage(text, choose, 'Open Settings');
  if (picked === choose) await vscode.commands.executeCommand('journeyman.chooseModel');
  else if (picked) await vscode.commands.executeCommand('journeyman.openSettings');
}

/** Asks for the key of one server, tries it, keeps it, and makes that server the one that answers. */
async function setKeyOf(provider: Provider, choice: ProviderChoice): Promise<boolean> {
  const ownServer = choice.kind === 'endpoint';
  const key = await askFor({
    title: `Key for ${serverOf(choice)}`,
    prompt: `Kept in the secret storage of the editor, sent to this server only.${ownServer ? ' Leave it empty if the server needs none.' : ''}`,
    placeholder: ownServer ? '' : 'sk-ant-…',
    password: true,
    mayBeEmpty: ownServer,
    check: (value) => checkKey(provider, choice, value),
  });
  if (key === null) return false;
  await provider.setKey(choice.endpoint, key);
  await provider.choose(choice.kind, ownServer ? choice.endpoint : undefined);
  return true;
}

function serverOf({ kind, endpoint }: ProviderChoice): string {
  if (kind !== 'endpoint') return 'the Anthropic API';
  return URL.canParse(endpoint) ? new URL(endpoint).host : endpoint; // the setting may hold anything
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
  return new Promise<string | null>((resolve, reject) => {
    // Not disabled while it is checked: that would take the focus out of the box.
    let checking = false;
    const accept = async (): Promise<void> => {
      const typed = box.value.trim();
      if (checking || (typed === '' && !mayBeEmpty)) return;
      checking = true;
      box.busy = true;
      try {
        const reason = await check(typed);
        box.validationMessage = reason ?? '';
        if (reason === null) resolve(typed);
      } catch (thrown) {
        reject(toError(thrown));
      }
      checking = false;
      box.busy = false;
    };
    box.onDidAccept(() => void accept());
    box.onDidChangeValue(() => (box.validationMessage = ''));
    box.onDidHide(() => resolve(null));
    box.show();
  }).finally(() => box.dispose());
}
