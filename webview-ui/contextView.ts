/** What the model sees now, by cause: how much, which code and why; and the person's word on each piece. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { Cause, Wish } from '../src/protocol/context.ts';
import { pieceAt, type Seen, type SeenCause, type SeenEntry } from '../src/protocol/contextNow.ts';
import {
  about,
  attachedWords,
  causeWords,
  formWords,
  indexWords,
  nowWords,
  placeWords,
  stepWords,
  whyWords,
} from '../src/protocol/contextWords.ts';
import { cost, count, exact, nameOf, percent } from '../src/protocol/words.ts';
import { icon, iconButton } from './icon.ts';
import { hostNotice } from './notice.ts';
import type { Panel } from './panel.ts';

/** Before a person asks for more. */
const entriesShown = 5;
/** The most telling ones; the rest is in the tooltip, and in the answer to "why is this here?". */
const reasonsShown = 2;

export function contextView(panel: Panel): TemplateResult {
  const { seen, view } = panel;
  const isEmpty =
    seen.measured === null && seen.causes.every(({ cause }) => cause === 'instructions' || cause === 'tools');
  return html`<header class="subhead">
      ${iconButton('arrow-left', 'Back to the session', () => panel.leavePlace())}
      <h1 class="grow cut">What the model sees</h1>
      ${
        panel.readOnly || panel.session === null
          ? nothing
          : iconButton('add', 'Add…', () => panel.post({ type: 'run', what: 'add_context' }))
      }
    </header>
    <div class="log seen">
      ${panel.notices.map((notice) => hostNotice(panel, notice))} ${indexLine(panel)}
      ${
        isEmpty
          ? html`<div class="hero">
              <p>Nothing sent yet.</p>
              <p class="dim">What goes to the model is listed here, each piece of code with its reason.</p>
            </div>`
          : html`${totals(panel, seen)} ${askedLine(panel, seen)}
            ${seen.causes.map((one, at) => causeRows(panel, seen, one, at, view.turn?.number ?? 0))}`
      }
      ${waits(panel, seen)} ${leftOut(panel, seen)}
    </div>
    ${
      isEmpty
        ? nothing
        : html`<p class="now long">
            ${icon('info', 'dim')}<span
              >What you pin or drop holds from the next step on. What was sent stays until room is made.</span
            >
          </p>`
    }`;
}

function indexLine(panel: Panel): TemplateResult | typeof nothing {
  const index = panel.app?.index ?? null;
  const words = index && indexWords(index);
  if (!index || words === null) return nothing;
  const works = index.state === 'indexing' || index.state === 'starting';
  const act = works ? 'cancel_index' : index.state === 'cancelled' ? 'resume_index' : 'rebuild_index';
  return html`<div class="index">
    ${works ? icon('loading codicon-modifier-spin', 'dim') : icon(index.state === 'failed' ? 'warning' : 'info', index.state === 'failed' ? 'warn' : 'dim')}
    <span class="grow" role="status">${words}</span>
    ${
      index.state === 'ready'
        ? nothing
        : html`<button type="button" class="link" @click=${() => panel.post({ type: 'run', what: act })}>
            ${works ? 'Cancel' : index.state === 'failed' ? 'Try again' : 'Resume'}
          </button>`
    }
  </div>`;
}

function totals(panel: Panel, seen: Seen): TemplateResult {
  const { measured, sinceTokens } = seen;
  const window = windowOf(panel);
  const total = totalOf(panel, seen);
  const { cacheRead = 0, cacheWrite = 0, input = 0 } = measured?.usage ?? {};
  const sent = cacheRead + cacheWrite + input;
  const facts = [
    ...(window === null ? [] : [`of ${exact(window)}`]),
    ...(sent > 0 ? [`${percent(cacheRead, sent)} read from cache`] : []),
    ...(measured === null || measured.costUsd === null || panel.practice
      ? []
      : [`the last step cost ${cost(measured.costUsd)}`]),
  ];
  /** What the estimates leave out of what was measured. */
  const untold = total - seen.tokens;
  const words = seen.causes.map(({ cause, tokens }) => `${causeWords[cause]}: ${about(tokens)}`).join('; ');
  const free = window === null ? '' : `; free: ${exact(Math.max(0, window - total))}`;
  return html`<div class="sum">
    <p>
      <span class="em num">${measured === null ? about(total) : exact(panel.view.contextTokens)} tokens</span>
      <span class="dim small num">${facts.join(' · ')}</span>
    </p>
    <p class="dim small num">
      ${
        measured === null
          ? 'Estimated: measured with the first reply.'
          : `Measured at step ${measured.step}${sinceTokens > 0 ? `, ${about(sinceTokens)} more since` : ''}. The parts below are estimates.`
      }
    </p>
    <div class="bar-h" role="img" aria-label="${words} tokens${free}">
      ${seen.causes.map(
        ({ tokens }, at) =>
          html`<i .style=${`width:${(100 * shareOf(panel, seen, tokens)).toFixed(2)}%;opacity:${shade(at)}`}></i>`,
      )}
      ${
        untold > 0
          ? html`<i .style=${`width:${(100 * shareOf(panel, seen, untold)).toFixed(2)}%;opacity:0.08`}></i>`
          : nothing
      }
    </div>
  </div>`;
}

/** Exact as far as it was measured. */
function totalOf({ view }: Panel, { measured, sinceTokens, tokens }: Seen): number {
  return measured === null ? tokens : view.contextTokens + sinceTokens;
}

function windowOf({ app, model }: Panel): number | null {
  return app?.models.find(({ id }) => id === model)?.windowTokens ?? null;
}

/** Of the window, else of all. */
function shareOf(panel: Panel, seen: Seen, tokens: number): number {
  const whole = windowOf(panel) ?? Math.max(totalOf(panel, seen), seen.tokens);
  return whole === 0 ? 0 : Math.min(1, tokens / whole);
}

/** Lighter with each cause, as the bar and its rows show. */
function shade(at: number): string {
  return Math.max(0.15, 1 - at * 0.12).toFixed(2);
}

function askedLine(panel: Panel, seen: Seen): TemplateResult | typeof nothing {
  const { asked } = panel.ui;
  if (asked === null) return nothing;
  const found = pieceAt(seen, asked.path, asked.line);
  const place = `${asked.path}:${asked.line}`;
  const words =
    found === null
      ? `${place} is not in what the model sees.`
      : found.piece === null
        ? `${place} was not picked: the model read it.`
        : `${place} was picked: ${whyWords(found.piece.why)}.`;
  return html`<p class="note ${found === null ? '' : 'acc'}" role="status">
    ${icon('question', 'dim')}<span>${words}</span>
  </p>`;
}

function causeRows(
  panel: Panel,
  seen: Seen,
  { cause, tokens, entries }: SeenCause,
  at: number,
  turn: number,
): TemplateResult {
  const { asked } = panel.ui;
  const found = asked && pieceAt(seen, asked.path, asked.line);
  const key = `cause:${cause}`;
  const isOpen = panel.isOpen(key, cause === 'code');
  const all = panel.isOpen(`all:${cause}`);
  const shown = all ? entries : entries.slice(0, entriesShown);
  const rest = entries.slice(shown.length);
  return html`<h2 class="plain">
      <button
        type="button"
        class="row"
        data-nav=${key}
        aria-expanded=${isOpen}
        @click=${() => panel.toggle(key, cause === 'code')}
      >
        <span class="sw" .style=${`opacity:${shade(at)}`}></span
        ><span class="w"><span class="obj">${causeWords[cause]}</span></span
        ><span class="m"
          ><span class="n">${exact(tokens)}</span
          ><span class="p">${percent(shareOf(panel, seen, tokens), 1)}</span
          >${icon(isOpen ? 'chevron-down' : 'chevron-right')}</span
        >
      </button>
    </h2>
    ${
      isOpen
        ? html`<div class="kids">
            <ul aria-label=${causeWords[cause]}>
              ${repeat(
                shown,
                ({ key: id }) => id,
                (entry) => entryRow(panel, entry, turn, entry === found),
              )}
              ${
                rest.length > 0
                  ? html`<li>
                      <button
                        type="button"
                        class="row"
                        data-nav="all:${cause}"
                        @click=${() => panel.toggle(`all:${cause}`)}
                      >
                        <i></i><span class="w link small">${count(rest.length, 'more', 'more')}</span
                        ><span class="m">${exact(rest.reduce((sum, one) => sum + one.tokens, 0))}</span>
                      </button>
                    </li>`
                  : nothing
              }
            </ul>
          </div>`
        : nothing
    }`;
}

const causeIcons: Readonly<Record<Cause, string>> = {
  code: 'symbol-method',
  files: 'book',
  said: 'comment',
  commands: 'terminal',
  results: 'output',
  replies: 'comment-discussion',
  news: 'diff',
  instructions: 'note',
  tools: 'tools',
};

function entryRow(panel: Panel, entry: SeenEntry, turn: number, isAsked: boolean): TemplateResult {
  const { cause, place, piece, tokens } = entry;
  const name = titleOf(entry);
  const why = [
    entry.wish === 'dropped' ? 'dropped: not shown again, stays until room is made' : '',
    piece ? whyWords(piece.why.slice(0, reasonsShown)) : entry.as ? attachedWords[entry.as] : '',
    formWords(entry),
    nowWords(entry),
    stepWords(entry, turn),
  ].filter((part) => part !== '');
  const said = html`<span class="w"
      ><span class="obj">${name}</span>${
        place ? html`<span class="dir" title=${placeWords(place)}><bdi>${placeWords(place)}</bdi></span>` : nothing
      }</span
    >${why.length > 0 ? html`<span class="dim small">${why.join(' · ')}</span>` : nothing}`;
  const pin = (): void => adjust(panel, entry, entry.wish === 'pinned' ? 'free' : 'pinned');
  const drop = (): void => adjust(panel, entry, entry.wish === 'dropped' ? 'free' : 'dropped');
  const key = (event: KeyboardEvent): void => {
    if (!piece || !canAdjust(panel) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Delete') drop();
    else if (event.key.toLowerCase() === 'p') pin();
    else return;
    event.preventDefault();
  };
  const isStale = entry.now === 'changed' || entry.now === 'gone';
  return html`<li class="row top two-line ${isAsked ? 'sel' : ''}" data-asked=${isAsked ? '' : nothing} @keydown=${key}>
    ${isStale ? icon('history', 'warn') : icon(piece && piece.symbol === null ? 'file-code' : causeIcons[cause], 'dim')}
    ${
      place
        ? html`<button
            type="button"
            class="item"
            data-nav=${entry.key}
            title="Open ${placeWords(place)}${piece ? `: ${whyWords(piece.why)}` : ''}"
            @click=${() =>
              panel.post({ type: 'open_file', path: place.path, line: place.startLine, endLine: place.endLine })}
          >
            ${said}
          </button>`
        : html`<span class="item">${said}</span>`
    }
    <span class="m"
      ><span class="n">${exact(tokens)}</span>${
        piece && canAdjust(panel)
          ? html`${
              entry.wish === 'pinned'
                ? iconButton('pinned', `Unpin ${name} (P)`, pin)
                : iconButton('pin', `Pin ${name}: keep it in sight (P)`, pin)
            }${
              entry.wish === 'dropped'
                ? iconButton('add', `Let ${name} be picked again (Delete)`, drop)
                : iconButton('close', `Drop ${name}: do not show it again (Delete)`, drop)
            }`
          : nothing
      }</span
    >
  </li>`;
}

function titleOf({ cause, label, place, piece, key }: SeenEntry): string {
  if (piece) return piece.symbol ?? nameOf(piece.path);
  if (place) return nameOf(place.path);
  if (key === 'system') return 'How Journeyman works';
  if (key === 'tools') return 'What the tools are and take';
  if (label !== '') return label;
  return cause === 'replies' ? 'Calls of tools' : 'Without words';
}

function canAdjust(panel: Panel): boolean {
  return !panel.readOnly && panel.session !== null;
}

function adjust(panel: Panel, { piece }: SeenEntry, as: 'pinned' | 'dropped' | 'free'): void {
  if (piece) panel.post({ type: 'adjust_context', refs: [{ path: piece.path, symbol: piece.symbol, as }] });
}

/** Pinned, and not sent yet. */
function waits(panel: Panel, { awaited }: Seen): TemplateResult | typeof nothing {
  if (awaited.length === 0) return nothing;
  return html`<h2 class="sec">With the next step<span class="grow">${count(awaited.length, 'piece')}</span></h2>
    <ul aria-label="With the next step">
      ${awaited.map((one) => wishRow(panel, one, 'you pinned it', 'pinned', `Unpin ${wishName(one)}`))}
    </ul>`;
}

function leftOut(panel: Panel, { dropped, gone }: Seen): TemplateResult | typeof nothing {
  if (dropped.length === 0 && gone.tokens === 0) return nothing;
  return html`<h2 class="sec">Left out</h2>
    <ul aria-label="Left out">
      ${
        gone.tokens > 0
          ? html`<li class="row top two-line">
              ${icon('archive', 'dim')}<span class="item"
                ><span class="w"
                  ><span class="obj"
                    >${gone.entries === 0 ? 'Thinking' : `${count(gone.entries, 'piece')}, and thinking`}</span
                  ></span
                ><span class="dim small">made room; the agent can ask for it again</span></span
              ><span class="m"><span class="n">${exact(gone.tokens)}</span></span>
            </li>`
          : nothing
      }
      ${dropped.map((one) => wishRow(panel, one, 'you dropped it', 'add', `Let ${wishName(one)} be picked again`))}
    </ul>`;
}

function wishName({ path, symbol }: Wish): string {
  return symbol ?? nameOf(path);
}

function wishRow(panel: Panel, { path, symbol }: Wish, why: string, act: string, title: string): TemplateResult {
  return html`<li class="row top two-line">
    ${icon(symbol === null ? 'file-code' : 'symbol-method', 'dim')}
    <button
      type="button"
      class="item"
      data-nav="wish:${path}:${symbol ?? ''}"
      title="Open ${path}"
      @click=${() => panel.post({ type: 'open_file', path })}
    >
      <span class="w"
        ><span class="obj">${symbol ?? nameOf(path)}</span
        ><span class="dir" title=${path}><bdi>${path}</bdi></span></span
      ><span class="dim small">${why}</span>
    </button>
    <span class="m"
      >${
        canAdjust(panel)
          ? iconButton(act, title, () => panel.post({ type: 'adjust_context', refs: [{ path, symbol, as: 'free' }] }))
          : nothing
      }</span
    >
  </li>`;
}
