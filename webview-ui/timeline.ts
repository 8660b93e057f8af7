/** The record of the session: a window of its rows in the page, kept at its end only where it already is. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { unsafeHTML } from 'lit-html/directives/unsafe-html.js';
import type { Item } from '../src/protocol/timeline.ts';
import type { Row, SaidRow, StepRow } from '../src/protocol/view.ts';
import { clock, count } from '../src/protocol/words.ts';
import { chip } from './composer.ts';
import { diffCard, filesOpenMax } from './diffCard.ts';
import { icon, iconButton } from './icon.ts';
import { hostNotice, retryNotice, warning } from './notice.ts';
import type { Panel } from './panel.ts';
import { planCards } from './planCards.ts';
import { report } from './report.ts';
import { endRow, groupRow, ruleRow, stepRow, thoughtRow, turnRow, type RowFrame } from './row.ts';

/** Rows are drawn in blocks; about 300 of them are in the page at once. */
const blockRows = 50;
const blocksShownMax = 6;
/** While the end is followed: more than a tall panel shows, few enough to draw in each frame that streams. */
const blocksAtEnd = 2;
/** A row that was never drawn, until it is measured. */
const rowPx = 24;
/** Drawn beyond the edges, so that a wheel's turn shows rows and not a gap. */
const marginPx = 1200;
/** The words before a question's first change stay in sight. */
const marginTopPx = 64;
/** Nearer to the end than this, the view follows it. */
const followPx = 24;

/** Where the timeline is scrolled to, and which part of it is drawn. */
export class Scroller {
  following = true;
  /** Rows of the view when the end was left. */
  #leftAt = 0;
  #heights: number[] = [];
  #items = 0;
  #rows = 0;
  #first = 0;
  #last = 0;
  #held: number | null = null;

  /** The window for so many items. Called before drawing. */
  window(
    items: number,
    rows: number,
  ): {
    readonly from: number;
    readonly to: number;
    readonly abovePx: number;
    readonly belowPx: number;
  } {
    this.#items = items;
    this.#rows = rows;
    const blocks = Math.ceil(items / blockRows);
    this.#heights.length = Math.min(this.#heights.length, blocks);
    if (blocks <= blocksShownMax) {
      this.#first = 0;
      this.#last = blocks;
    } else if (this.following) {
      this.#last = blocks;
      this.#first = blocks - blocksAtEnd;
    }
    this.#last = Math.min(this.#last, blocks);
    return {
      from: this.#first * blockRows,
      to: Math.min(items, this.#last * blockRows),
      abovePx: this.#sum(0, this.#first),
      belowPx: this.#sum(this.#last, blocks),
    };
  }

  /** New rows since the end was left. */
  get below(): number {
    return this.following ? 0 : Math.max(0, this.#rows - this.#leftAt);
  }

  /** Called after drawing: measures what is drawn, and goes to the end if that is where we were. */
  drawn(log: HTMLElement): void {
    this.#measure(log);
    if (this.#held !== null) {
      log.scrollTop = this.#held;
      this.#held = null;
      this.#leftAt = this.#rows; // what a restored view holds is not new
    } else if (this.following) log.scrollTop = log.scrollHeight;
    else if (this.#atEnd(log)) this.following = true; // nothing is hidden below: there is no scrolling that would say so
  }

  /** As `drawn`, but what is longer than the view shows its beginning. */
  begin(log: HTMLElement, first: HTMLElement | null): void {
    this.drawn(log);
    if (first && first.offsetTop < log.scrollTop) {
      this.hold();
      log.scrollTop = first.offsetTop - marginTopPx;
    }
  }

  /** True when another part of the list has to be drawn. */
  scrolled(log: HTMLElement): boolean {
    const was = this.following;
    this.following = this.#atEnd(log);
    if (was && !this.following) this.#leftAt = this.#rows;
    const blocks = Math.ceil(this.#items / blockRows);
    if (blocks <= blocksShownMax) return was !== this.following;
    const top = log.scrollTop - marginPx;
    const bottom = log.scrollTop + log.clientHeight + marginPx;
    let first = 0;
    let px = 0;
    while (first < blocks - 1 && px + this.#height(first) < top) px += this.#height(first++);
    let last = first;
    while (last < blocks && px < bottom) px += this.#height(last++);
    if (first === this.#first && last === this.#last) return was !== this.following;
    this.#first = first;
    this.#last = last;
    return true;
  }

  /** Draws the part of the list around one item. */
  reveal(item: number): void {
    const block = Math.floor(item / blockRows);
    if (block >= this.#first && block < this.#last) return;
    this.following = false;
    this.#first = Math.max(0, block - 1);
    this.#last = block + 3;
  }

  /** What a person opens grows downwards: its head stays where it is. */
  hold(): void {
    this.following = false;
    this.#leftAt = this.#rows;
  }

  toEnd(): void {
    this.following = true;
  }

  restore(scrollTop: number | null): void {
    this.following = scrollTop === null;
    this.#held = scrollTop;
  }

  #atEnd(log: HTMLElement): boolean {
    return log.scrollHeight - log.scrollTop - log.clientHeight <= followPx && this.#last * blockRows >= this.#items;
  }

  #measure(log: HTMLElement): void {
    const starts = log.querySelectorAll<HTMLElement>('[data-block]');
    starts.forEach((start, at) => {
      const next = starts[at + 1] ?? log.querySelector<HTMLElement>('[data-end]');
      if (next) this.#heights[Number(start.dataset['block'])] = next.offsetTop - start.offsetTop;
    });
  }

  #height(block: number): number {
    return this.#heights[block] ?? blockRows * rowPx;
  }

  #sum(from: number, to: number): number {
    let px = 0;
    for (let block = from; block < to; block++) px += this.#height(block);
    return px;
  }
}

export function log(
  panel: Panel,
  scroller: Scroller,
  markdown: (row: Row) => string,
  plain: (text: string) => string,
): TemplateResult {
  const { items, view } = panel;
  const { from, to, abovePx, belowPx } = scroller.window(items.length, view.rows.length);
  const nav = items.some(({ key }) => key === panel.ui.nav) ? panel.ui.nav : null;
  const spinning = view.rows.findLast((row) => row.kind === 'step' && row.state === 'running')?.key;
  const lastReport = view.turn?.outcome ? view.rows.findLast(({ kind }) => kind === 'report')?.key : undefined;
  const shown = items.slice(from, to);
  const lastNav = items.findLast(isRow)?.key ?? null;
  return html`<div
    class="log"
    data-log
    @scroll=${(event: Event) => {
      if (scroller.scrolled(event.currentTarget as HTMLElement)) panel.change(() => undefined);
    }}
  >
    <ol aria-label="Session timeline">
      ${abovePx > 0 ? html`<li class="spacer" aria-hidden="true" .style=${`height:${abovePx}px`}></li>` : nothing}
      ${repeat(
        shown,
        ({ key }) => key,
        (item, at) => {
          const frame = frameOf(panel, item, item.key === (nav ?? lastNav));
          const inGroup = item.kind === 'row' && item.inGroup;
          const drawn = draw(panel, item, frame, spinning, lastReport, markdown, plain);
          return html`<li
            class=${inGroup ? 'kids' : ''}
            data-key=${item.key}
            data-block=${(from + at) % blockRows === 0 ? Math.floor((from + at) / blockRows) : nothing}
          >
            ${drawn}
          </li>`;
        },
      )}
      <li data-end class="spacer" aria-hidden="true" .style=${`height:${belowPx}px`}></li>
    </ol>
    ${belowPx > 0 ? nothing : tail(panel, plain)}
    ${
      scroller.below > 0
        ? html`<button
            type="button"
            class="latest"
            @click=${() => {
              scroller.toEnd();
              panel.change(() => undefined);
            }}
          >
            ${icon('arrow-down')}${count(scroller.below, 'new', 'new')} below
          </button>`
        : nothing
    }
  </div>`;
}

/** What is live, and what the host has to say: always at the end. */
function tail(panel: Panel, plain: (text: string) => string): TemplateResult {
  const { live, retry } = panel.view;
  const key = `live:${panel.view.turn?.number ?? 0}`;
  return html`${
    live.thinking !== '' && live.text === ''
      ? thoughtRow(
          panel,
          { text: live.thinking },
          { key, tab: false, open: panel.isOpen(key), atFirst: false },
          'Thinking',
        )
      : nothing
  }
  ${live.text !== '' ? html`<div class="t" aria-busy="true">${unsafeHTML(plain(live.text))}</div>` : nothing}
  ${retry && panel.running ? retryNotice(panel, retry) : nothing}
  ${panel.notices.map((notice) => hostNotice(panel, notice))}`;
}

/** A command that runs and prints is open; what a person opened or closed stays so. */
function frameOf(panel: Panel, item: Item, tab: boolean): RowFrame {
  const { key } = item;
  if (item.kind === 'group' || item.kind === 'turn') return { key, tab, open: item.open, atFirst: false };
  const row = item.kind === 'row' && item.row.kind === 'step' ? item.row : null;
  const atFirst = row?.state === 'running' && row.what === 'command' && panel.view.live.output.has(row.call);
  return { key, tab, open: panel.isOpen(key, atFirst), atFirst };
}

/** Rows that Tab and the arrows come to. */
function isRow(item: Item): boolean {
  if (item.kind !== 'row') return item.kind !== 'end';
  return item.row.kind === 'step' ? !isCards(item.row) : item.row.kind === 'thought';
}

function isCards(step: StepRow): boolean {
  return step.state === 'asks' && (step.question?.kind === 'edits' || step.question?.kind === 'plan');
}

function draw(
  panel: Panel,
  item: Item,
  frame: RowFrame,
  spinning: string | undefined,
  lastReport: string | undefined,
  markdown: (row: Row) => string,
  plain: (text: string) => string,
): TemplateResult {
  switch (item.kind) {
    case 'group':
      return groupRow(panel, item.steps, frame);
    case 'turn':
      return turnRow(panel, item.report, frame);
    case 'end':
      return endRow(panel, item.report);
    case 'row':
      break;
  }
  const { row } = item;
  switch (row.kind) {
    case 'said':
      return said(panel, row);
    case 'answer':
      return html`<div class="t">
        ${unsafeHTML(markdown(row))}${row.cut ? html`<p class="small dim">Cut off at the length limit.</p>` : nothing}
      </div>`;
    case 'thought':
      return thoughtRow(panel, row, frame);
    case 'rule':
      return ruleRow(panel, row);
    case 'warning':
      return warning(row);
    case 'report':
      return report(panel, row, plain, row.key === lastReport);
    case 'step':
      if (isCards(row)) return row.question?.kind === 'plan' ? planCards(panel, row) : editCards(panel, row);
      return stepRow(panel, row, frame, row.key === spinning && panel.running);
  }
}

function said(panel: Panel, row: SaidRow): TemplateResult {
  const { text, attachments, atMs, steered } = row;
  return html`<section class="said" aria-label="You">
    <div class="who">
      <span>You</span><span class="num">${clock(atMs)}</span>${steered ? html`<span>steered</span>` : nothing}
      <span class="grow"></span>
      ${
        steered || panel.readOnly
          ? nothing
          : iconButton('edit', 'Edit and run again from here', () => {
              panel.editSaid(row);
              document.querySelector<HTMLElement>('[data-field=composer]')?.focus();
            })
      }
    </div>
    <div class="words">${text}</div>
    ${attachments.length > 0 ? html`<div class="flex wrap tight given">${attachments.map((attachment) => chip(attachment))}</div>` : nothing}
  </section>`;
}

function editCards(panel: Panel, step: StepRow): TemplateResult {
  const decidable = panel.asked?.call === step.call && panel.asked.token !== null && !panel.readOnly;
  if (step.changes.length <= filesOpenMax)
    return html`${step.changes.map((file) => diffCard(panel, step, file, decidable))}`;
  const key = `all:${step.key}`;
  const all = panel.isOpen(key);
  const files = all ? step.changes : step.changes.slice(0, 5);
  return html`<h3 class="sec">Changed files<span class="grow">${step.changes.length}</span></h3>
    ${files.map((file) => diffCard(panel, step, file, decidable))}
    ${
      all
        ? nothing
        : html`<button type="button" class="row" @click=${() => panel.toggle(key)}>
            <i></i><span class="w link small">${count(step.changes.length - 5, 'more file')}</span><span></span>
          </button>`
    }`;
}
