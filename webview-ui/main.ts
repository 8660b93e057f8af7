/** The page: takes the host's messages, draws at most once a frame, and keeps focus, scroll and drafts where they belong. */
import { html, render } from 'lit-html';
import type { HostMessage } from '../src/protocol/messages.ts';
import type { Row } from '../src/protocol/view.ts';
import { Announcer, describe, tell } from './announce.ts';
import { commandsView } from './commandsView.ts';
import { composer } from './composer.ts';
import { registerControls } from './controls.ts';
import { dock } from './dock.ts';
import { empty } from './empty.ts';
import { header } from './header.ts';
import { connect } from './host.ts';
import { focusComposer, focusDock, focusFirstRow, focusLastRow, onKey } from './keyboard.ts';
import { contextView } from './contextView.ts';
import { createMarkdown } from './markdown.ts';
import { settleField } from './mention.ts';
import { hostNotice } from './notice.ts';
import { Panel } from './panel.ts';
import { planLine } from './planLine.ts';
import { queueRegion } from './queue.ts';
import { restoreView } from './restore.ts';
import { reviewBar } from './reviewBar.ts';
import { rulesView } from './rulesView.ts';
import { sessionsView } from './sessions.ts';
import { log, Scroller } from './timeline.ts';

registerControls();
start();

function start(): void {
  const host = connect();
  const root = document.body.appendChild(document.createElement('main'));
  root.className = 'jm';
  const announcer = new Announcer(liveRegion('polite'), liveRegion('assertive'));
  const scroller = new Scroller();
  const toHtml = createMarkdown();
  const drawnRows = new WeakMap<Row, string>();
  const focused = new WeakSet<Element>();
  let queued = false;
  let ticking: ReturnType<typeof setInterval> | null = null;
  let wake: ReturnType<typeof setTimeout> | null = null;
  let wanted: Extract<HostMessage, { type: 'show' }>['place'] | null = null;
  const panel = new Panel(host, schedule, Date.now());
  scroller.restore(host.kept().scrollTop);

  window.addEventListener('message', ({ data }: MessageEvent<HostMessage>) => {
    const before = panel.session;
    const events = panel.receive(data, Date.now());
    if (data.type === 'session' && data.id !== before) scroller.toEnd();
    if (data.type === 'show') wanted = data.place;
    if (data.type === 'compose') wanted = 'composer';
    if (events.length > 0) announcer.say(describe(events, panel.view));
    announcer.say(tell(data, panel.session));
    // Steps fold when their turn ends; a person who reads them keeps them.
    for (const event of events)
      if (event.type === 'turn.ended' && !scroller.following) panel.toggle(`turn:e${event.seq}`);
  });
  document.addEventListener('pointerdown', (event) => panel.grace.pressed(event.timeStamp), { capture: true });
  document.addEventListener('keydown', (event) => {
    onKey(panel, scroller, event);
  });
  root.addEventListener('input', (event) => {
    if (event.target instanceof Element && event.target.closest('[data-field=composer]'))
      panel.grace.typed(performance.now());
  });
  root.addEventListener('focusin', ({ target }) => {
    const nav =
      target instanceof Element ? target.closest<HTMLElement>('[data-log] [data-nav]')?.dataset['nav'] : undefined;
    if (nav !== undefined && nav !== panel.ui.nav) {
      panel.change((ui) => {
        ui.nav = nav;
      });
    }
  });
  root.addEventListener('click', onClick);
  schedule();
  panel.post({ type: 'ready' });

  function schedule(): void {
    if (queued) return;
    queued = true;
    requestAnimationFrame(draw);
  }

  function draw(): void {
    queued = false;
    panel.nowMs = Date.now();
    const now = performance.now();
    panel.grace.shown(panel.dockId, now);
    const held = document.activeElement?.closest('.dock, .card, .steps, .review') ?? null;
    const inFiles = held?.matches('[data-written], [data-review]') ?? false;
    if (panel.focusWritten) {
      const { row } = panel.focusWritten;
      scroller.reveal(
        Math.max(
          0,
          panel.items.findIndex(({ key }) => key === row),
        ),
      );
      scroller.hold();
    }
    render(page(), root);
    const scrolling = root.querySelector<HTMLElement>('[data-log]');
    if (scrolling) {
      // A question about changes begins with its first one in sight, if the end was.
      if (panel.fresh && scroller.following) scroller.begin(scrolling, root.querySelector('[data-asks], .steps'));
      else scroller.drawn(scrolling);
      panel.fresh = false;
    }
    settleFocus(held !== null, inFiles);
    settleField(panel, root);
    announcer.tick(now);
    tick();
    wakeAt(panel.dockId === null ? null : panel.grace.readyAtMs, now);
    keep(scrolling);
  }

  function page(): unknown {
    if (panel.ui.place === 'sessions') return sessionsView(panel);
    if (!panel.app) return html``;
    if (panel.ui.place === 'restore') return restoreView(panel);
    if (panel.ui.place === 'context') return contextView(panel);
    if (panel.ui.place === 'rules') return rulesView(panel);
    if (panel.ui.place === 'commands') return commandsView(panel);
    const isEmpty = panel.view.rows.length === 0 && panel.view.turn === null;
    return html`${header(panel)} ${planLine(panel)}
    ${
      isEmpty
        ? html`<div class="log">${panel.notices.map((notice) => hostNotice(panel, notice))}${empty(panel)}</div>`
        : log(panel, scroller, ofRow, toHtml)
    }
    ${dock(panel)} ${reviewBar(panel)} ${queueRegion(panel)} ${composer(panel)}`;
  }

  /** Rows never change their text: each is parsed once. */
  function ofRow(row: Row): string {
    if (row.kind !== 'answer') return '';
    const known = drawnRows.get(row) ?? toHtml(row.text);
    drawnRows.set(row, known);
    return known;
  }

  /** A field that a person opened takes focus; what a decision took away hands it on; nothing else moves it. */
  function settleFocus(wasHeld: boolean, inFiles: boolean): void {
    root.querySelector('[data-dock]')?.toggleAttribute('data-ready', panel.grace.takesKey(performance.now()));
    let opened = false;
    for (const field of root.querySelectorAll<HTMLElement>('[data-focus]:not(h2)')) {
      if (focused.has(field)) continue;
      opened = true;
      focused.add(field);
      field.focus();
      if (field instanceof HTMLInputElement) field.select();
    }
    const lost = document.activeElement === null || document.activeElement === document.body;
    // Who goes to a step or a change and opens a field there before that is drawn wants the field.
    if (!opened) followDecision(lost && (wasHeld || panel.decided), inFiles);
    settleQueue(lost);
    if (panel.focusRow) (panel.focusRow === 'last' ? focusLastRow : focusFirstRow)();
    panel.decided = false;
    panel.focusWritten = null;
    panel.focusStep = null;
    panel.revealHunk = false;
    panel.focusRow = null;
    if (panel.focusPlace && panel.app) {
      panel.focusPlace = false;
      root.querySelector<HTMLElement>('[data-asked]')?.scrollIntoView({ block: 'nearest' });
      for (const place of ['[data-asked] [data-nav]', '.log [data-nav]', '.subhead button']) {
        const first = root.querySelector<HTMLElement>(place);
        first?.focus();
        if (first) break;
      }
    }
    if (wanted && panel.app) {
      if (wanted === 'dock') {
        if (!focusDock()) focusComposer();
      } else if (wanted === 'composer') focusComposer();
      else if (wanted === 'timeline') focusLastRow();
      else if (wanted === 'sessions') root.querySelector<HTMLElement>('[data-field=search]')?.focus();
      wanted = null;
    }
  }

  function followDecision(isHomeless: boolean, inFiles: boolean): void {
    if (panel.focusWritten) focusHunk('[data-written] .hunk.cur');
    else if (panel.focusStep !== null && focusStep(panel.focusStep)) return;
    else if (isHomeless) {
      const next = inFiles
        ? focusHunk('[data-written] .hunk.cur') || focusHunk('[data-focus-review]')
        : focusHunk('[data-asks] .hunk.cur');
      if (!next && !focusDock()) focusComposer();
    } else if (panel.revealHunk) root.querySelector('[data-asks] .hunk.cur')?.scrollIntoView({ block: 'nearest' });
  }

  /** A row that moves in the page loses focus, and one that was removed has none: it stays with the queue, else goes to the composer. */
  function settleQueue(lost: boolean): void {
    const held = panel.queueFocus;
    if (held === null || held.queue === panel.view.queue) return;
    panel.queueFocus = null;
    if (!lost && !document.activeElement?.closest('.queue')) return;
    const row = held.message && root.querySelector<HTMLElement>(`[data-queue="${CSS.escape(held.message)}"]`);
    if (row) row.focus();
    else focusComposer();
  }

  function focusHunk(selector: string): boolean {
    const hunk = root.querySelector<HTMLElement>(selector);
    hunk?.focus();
    return hunk !== null;
  }

  function focusStep(step: number | 'add'): boolean {
    return focusHunk(`[data-step="${step}"]`);
  }

  /** Times tick once a second, only while something runs. */
  function tick(): void {
    const { turn } = panel.view;
    const runs =
      (panel.ui.place === 'commands' && panel.commands.some(({ state }) => state !== 'ended')) ||
      panel.running ||
      (turn !== null && turn.outcome === null && panel.alive);
    if (runs && !ticking) ticking = setInterval(schedule, 1000);
    if (!runs && ticking) {
      clearInterval(ticking);
      ticking = null;
    }
  }

  /** Draws again when the question in the dock has become answerable. */
  function wakeAt(atMs: number | null, now: number): void {
    if (wake) clearTimeout(wake);
    wake = atMs !== null && atMs > now ? setTimeout(schedule, atMs - now + 1) : null;
  }

  function keep(scrolling: HTMLElement | null): void {
    host.keep({
      session: panel.session,
      draft: panel.ui.draft,
      attachments: panel.ui.attachments,
      folds: [...panel.ui.folds].slice(-500),
      plan: panel.keptPlan,
      scrollTop: scroller.following || !scrolling ? null : scrolling.scrollTop,
    });
  }

  function onClick(event: Event): void {
    if (!(event.target instanceof Element)) return;
    const { target } = event;
    const link = target.closest<HTMLElement>('a[data-href]');
    if (link) {
      // The workbench would open it too: one opening is enough, and the host shows the address first.
      event.preventDefault();
      event.stopPropagation();
      panel.post({ type: 'open_link', href: link.dataset['href'] ?? '' });
      return;
    }
    const copy = target.closest('[data-copy]');
    if (copy) {
      panel.post({ type: 'copy', text: copy.closest('.block')?.querySelector('pre')?.textContent ?? '' });
      announcer.say({ polite: ['copied'], assertive: [] });
      schedule();
      return;
    }
    if (target.closest('[data-nav], [data-plan], .fh, .report button.row')) scroller.hold();
    if (panel.ui.mention && !target.closest('[data-mentions], [data-field=composer], .bar')) {
      panel.change((ui) => {
        ui.mention = null;
      });
    }
    if (panel.ui.menu && !target.closest('.menu, [data-menu]')) {
      panel.change((ui) => {
        ui.menu = null;
      });
    }
  }
}

function liveRegion(politeness: 'polite' | 'assertive'): HTMLElement {
  const region = document.body.appendChild(document.createElement('div'));
  region.className = 'sr';
  region.setAttribute('aria-live', politeness);
  return region;
}
