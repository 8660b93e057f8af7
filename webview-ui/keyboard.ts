/** The panel's keys. Bare letters act only inside the dock or a card, never in a text field, never while a question is fresh. */
import { caretInFirstLine, isTextField } from './controls.ts';
import type { StepRow } from '../src/protocol/view.ts';
import { allowOnce, answerPlan, changePlan, openPlan } from './dock.ts';
import { openHunks, type Asked, type Panel } from './panel.ts';
import { closeMention, onMentionKey } from './mention.ts';
import { heldLetters } from './heldDock.ts';
import { goOn, leave as leaveCut } from './recovered.ts';
import type { Scroller } from './timeline.ts';

export function onKey(panel: Panel, scroller: Scroller, event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || !(event.target instanceof Element)) return;
  const { target } = event;
  const took =
    leave(panel, event) ||
    (target.closest('[data-field=composer]') ? inComposer(panel, target, event) : toComposer(event)) ||
    (isTextField(target)
      ? fromSearch(target, event)
      : inDecision(panel, target, event) || inRows(panel, scroller, target, event));
  if (took) event.preventDefault();
}

export function focusDock(): boolean {
  return focus('[data-focus=dock]');
}

export function focusComposer(): boolean {
  return focus('[data-field=composer]');
}

/** Esc closes what is open; it never stops a run. */
function leave(panel: Panel, { key }: KeyboardEvent): boolean {
  if (key !== 'Escape') return false;
  if (closeMention(panel)) return true;
  if (panel.ui.menu) {
    panel.change((ui) => {
      ui.menu = null;
    });
  } else if (panel.ui.asking) {
    panel.change((ui) => {
      ui.asking = null;
    });
  } else if (panel.ui.dock.form !== 'buttons') panel.write({ form: 'buttons' });
  else if (panel.ui.place !== 'session') panel.leavePlace();
  else if (panel.ui.editing) {
    panel.cancelEdit();
    focusComposer();
  } else return false;
  return true;
}

function inComposer(panel: Panel, target: Element, event: KeyboardEvent): boolean {
  const field = target.closest('[data-field=composer]') ?? target;
  if (onMentionKey(panel, event)) return true;
  const command = event.ctrlKey || event.metaKey;
  if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
    if (command) panel.steer();
    else panel.send();
    return true;
  }
  if (event.key === 'ArrowUp') {
    if (!caretInFirstLine(field)) return false;
    if (command) return focusDock() || focusLastRow();
    return panel.ui.editing === null && panel.recall(1);
  }
  return event.key === 'ArrowDown' && !command && panel.ui.recalled > 0 && panel.recall(-1);
}

function toComposer({ key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  return key === 'ArrowDown' && (ctrlKey || metaKey) && focusComposer();
}

function fromSearch(target: Element, { key }: KeyboardEvent): boolean {
  return key === 'ArrowDown' && target.closest('[data-field=search]') !== null && focus('.list [data-nav]');
}

function inDecision(panel: Panel, target: Element, event: KeyboardEvent): boolean {
  const { asked, cut, held } = panel;
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const written = target.closest<HTMLElement>('[data-written], [data-review]');
  const inQuestion = target.closest('[data-dock], [data-asks], .steps') !== null;
  const known = written
    ? writtenLetters(panel, written.dataset['written'] ?? null)
    : !inQuestion
      ? {}
      : cut
        ? cutLetters(panel)
        : asked?.token
          ? letters(panel, asked)
          : held
            ? heldLetters(panel, held)
            : {};
  const act = known[`${event.shiftKey ? 'Shift+' : ''}${event.key.toUpperCase()}`];
  if (!act) return false;
  if (!event.repeat && (written || panel.grace.takesKey(performance.now()))) act();
  return true;
}

/** On changes that stand in files. `row`: the step whose card has focus; null: the bar, where no letter decides. */
function writtenLetters(panel: Panel, row: string | null): Letters {
  const { written } = panel.ui;
  const move = (by: 1 | -1) => (): void => panel.written.next(by);
  const step = panel.view.rows.find((one): one is StepRow => one.kind === 'step' && one.key === row);
  const file = step?.changes.find(({ hunks }) => hunks.some(({ id }) => id === written));
  const open = (): void => panel.post({ type: 'open_changes', ...(file ? { path: file.path } : {}) });
  const always = { J: move(1), K: move(-1), U: () => panel.undo(), O: open };
  // Letters mean the current change, and only in the card where it is.
  if (!step || !file || written === null || panel.written.now(step, written).can !== 'decide') return always;
  return {
    ...always,
    Y: () => panel.written.say([written], 'accept'),
    N: () => panel.written.say([written], 'reject'),
    E: () => panel.startAsking(written),
    'Shift+Y': () => panel.written.sayOfFile(step, file.path, 'accept'),
    'Shift+N': () => panel.written.sayOfFile(step, file.path, 'reject'),
  };
}

type Letters = Readonly<Partial<Record<string, () => void>>>;

function cutLetters(panel: Panel): Letters {
  return { Y: () => goOn(panel), N: () => leaveCut(panel) };
}

function letters(panel: Panel, asked: Asked): Letters {
  switch (asked.question.kind) {
    case 'plan':
      return {
        Y: () => answerPlan(panel, true),
        N: () => answerPlan(panel, false),
        E: () => changePlan(panel, asked),
        O: () => openPlan(panel, asked),
      };
    case 'command':
    case 'access': {
      const deny = (): void => panel.write({ form: 'deny' });
      // What is dangerous is run by its button alone.
      const isDangerous = asked.question.kind === 'command' && asked.question.tier === 'dangerous';
      return { ...(!isDangerous && { Y: () => allowOnce(panel) }), N: deny, E: deny };
    }
    case 'edits':
      return editLetters(panel, asked);
  }
}

function editLetters(panel: Panel, { call, step }: Asked): Letters {
  const { hunk } = panel.ui;
  const file = step.changes.find(({ hunks }) => hunks.some(({ id }) => id === hunk));
  const move = (by: 1 | -1) => (): void => {
    const open = openHunks(step);
    const at = hunk === null ? -1 : open.indexOf(hunk);
    panel.change((ui) => {
      ui.hunk = open[(at + by + open.length) % open.length] ?? null;
    });
    panel.revealHunk = true;
  };
  const decide = (verdict: 'accepted' | 'rejected') => (): void => {
    if (hunk !== null) panel.hunk(call, hunk, verdict);
    panel.revealHunk = true;
  };
  return {
    Y: decide('accepted'),
    N: decide('rejected'),
    E: () => {
      if (hunk !== null) panel.startAsking(hunk);
    },
    J: move(1),
    K: move(-1),
    O: () => panel.post({ type: 'open_review', call, ...(file ? { path: file.path } : {}) }),
    U: () => panel.undo(),
    'Shift+Y': () => {
      if (file) panel.file(step, file.path, 'accepted');
    },
    'Shift+N': () => {
      if (file) panel.file(step, file.path, 'rejected');
    },
  };
}

/** Arrows in the timeline and in lists. */
function inRows(panel: Panel, scroller: Scroller, target: Element, event: KeyboardEvent): boolean {
  const row = target.closest<HTMLElement>('[data-nav]');
  if (!row || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false;
  const rows = [...(row.closest('.log, .queue')?.querySelectorAll<HTMLElement>('[data-nav]') ?? [])];
  const at = rows.indexOf(row);
  const open = row.getAttribute('aria-expanded');
  switch (event.key) {
    case 'ArrowDown':
      rows[at + 1]?.focus();
      return at + 1 < rows.length;
    case 'ArrowUp':
      rows[at - 1]?.focus();
      return at > 0;
    case 'ArrowRight':
      if (open === 'false') row.click();
      return open === 'false';
    case 'ArrowLeft':
      if (open === 'true') row.click();
      return open === 'true';
    case 'Home':
    case 'End': {
      const last = event.key === 'End';
      if (!row.closest('[data-log]')) {
        rows.at(last ? -1 : 0)?.focus();
        return true;
      }
      const { items } = panel;
      scroller.reveal(last ? items.length - 1 : 0);
      if (last) scroller.toEnd();
      panel.focusRow = last ? 'last' : 'first';
      panel.change(() => undefined);
      return true;
    }
    default:
      return false;
  }
}

export function focusLastRow(): boolean {
  return focusAt(-1);
}

export function focusFirstRow(): boolean {
  return focusAt(0);
}

function focusAt(at: number): boolean {
  const row = [...document.querySelectorAll<HTMLElement>('.log [data-nav]')].at(at);
  row?.focus();
  return row !== undefined;
}

function focus(selector: string): boolean {
  const element = document.querySelector<HTMLElement>(selector);
  element?.focus();
  return element !== null;
}
