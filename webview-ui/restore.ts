/** Going back: the points there are, what each would do to the files, and one's word on what both have changed. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { RestorePoint } from '../src/protocol/copies.ts';
import type { RestoreItem } from '../src/protocol/view.ts';
import { clock, count, pointTitle, pointWords } from '../src/protocol/words.ts';
import { icon, iconButton } from './icon.ts';
import { hostNotice } from './notice.ts';
import type { Panel } from './panel.ts';
import { difference } from './report.ts';
import type { RestoreForm } from './ui.ts';

/** Before a person asks for more. */
const pointsShown = 4;
const itemsShown = 20;

const icons: Readonly<Record<RestoreItem['action'], readonly [name: string, tone: string]>> = {
  back: ['discard', 'dim'],
  remove: ['trash', 'dim'],
  create: ['diff-added', 'dim'],
  merge: ['git-merge', 'dim'],
  conflict: ['warning', 'warn'],
  keep: ['check', 'dim'],
  cannot: ['circle-slash', 'warn'],
};

export function restoreView(panel: Panel): TemplateResult {
  const { points } = panel;
  const point = points.find(({ checkpoint }) => checkpoint === panel.ui.restore.checkpoint);
  return html`<header class="subhead">
      ${iconButton('arrow-left', 'Back to the session', () => panel.leavePlace())}
      <h1 class="grow cut">Restore to a checkpoint</h1>
    </header>
    <div class="log">
      ${panel.notices.map((notice) => hostNotice(panel, notice))}
      ${
        points.length === 0
          ? html`<div class="hero">
              <p>No checkpoints yet.</p>
              <p class="dim">The first edit makes one.</p>
            </div>`
          : html`${pointList(panel, points)} ${point ? itemList(panel, point) : nothing}`
      }
    </div>
    ${point ? restoreDock(panel, point) : nothing}`;
}

function pointList(panel: Panel, points: readonly RestorePoint[]): TemplateResult {
  const { checkpoint, allPoints } = panel.ui.restore;
  const shown = points.filter((point, at) => allPoints || at < pointsShown || point.checkpoint === checkpoint);
  const more = points.length - shown.length;
  return html`<h2 class="sec">Checkpoints<span class="grow">${count(points.length, 'kept', 'kept')}</span></h2>
    <ul class="list" aria-label="Checkpoints">
      ${repeat(
        shown,
        (point) => point.checkpoint,
        (point, at) => {
          const on = point.checkpoint === checkpoint;
          const task = taskOf(panel, points, point, shown[at - 1]);
          return html`${task === null ? nothing : html`<li class="flat task small dim cut">${task}</li>`}
            <li class="flat ${on ? 'sel' : ''}">
              <button
                type="button"
                class="row"
                data-nav="point:${point.checkpoint}"
                data-focus=${on ? 'restore' : nothing}
                tabindex=${on ? 0 : -1}
                aria-current=${on ? 'true' : nothing}
                @click=${() => panel.preview(point.checkpoint)}
              >
                ${icon('history', 'dim')}<span class="w"
                  ><span class="v">${pointTitle(point)}</span
                  ><span class="dim small cut" title=${pointWords(point)}>${pointWords(point)}</span></span
                ><span class="m">${clock(point.atMs)}</span>
              </button>
            </li>`;
        },
      )}
      ${
        more > 0
          ? html`<li class="flat">
              <button type="button" class="row" @click=${() => panel.chooseRestore({ allPoints: true })}>
                <i></i><span class="w link small">${count(more, 'more checkpoint')}</span><span></span>
              </button>
            </li>`
          : nothing
      }
    </ul>`;
}

/** Steps are counted anew in each turn: where points are of several, the message tells them apart. */
function taskOf(
  { view }: Panel,
  points: readonly RestorePoint[],
  { turn }: RestorePoint,
  before: RestorePoint | undefined,
): string | null {
  if (points.every((point) => point.turn === turn) || before?.turn === turn) return null;
  const said = view.rows.find((row) => row.kind === 'said' && row.turn === turn);
  return said?.kind === 'said' ? `“${said.text}”` : 'A task that has left the conversation';
}

function itemList(panel: Panel, point: RestorePoint): TemplateResult {
  const { items, allItems } = panel.ui.restore;
  if (items === null)
    return html`<h2 class="sec">What would change</h2>
      <p class="small dim foot" role="status">Looking at the files…</p>`;
  // What asks for a word comes first, what stays as it is last.
  const rank = ({ action }: RestoreItem): number => (action === 'conflict' ? 0 : action === 'keep' ? 2 : 1);
  const sorted = items.toSorted((a, b) => rank(a) - rank(b));
  const shown = allItems ? sorted : sorted.filter((item, at) => at < itemsShown || item.action === 'conflict');
  const more = sorted.length - shown.length;
  return html`<h2 class="sec">What would change<span class="grow">${count(items.length, 'file')}</span></h2>
    <ul aria-label="What would change">
      ${repeat(
        shown,
        ({ path }) => path,
        (item) => itemRow(panel, point, item),
      )}
      ${
        more > 0
          ? html`<li>
              <button type="button" class="row" @click=${() => panel.chooseRestore({ allItems: true })}>
                <i></i><span class="w link small">${count(more, 'more file')}</span><span></span>
              </button>
            </li>`
          : nothing
      }
    </ul>
    <p class="small dim foot">
      Your git (HEAD, index, stash) is not touched. The restore makes a checkpoint first, so it can be undone.
    </p>`;
}

function itemRow(panel: Panel, { checkpoint }: RestorePoint, item: RestoreItem): TemplateResult {
  const { path, action, why, lines } = item;
  const [name, tone] = icons[action];
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  const isText = lines !== null && action !== 'keep';
  const said = html`<span class="w"
      ><span class="obj">${path.slice(path.lastIndexOf('/') + 1)}</span>${
        folder === '' ? nothing : html`<span class="dir" title=${path}><bdi>${folder}</bdi></span>`
      }</span
    ><span class="dim small">${why}</span>`;
  return html`<li class="row top two-line">
    ${icon(name, tone)}
    ${
      isText
        ? html`<button
            type="button"
            class="item"
            data-nav="item:${path}"
            title="Compare ${path}"
            @click=${() => panel.post({ type: 'compare_restore', checkpoint, path })}
          >
            ${said}
          </button>`
        : html`<span class="item">${said}</span>`
    }
    <span class="m"
      >${action === 'conflict' ? choice(panel, path) : lines ? difference(lines.added, lines.removed) : nothing}</span
    >
  </li>`;
}

function choice(panel: Panel, path: string): TemplateResult {
  const { old } = panel.ui.restore;
  const choose = (event: Event): void => {
    const next = new Set(old);
    if ((event.currentTarget as HTMLSelectElement).value === 'old') next.add(path);
    else next.delete(path);
    panel.chooseRestore({ old: next });
  };
  return html`<select class="select" aria-label="Both changed the same lines of ${path}" @change=${choose}>
    <option value="mine" ?selected=${!old.has(path)}>Keep mine</option>
    <option value="old" ?selected=${old.has(path)}>Take the old text</option>
  </select>`;
}

type Scope = RestoreForm['scope'];

/** A restore that is taken back is about files: the conversation has gone on since. */
function scopesOf({ isRestore }: RestorePoint, fork: number | null): readonly (readonly [Scope, string])[] {
  if (isRestore) return [['files', 'Files only']];
  return [
    ['both', 'Files and conversation'],
    ['files', 'Files only'],
    ['conversation', 'Conversation only'],
    ...(fork === null ? [] : [['fork', 'Conversation only, as a new fork that ends with the task before'] as const]),
  ];
}

function restoreDock(panel: Panel, point: RestorePoint): TemplateResult {
  const { restore } = panel.ui;
  const place = `${clock(point.atMs)}, ${point.isRestore ? 'before that restore' : `before step ${Math.max(1, point.step)}`}`;
  const fork = turnToFork(panel, point);
  const scopes = scopesOf(point, fork);
  const scope = scopes.some(([name]) => name === restore.scope) ? restore.scope : (scopes[0]?.[0] ?? 'files');
  const compared = restore.items?.find(({ action, lines }) => lines !== null && action !== 'keep');
  const { words, off } = button(restore, scope);
  return html`<section class="dock" role="region" aria-label="Restore">
    <div class="h">
      ${icon('history', 'acc')}
      <h2 tabindex="-1" data-focus="dock">Restore to ${place}?</h2>
    </div>
    <div class="b">
      <fieldset aria-label="What to restore">
        ${scopes.map(
          ([name, text]) =>
            html`<label class="radio"
              ><input
                type="radio"
                name="scope"
                .checked=${scope === name}
                @change=${() => panel.chooseRestore({ scope: name })}
              /><span>${text}</span></label
            >`,
        )}
      </fieldset>
      ${panel.running && scope !== 'fork' ? html`<p class="small dim">It works now: pause or stop it first.</p>` : nothing}
    </div>
    <div class="f">
      <div class="acts">
        <button
          type="button"
          class="btn pri"
          ?disabled=${off || restore.sent || panel.readOnly || (panel.running && scope !== 'fork')}
          @click=${() => (scope === 'fork' ? panel.post({ type: 'fork', turn: fork }) : send(panel, point, scope))}
        >
          ${words}
        </button>
        ${
          compared
            ? html`<button
                type="button"
                class="btn"
                @click=${() =>
                  panel.post({ type: 'compare_restore', checkpoint: point.checkpoint, path: compared.path })}
              >
                Compare…
              </button>`
            : nothing
        }
        <button type="button" class="btn" @click=${() => panel.leavePlace()}>Cancel<kbd class="key">Esc</kbd></button>
      </div>
    </div>
  </section>`;
}

function button({ items, old }: RestoreForm, scope: Scope): { readonly words: string; readonly off: boolean } {
  if (scope === 'fork') return { words: 'Fork', off: false };
  if (scope === 'conversation') return { words: 'Go back', off: false };
  const files = (items ?? []).filter(({ action, path }) =>
    action === 'conflict' ? old.has(path) : action !== 'keep' && action !== 'cannot',
  ).length;
  if (files === 0 && scope === 'both') return { words: 'Go back', off: items === null };
  return { words: files === 0 ? 'Nothing to restore' : `Restore ${count(files, 'file')}`, off: files === 0 };
}

function send(panel: Panel, { checkpoint }: RestorePoint, scope: Exclude<Scope, 'fork'>): void {
  const { items, old, sent } = panel.ui.restore;
  if (sent) return; // clicks may come faster than frames
  const conflicts = (items ?? []).flatMap(({ action, path }) => (action === 'conflict' ? [path] : []));
  panel.post({
    type: 'restore',
    checkpoint,
    scope,
    mine: conflicts.filter((path) => !old.has(path)),
    old: conflicts.filter((path) => old.has(path)),
  });
  panel.chooseRestore({ sent: true });
}

/** A fork ends with a turn: the last one before the point's. */
function turnToFork({ view }: Panel, { turn }: RestorePoint): number | null {
  return view.rows.findLast((row) => row.kind === 'report' && row.turn < turn)?.turn ?? null;
}
