/** All sessions of this folder, by what needs the person and by day: search, open, fork, rename, export, close, delete. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { SessionRow } from '../src/protocol/messages.ts';
import { count, stateWords } from '../src/protocol/words.ts';
import { searchField } from './controls.ts';
import { icon, iconButton } from './icon.ts';
import { hostNotice } from './notice.ts';
import type { Panel } from './panel.ts';

const dayMs = 24 * 60 * 60 * 1000;

export function sessionsView(panel: Panel): TemplateResult {
  const all = panel.sessions;
  const { query } = panel.ui.sessions;
  const { rows, searched, busy } = foundRows(panel, all ?? []);
  const groups = grouped(rows, panel.hostMs);
  const search = (text: string): void => panel.search(text);
  return html`<header class="subhead">
      ${iconButton('arrow-left', 'Back to the session', () => panel.leavePlace())}
      <h1 class="grow cut">Sessions</h1>
      ${iconButton('cloud-download', 'Import a session…', () => panel.post({ type: 'import_session' }))}
      ${iconButton('add', 'New session', () => newSession(panel))}
    </header>
    <div class="search">
      ${searchField({
        label: 'Search sessions',
        placeholder: 'Search titles, messages and file names',
        value: query,
        onInput: search,
      })}
    </div>
    <div class="log flush" aria-busy=${all === null || busy}>
      ${panel.notices.map((notice) => hostNotice(panel, notice))}
      ${rows.length === 0 && all !== null && !busy ? none(panel, searched, query) : nothing}
      ${groups.map(
        ([title, some]) =>
          html`<h3 class="sec">${title}<span class="grow">${some.length}</span></h3>
            <ul class="list">
              ${repeat(
                some,
                ({ id }) => id,
                (row) => sessionRow(panel, row),
              )}
            </ul>`,
      )}
      ${
        rows.length > 0
          ? html`<p class="small dim foot">
              ${query.trim() === '' ? count(rows.length, 'session') : `${rows.length} of ${count(searched, 'session')}`}.
              They stay on this machine.
            </p>`
          : nothing
      }
    </div>`;
}

/** What was found; until the host has looked, the rows whose own words match. */
function foundRows(
  { found, ui }: Panel,
  all: readonly SessionRow[],
): { readonly rows: readonly SessionRow[]; readonly searched: number; readonly busy: boolean } {
  const words = ui.sessions.query.trim();
  if (words === '') return { rows: all, searched: all.length, busy: false };
  if (found?.words !== words) {
    const matches = ({ title, line }: SessionRow): boolean =>
      `${title}\n${line}`.toLowerCase().includes(words.toLowerCase());
    return { rows: all.filter(matches), searched: all.length, busy: true };
  }
  // The list is newer: a session may have been renamed or deleted since.
  const now = new Map(all.map((row) => [row.id, row]));
  const rows = found.rows.flatMap((row) => {
    const fresh = now.get(row.id);
    return fresh ? [{ ...fresh, line: row.line }] : [];
  });
  return { rows, searched: found.searched, busy: false };
}

function newSession(panel: Panel): void {
  panel.leavePlace();
  panel.post({ type: 'new_session' });
}

function none(panel: Panel, searched: number, query: string): TemplateResult {
  if (query.trim() === '')
    return html`<div class="hero">
      <p>No sessions yet.</p>
      <p class="dim">The first task you hand over begins one.</p>
    </div>`;
  return html`<div class="hero">
    <p>No session says “${query.trim()}”.</p>
    <p class="dim">Titles, messages and file names were searched in ${count(searched, 'session')}.</p>
    <div class="acts">
      <button type="button" class="btn" @click=${() => panel.search('')}>Clear the search</button>
      <button type="button" class="btn" @click=${() => newSession(panel)}>New session</button>
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
  const damaged = row.state === 'damaged';
  const rename = set({ renaming: row.id });
  const remove = set({ deleting: row.id });
  const key = (event: KeyboardEvent): void => {
    if (event.key === 'F2' && !damaged) rename();
    else if (event.key === 'Delete') remove();
    else return;
    event.preventDefault();
  };
  return html`<li class=${row.id === panel.session ? 'sel' : ''} @keydown=${key}>
    <button type="button" class="two open" data-nav=${`session:${row.id}`} @click=${() => open(panel, row)}>
      ${stateIcon(row)}<span class="cut ${needsYou(row) ? 'em' : ''}">${row.title || 'Untitled'}</span
      ><span class="small dim num when">${ago(row.updatedAtMs, panel.hostMs)}</span
      ><span class="l2 num cut">${lineOf(row)}</span>
    </button>
    <span class="tools">
      ${iconButton('repo-forked', `Fork ${row.title}`, () => panel.post({ type: 'fork', id: row.id, turn: null }))}
      ${damaged ? nothing : iconButton('edit', `Rename ${row.title} (F2)`, rename)}
      ${iconButton('export', `Export ${row.title}`, () => panel.post({ type: 'export_session', id: row.id }))}
      ${
        damaged || row.state === 'closed'
          ? nothing
          : iconButton('check', `Close ${row.title}`, () => panel.post({ type: 'close_session', id: row.id }))
      }
      ${iconButton('trash', `Delete ${row.title} (Delete)`, remove)}
    </span>
  </li>`;
}

/** A word for where it stands, unless its line begins with it. */
function lineOf({ state, line }: SessionRow): string {
  const word = stateWords[state];
  return word === '' || line.startsWith(word) ? line : `${word} · ${line}`;
}

function open(panel: Panel, { id }: SessionRow): void {
  panel.leavePlace();
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

const stateIcons: Readonly<Record<SessionRow['state'], readonly [name: string, tone: string]>> = {
  waiting: ['bell-dot', 'acc'],
  working: ['loading codicon-modifier-spin', 'dim'],
  paused: ['debug-pause', 'dim'],
  cut: ['debug-disconnect', 'warn'],
  idle: ['comment-discussion', 'dim'],
  closed: ['check', 'dim'],
  damaged: ['warning', 'warn'],
};

function stateIcon({ state }: SessionRow): TemplateResult {
  return icon(...stateIcons[state]);
}

function needsYou({ state }: SessionRow): boolean {
  return state === 'waiting' || state === 'cut';
}

function grouped(rows: readonly SessionRow[], nowMs: number): readonly (readonly [string, readonly SessionRow[]])[] {
  const midnight = new Date(nowMs).setHours(0, 0, 0, 0);
  const title = (row: SessionRow): string => {
    const { updatedAtMs } = row;
    if (needsYou(row)) return 'Needs you';
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
