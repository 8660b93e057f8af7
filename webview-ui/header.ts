/** The head of a session: what it is called, how full the model's window is, what it has cost. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { limitsNow } from '../src/protocol/budget.ts';
import { cost, cutRequestWords, exact, percent, spent as spentWords, tokens } from '../src/protocol/words.ts';
import { icon } from './icon.ts';
import { menuButton, menuList, type Entry } from './menu.ts';
import type { Panel } from './panel.ts';

/** From here on the meter warns. */
const fullAt = 0.8;

export function header(panel: Panel): TemplateResult {
  const { view, ui, session } = panel;
  const title = view.title || 'New session';
  if (session === null) {
    return html`<header class="head">
      <h1 class="tb name"><span class="cut">New session</span></h1>
      ${practice(panel)}
    </header>`;
  }
  if (ui.renaming) return html`<header class="head">${renameField(panel, title)}</header>`;
  const entries: readonly Entry[] = [
    {
      icon: 'edit',
      text: 'Rename…',
      pick: () =>
        panel.change((state) => {
          state.renaming = true;
        }),
    },
    { icon: 'repo-forked', text: 'Fork', pick: () => panel.post({ type: 'fork', turn: null }) },
    ...(panel.readOnly
      ? []
      : [{ icon: 'discard', text: 'Restore to a checkpoint…', pick: () => panel.showRestore(null) }]),
    { icon: 'layers', text: 'What the model sees', pick: () => panel.showContext(null) },
    { icon: 'server-process', text: 'Background commands', pick: () => panel.showCommands() },
    { icon: 'export', text: 'Export…', pick: () => panel.post({ type: 'export_session', id: session }) },
    ...(panel.readOnly || view.closed
      ? []
      : [{ icon: 'check', text: 'Close', pick: () => panel.post({ type: 'close_session', id: session }) }]),
    { icon: 'history', text: 'All sessions', pick: () => panel.showSessions() },
    { icon: 'add', text: 'New session', pick: () => panel.post({ type: 'new_session' }) },
  ];
  const heading = html`<h1 class="cut">${title}</h1>
    ${icon('chevron-down', 'dim')}`;
  return html`<header class="head">
    ${menuButton(panel, 'title', entries, title, 'tb name', heading)} ${practice(panel)}
    <div class="facts">${meter(panel)}${spent(panel)}</div>
    ${menuList(panel, 'title', 'Session', entries, 'down')}
  </header>`;
}

function renameField(panel: Panel, title: string): TemplateResult {
  const end = (save: boolean) => (event: Event) => {
    const value = (event.currentTarget as HTMLInputElement).value.trim().slice(0, 200);
    if (!panel.ui.renaming) return;
    if (save && value !== '' && value !== title) panel.post({ type: 'set', title: value });
    panel.change((ui) => {
      ui.renaming = false;
    });
  };
  return html`<input
    class="input"
    data-focus="rename"
    aria-label="Session title"
    maxlength="200"
    .value=${title}
    @keydown=${(event: KeyboardEvent) => {
      if (event.isComposing) return;
      if (event.key === 'Enter') end(true)(event);
      if (event.key === 'Escape') {
        event.stopPropagation();
        end(false)(event);
      }
    }}
    @blur=${end(true)}
  />`;
}

function practice(panel: Panel): TemplateResult | typeof nothing {
  if (!panel.practice) return nothing;
  return html`<span class="tag practice" title="Practice model: recorded replies, no key, no network, no cost"
    >${icon('play-circle', 'acc')}Practice</span
  >`;
}

function meter(panel: Panel): TemplateResult | typeof nothing {
  const { view, app, model } = panel;
  const window = app?.models.find(({ id }) => id === model)?.windowTokens ?? null;
  if (view.contextTokens === 0) return nothing;
  const open = (): void => panel.showContext(null);
  if (window === null) {
    const title = `${exact(view.contextTokens)} tokens in the model’s window. Show what the model sees`;
    return html`<button type="button" class="tb num" title=${title} aria-label=${title} @click=${open}>
      ${tokens(view.contextTokens)}
    </button>`;
  }
  const share = Math.min(1, view.contextTokens / window);
  const said = `${exact(view.contextTokens)} of ${exact(window)} tokens`;
  const label = `Context used: ${percent(share, 1)} of ${exact(window)} tokens. Show what the model sees`;
  return html`<button
    type="button"
    class="tb"
    title="${said}. Show what the model sees"
    aria-label=${label}
    @click=${open}
  >
    <span class="meter ${share >= fullAt ? 'warn' : ''}"><i .style=${`width:${(share * 100).toFixed(1)}%`}></i></span
    ><span class="num">${percent(share, 1)}</span>
  </button>`;
}

function spent(panel: Panel): TemplateResult | typeof nothing {
  const { view, practice: free } = panel;
  const { input, cacheRead, cacheWrite, output } = view.usage;
  const all = input + cacheRead + cacheWrite + output;
  if (all === 0 || free) return nothing;
  const detail = `${exact(all)} tokens: ${exact(input + cacheWrite)} sent, ${exact(cacheRead)} read from cache, ${exact(output)} written`;
  const cut = cutRequestWords(view.cutRequests);
  return html`<span class="tb num" title=${cut === '' ? detail : `${detail}. ${cut}`}
    >${view.costUsd === null ? tokens(all) : spentWords(view.costUsd, view.cutRequests)}${against(panel)}</span
  >`;
}

/** What the session may cost. */
function against({ view }: Panel): string {
  const limit = limitsNow(view.budget).session.usd;
  return limit === null || view.costUsd === null ? '' : ` / ${cost(limit)}`;
}
