/** The panel without a session: what this is, how to get a model, and what to try first. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { AppState, Intent, Try } from '../src/protocol/messages.ts';
import { count } from '../src/protocol/words.ts';
import { icon } from './icon.ts';
import type { Panel } from './panel.ts';

export function empty(panel: Panel): TemplateResult {
  const { app } = panel;
  if (!app) return html``;
  if (app.folder === 'none') {
    return html`<div class="hero">
      <h2>Open a folder to work in</h2>
      <p class="dim">Journeyman reads and changes files of one folder, and runs its commands there.</p>
      <div class="acts">
        <button type="button" class="btn pri" @click=${() => panel.post({ type: 'run', what: 'open_folder' })}>
          Open folder…
        </button>
      </div>
    </div>`;
  }
  return html`<div class="hero">
      <h2>Hand over a whole task</h2>
      <p class="dim">
        It works in steps you can see, asks before it changes anything, and every change is yours to accept or reject.
      </p>
    </div>
    ${app.folder === 'untrusted' ? untrusted(panel) : nothing} ${app.provider === 'none' ? providers(panel) : nothing}
    ${tries(panel, app)} ${lastSession(panel)}`;
}

function untrusted(panel: Panel): TemplateResult {
  return html`<section class="note warn">
    ${icon('workspace-untrusted', 'warn')}
    <h3>This folder is not trusted: it only reads</h3>
    <p>Edits and commands wait until you trust the folder.</p>
    <div class="acts">
      <button type="button" class="btn pri" @click=${() => panel.post({ type: 'run', what: 'manage_trust' })}>
        Manage trust
      </button>
    </div>
  </section>`;
}

function providers(panel: Panel): TemplateResult {
  const pick = (
    name: string,
    title: string,
    hint: string,
    words: string,
    what: Extract<Intent, { type: 'run' }>['what'],
    primary = false,
  ) =>
    html`<div class="pick">
      ${icon(name)}<span>${title}<br /><span class="dim small">${hint}</span></span
      ><button type="button" class="btn ${primary ? 'pri' : ''}" @click=${() => panel.post({ type: 'run', what })}>
        ${words}
      </button>
    </div>`;
  return html`<h3 class="sec">First choose a model</h3>
    ${pick('play-circle', 'Practice model', 'Recorded replies on a sample project. No key, no network, no cost.', 'Try it', 'practice', true)}
    ${pick('key', 'Your API key', 'Kept in the editor’s secret storage, never in a file.', 'Add key…', 'set_key')}
    ${pick('vm', 'A model of this editor', 'One that another extension provides. No key of yours is needed.', 'Choose…', 'editor_model')}
    ${pick('server', 'A local endpoint', 'Any server that speaks the Messages API.', 'Connect…', 'set_endpoint')}`;
}

function tries(panel: Panel, app: AppState): TemplateResult {
  const offered = app.tries ?? ownTries(app);
  const names = ['book', app.problems > 0 ? 'wrench' : 'git-compare', 'beaker'];
  const use = (text: string): void => {
    panel.change((ui) => {
      ui.draft = text;
    });
    document.querySelector<HTMLElement>('[data-field=composer]')?.focus();
  };
  return html`<h3 class="sec">${app.provider === 'none' ? 'Then try one' : 'Try one'}</h3>
    ${offered.map(
      ({ title, hint, text }, at) =>
        html`<button type="button" class="pick" @click=${() => use(text)}>
          ${icon(app.tries ? 'play-circle' : (names[at] ?? 'play-circle'))}<span
            >${title}<br /><span class="dim small">${hint}</span></span
          ><span></span>
        </button>`,
    )}`;
}

function ownTries({ problems, openFileName }: AppState): readonly Try[] {
  return [
    {
      title: 'Explain how this project fits together',
      hint: 'Only reads.',
      text: 'Explain how this project fits together.',
    },
    problems > 0
      ? {
          title: `Fix the ${count(problems, 'problem')} in this folder`,
          hint: 'Asks before each change, then checks that they are gone.',
          text: 'Fix the problems that the editor shows in this folder, then check that they are gone.',
        }
      : {
          title: 'Review my uncommitted changes',
          hint: 'Reads them, and says what it would do differently.',
          text: 'Review my uncommitted changes and tell me what you would do differently.',
        },
    openFileName === null
      ? {
          title: 'Write a commit message',
          hint: 'For what is changed and not committed yet.',
          text: 'Write a commit message for my uncommitted changes.',
        }
      : {
          title: `Write tests for ${openFileName}`,
          hint: 'Asks before it runs them, and shows the result.',
          text: `Write tests for ${openFileName} and run them.`,
        },
  ];
}

function lastSession(panel: Panel): TemplateResult | typeof nothing {
  const [last] = panel.sessions ?? [];
  if (!last) return nothing;
  return html`<h3 class="sec">Last session</h3>
    <button type="button" class="pick" @click=${() => panel.post({ type: 'open_session', id: last.id })}>
      ${icon(last.state === 'waiting' ? 'bell-dot' : 'history', last.state === 'waiting' ? 'acc' : '')}<span
        >${last.title}<br /><span class="dim small">${last.line}</span></span
      ><span></span>
    </button>`;
}
