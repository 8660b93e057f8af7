/** All sessions of this folder, by what needs the person and by day: search, open, rename, delete. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { SessionRow } from '../src/protocol/messages.ts';
import { count } from '../src/protocol/words.ts';
import { searchField } from './controls.ts';
import { icon, iconButton } from './icon.ts';
import type { Panel } from './panel.ts';

const dayMs = 24 * 60 * 60 * 1000;

export function sessionsView(panel: Panel): TemplateResult {
  const all = panel.sessions;
  const { query } = panel.ui.sessions;
  const found = (all ?? []).filter(({ title, line }) =>
    `${title}\n${line}`.toLowerCase().includes(query.trim().toLowerCase()),
  );
  const groups = grouped(found, panel.hostMs);
  return html`<header class="subhead">
      ${iconButton('arrow-left', 'Back to the session', () => back(panel))}
      <h1 class="grow cut">Sessions</h1>
      ${iconButton('add', 'New session', () => {
        back(panel);
        panel.post({ type: 'new_session' });
      })}
    </header>
    <div class="search">
      ${searchField({
        label: 'Search sessions',
        placeholder: 'Search titles',
        value: query,
        onInput: (text) =>
          panel.change((ui) => {
            ui.sessions = { ...ui.sessions, query: text };
          }),
      })}
    </div>
    <div class="log flush" aria-busy=${all === null}>
      ${found.length === 0 && all !== null ? none(panel, all.length, query) : nothing}
      ${groups.map(
        ([title, rows]) =>
          html`<h3 class="sec">${title}<span class="grow">${rows.length}</span></h3>
            <ul class="list">
              ${repeat(
                rows,
                ({ id }) => id,
                (row) => sessionRow(panel, row),
              )}
            </ul>`,
      )}
      ${
        found.length > 0
          ? html`<p class="small dim foot">
              ${found.length === all?.length ? count(found.length, 'session') : `${found.length} of ${count(all?.length ?? 0, 'session')}`}.
              They stay on this machine.
            </p>`
          : nothing
      }
    </div>`;
}

export function back(panel: Panel): void {
  panel.change((ui) => {
    ui.place = 'session';
  });
}

function none(panel: Panel, of: number, query: string): TemplateResult {
  if (of === 0)
    return html`<div class="hero">
      <p>No sessions yet.</p>
      <p class="dim">The first task you hand over begins one.</p>
    </div>`;
  return html`<div class="hero">
    <p>No session says “${query.trim()}”.</p>
    <p class="dim">Titles were searched in ${count(of, 'session')}.</p>
    <div class="acts">
      <button
        type="button"
        class="btn"
        @click=${() =>
          panel.change((ui) => {
            ui.sessions = { ...ui.sessions, query: '' };
          })}
      >
        Clear the search
      </button>
    </div>
  </div>`;
}

function sessionRow(panel: Panel, row: SessionRow): TemplateResult {
  const { sessions } = panel.ui;
  const set = (patch: Partial<typeof sessions>) => (): void => {
    panel.change((ui) => {
      ui.sessions = { ...ui.sessions, ...patch };
    });
  };
  if (sessions.deleting === row.id) {
    const close = set({ deleting: null });
    return html`<li class="sel">
      <div class="two">
        ${icon('trash', 'bad')}<span class="cut">Delete “${row.title}” for good?</span><span></span>
        <div class="acts l2">
          <button type="button" class="btn" data-focus="keep" @click=${close}>Keep</button>
          <button
            type="button"
            class="btn"
            @click=${() => {
              panel.post({ type: 'delete_session', id: row.id });
              close();
            }}
          >
            Delete
          </button>
        </div>
      </div>
    </li>`;
  }
  if (sessions.renaming === row.id)
    return html`<li class="sel">${renameField(panel, row, set({ renaming: null }))}</li>`;
  const rename = set({ renaming: row.id });
  const remove = set({ deleting: row.id });
  const key = (event: KeyboardEvent): void => {
    if (event.key === 'F2') rename();
    else if (event.key === 'Delete') remove();
    else return;
    event.preventDefault();
  };
  return html`<li class=${row.id === panel.session ? 'sel' : ''} @keydown=${key}>
    <button type="button" class="two open" data-nav=${`session:${row.id}`} @click=${() => open(panel, row)}>
      ${stateIcon(row)}<span class="cut ${row.state === 'waiting' ? 'em' : ''}">${row.title || 'Untitled'}</span
      ><span class="small dim num when">${ago(row.updatedAtMs, panel.hostMs)}</span
      ><span class="l2 num cut">${row.line}</span>
    </button>
    <span class="tools">
      ${iconButton('edit', `Rename ${row.title} (F2)`, rename)}
      ${iconButton('trash', `Delete ${row.title} (Delete)`, remove)}
    </span>
  </li>`;
}

function open(panel: Panel, { id }: SessionRow): void {
  back(panel);
  if (id !== panel.session) panel.post({ type: 'open_session', id });
}

function renameField(panel: Panel, { id, title }: SessionRow, close: () => void): TemplateResult {
  const save = (field: HTMLInputElement): void => {
    if (panel.ui.sessions.renaming !== id) return;
    const value = field.value.trim();
    if (value !== '' && value !== title) panel.post({ type: 'rename_session', id, title: value });
    close();
  };
  return html`<input
    class="input"
    data-focus="rename"
    aria-label="Session title"
    maxlength="200"
    .value=${title}
    @blur=${(event: Event) => save(event.currentTarget as HTMLInputElement)}
    @keydown=${(event: KeyboardEvent) => {
      if (event.isComposing) return;
      if (event.key === 'Enter') save(event.currentTarget as HTMLInputElement);
      else if (event.key === 'Escape') {
        event.stopPropagation();
        close();
      }
    }}
  />`;
}

function stateIcon({ state }: SessionRow): TemplateResult {
  if (state === 'waiting') return icon('bell-dot', 'acc');
  return state === 'working' ? icon('loading codicon-modifier-spin', 'dim') : icon('comment-discussion', 'dim');
}

function grouped(rows: readonly SessionRow[], nowMs: number): readonly (readonly [string, readonly SessionRow[]])[] {
  const midnight = new Date(nowMs).setHours(0, 0, 0, 0);
  const title = ({ state, updatedAtMs }: SessionRow): string => {
    if (state === 'waiting') return 'Needs you';
    if (updatedAtMs >= midnight) return 'Today';
    if (updatedAtMs >= midnight - dayMs) return 'Yesterday';
    return updatedAtMs >= midnight - 7 * dayMs ? 'Last week' : 'Older';
  };
  return ['Needs you', 'Today', 'Yesterday', 'Last week', 'Older']
    .map((name) => [name, rows.filter((row) => title(row) === name)] as const)
    .filter(([, some]) => some.length > 0);
}

function ago(atMs: number, nowMs: number): string {
  const minutes = Math.floor((nowMs - atMs) / 60_000);
  if (minutes < 1) return 'now';
  if (minutes < 60) return `${minutes}\u00a0min`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}\u00a0h`;
  return new Date(atMs).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
}
