/** One change in a card: where it is, its lines, what can be said of it, and what was. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import type { FileChange, Hunk, HunkState, StepRow } from '../src/protocol/view.ts';
import { hunkWords } from '../src/protocol/words.ts';
import { exact } from './exact.ts';
import { guarded } from './grace.ts';
import { icon } from './icon.ts';
import type { Panel } from './panel.ts';
import type { HunkNow } from './written.ts';

export interface Place {
  readonly offset: number;
  readonly now: HunkNow;
  readonly asks: boolean;
  readonly isCurrent: boolean;
  readonly tab: number;
}

export function hunkBlock(panel: Panel, step: StepRow, file: FileChange, hunk: Hunk, at: Place): TemplateResult {
  const { now, asks, isCurrent, tab } = at;
  const { id } = hunk;
  const offset = now.line === null ? at.offset : now.line - hunk.startLine;
  // What took its place stands somewhere of its own.
  const place = now.state === 'superseded' ? (hunk.where ?? 'A change') : placeOf(file, hunk, offset);
  const form = panel.ui.asking === id && (now.can !== null || asks) ? askForm(panel, step, hunk, asks) : nothing;
  if (now.can === 'undo' || now.can === 'see') return settled(panel, step, file, hunk, place, at, form);
  const decidable = now.can === 'decide';
  const current = decidable && isCurrent;
  const guard = (act: () => void) => (asks ? guarded(panel, act) : act);
  const decide = (verdict: 'accepted' | 'rejected') =>
    guard(() => {
      if (asks) panel.hunk(step.call, id, verdict);
      else panel.written.say([id], verdict === 'accepted' ? 'accept' : 'reject');
    });
  const choose = (): void =>
    panel.change((ui) => {
      if (asks) ui.hunk = id;
      else ui.written = id;
    });
  const key = (letter: string) => (current ? html`<kbd class="key">${letter}</kbd>` : nothing);
  const act = (letter: string, words: string, name: string, run: (event: Event) => void) =>
    html`<button type="button" class="act" tabindex=${tab} aria-label="${name}, ${place}" @click=${run}>
      ${words}${key(letter)}
    </button>`;
  return html`<div
    class="hunk ${current ? 'cur' : ''}"
    data-hunk=${id}
    tabindex=${decidable ? tab : nothing}
    role="group"
    aria-label="${place}${current ? ', current change' : ''}"
    @click=${({ target }: Event) => {
      // A click on a button has its own meaning, and may have gone on to the next change.
      if (decidable && !current && !(target as Element).closest('button, form')) choose();
    }}
    @focusin=${() => {
      if (decidable && !asks && !current) choose();
    }}
  >
    <div class="hh">
      <span class="where cut" title=${place}>${place}${decidable ? nothing : said(now)}</span>
      ${
        decidable
          ? html`${act('Y', 'Accept', 'Accept', decide('accepted'))} ${act('N', 'Reject', 'Reject', decide('rejected'))}
            ${act(
              'E',
              'Ask…',
              'Ask for a change',
              guard(() => {
                choose();
                panel.startAsking(id);
              }),
            )}`
          : nothing
      }
    </div>
    ${decidable && now.state === 'asked' ? wish(panel, id, place, now.reason) : nothing} ${lines(hunk, offset, file)}
    ${form}
  </div>`;
}

function placeOf({ fate }: FileChange, { startLine, where }: Hunk, offset: number): string {
  if (fate?.kind === 'deleted') return 'The whole file';
  if (fate?.kind === 'moved') return 'The move';
  return `Line ${startLine + offset}${where ? `, ${where}` : ''}`;
}

/** What the person asked for in a change that stands in the file: it stays open until the agent has made something of it. */
function wish(panel: Panel, id: string, place: string, reason: string): TemplateResult {
  return html`<div class="hh wish">
    ${icon('comment', 'dim')}<span class="where" title=${reason}>You asked: ${reason}</span>
    <button type="button" class="act" aria-label="Undo, ${place}" @click=${() => panel.written.say([id], 'reopen')}>
      Undo
    </button>
  </div>`;
}

const stateIcons: Readonly<Record<HunkState, readonly [name: string, tone: string]>> = {
  proposed: ['circle-large-outline', 'dim'],
  applied: ['circle-large-outline', 'dim'],
  asked: ['comment', 'dim'],
  accepted: ['check', 'ok'],
  rejected: ['discard', 'dim'],
  edited: ['person', 'dim'],
  superseded: ['archive', 'dim'],
};

/** A change that has its word is one line, as long as the word can be taken back or the place be shown. */
function settled(
  panel: Panel,
  step: StepRow,
  file: FileChange,
  { id, startLine }: Hunk,
  place: string,
  { now, asks }: Place,
  form: unknown,
): TemplateResult {
  const [name, tone] = stateIcons[now.state];
  const line = now.line ?? startLine;
  const undo = (): void => (asks ? panel.hunk(step.call, id, 'proposed') : panel.written.say([id], 'reopen'));
  return html`<div class="hunk" data-hunk=${id}>
    <div class="hh">
      ${icon(name, tone)}
      <span class="where cut" title="${hunkWords[now.state]}${now.reason ? `: ${now.reason}` : ''}"
        >${place}${said(now)}</span
      >
      ${
        now.can === 'undo'
          ? html`<button
              type="button"
              class="act"
              aria-label="Undo, ${place}"
              @click=${asks ? guarded(panel, undo) : undo}
            >
              Undo
            </button>`
          : now.state === 'edited'
            ? html`<button
                type="button"
                class="act"
                aria-label="Show, ${place}"
                @click=${() => panel.post({ type: 'open_file', path: file.path, line: Math.max(1, line) })}
              >
                Show
              </button>`
            : nothing
      }
    </div>
    ${form}
  </div>`;
}

function said({ state, reason }: HunkNow): string {
  if (state === 'proposed') return '';
  return `: ${hunkWords[state]}${reason ? `: ${reason}` : ''}`;
}

function askForm(panel: Panel, step: StepRow, { id }: Hunk, asks: boolean): TemplateResult {
  const send = (): void => {
    const words = panel.ui.askText.trim();
    if (words === '') return;
    if (asks) panel.hunk(step.call, id, 'asked', words);
    else panel.written.ask(id, words);
  };
  const close = (): void => {
    panel.decided = true;
    panel.change((ui) => {
      ui.asking = null;
      ui.askText = '';
    });
  };
  const key = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey && event.target instanceof HTMLTextAreaElement) {
      event.preventDefault();
      send();
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      close();
    }
  };
  return html`<form
    class="ask"
    @keydown=${key}
    @submit=${(event: Event) => {
      event.preventDefault();
      send();
    }}
  >
    <textarea
      class="area"
      data-focus="ask"
      rows="1"
      aria-label="What should be different here?"
      placeholder="What should be different here?"
      .value=${live(panel.ui.askText)}
      @input=${(event: Event) => {
        panel.ui.askText = (event.currentTarget as HTMLTextAreaElement).value;
      }}
    ></textarea>
    <div class="acts">
      <button type="submit" class="btn pri">Ask for this change<kbd class="key">Enter</kbd></button>
      <button type="button" class="btn" @click=${close}>Close<kbd class="key">Esc</kbd></button>
    </div>
  </form>`;
}

/** Old numbers are not shown: what a person opens is the new text. */
function lines(hunk: Hunk, offset: number, file: FileChange): TemplateResult | typeof nothing {
  const removed = shown(hunk.removed);
  const added = shown(hunk.added);
  if (file.fate?.kind === 'moved') return nothing;
  // A carriage return is part of its line, and seen only where the line ends are what changes.
  const ends = removed.map(bare).join('\n') === added.map(bare).join('\n');
  const text = (line: string) => exact(ends ? line : bare(line));
  let number = hunk.startLine + offset - hunk.before.length;
  const row = (kind: '' | 'p' | 'r', line: string) => html`<div class=${kind} role="row"><i role="cell">${kind === 'r' ? '' : number++}</i><u role="cell">${kind === '' ? '' : html`<span aria-hidden="true">${kind === 'p' ? '+' : '−'}</span><span class="sr">${kind === 'p' ? 'added' : 'removed'}</span>`}</u><span role="cell">${text(line)}</span></div>`; // prettier-ignore
  return html`<div class="diff" role="table" aria-label="Changed lines of ${file.path}">
    ${hunk.before.map((line) => row('', line))}${removed.map((line) => row('r', line))}${added.map((line) =>
      row('p', line),
    )}${shown(hunk.after).map((line) => row('', line))}
  </div>`;
}

/** The empty piece after a final newline is no line to a reader. */
export function shown(all: readonly string[]): readonly string[] {
  return all.length > 0 && all.at(-1) === '' ? all.slice(0, -1) : all;
}

function bare(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
