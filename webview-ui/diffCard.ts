/** One changed file: its head, its hunks, and what was said on each. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import type { FileChange, Hunk, HunkState, StepRow } from '../src/protocol/view.ts';
import { fateOf, stateOfHunk } from '../src/protocol/queries.ts';
import { count, hunkWords, nameOf, problemWords } from '../src/protocol/words.ts';
import { exact } from './exact.ts';
import { icon, iconButton } from './icon.ts';
import { fileKey, type Panel } from './panel.ts';
import type { HunkNow } from './written.ts';

/** A file with more changed lines than this shows its head until a person wants more. */
const linesShownMax = 200;
/** More files than this are heads only at first. */
export const filesOpenMax = 10;

/** `asks`: the file is of the question in the dock, and this window can answer it. Else its changes may stand in the file already. */
export function diffCard(panel: Panel, step: StepRow, file: FileChange, asks: boolean): TemplateResult {
  const name = nameOf(file.path);
  const folder = file.path.slice(0, Math.max(0, file.path.length - name.length - 1));
  const size = file.hunks.reduce((n, hunk) => n + shown(hunk.removed).length + shown(hunk.added).length, 0);
  const key = fileKey(step, file.path);
  const atFirst = size <= linesShownMax && step.changes.length <= filesOpenMax;
  const open = panel.isOpen(key, atFirst);
  const now = new Map(file.hunks.map(({ id }) => [id, asks ? inQuestion(step, id) : panel.hunkNow(step, id)]));
  const waiting = file.hunks.filter(({ id }) => now.get(id)?.can === 'decide');
  const inFile = !asks && waiting.length > 0;
  const current = asks ? panel.ui.hunk : panel.ui.written;
  const tab = asks && !file.hunks.some(({ id }) => id === current) ? -1 : 0;
  // Tab comes to one change of each card: the current one, else its first that waits.
  const stop = file.hunks.some(({ id }) => id === current) ? current : asks ? null : (waiting[0]?.id ?? null);
  const all = (verdict: 'accepted' | 'rejected') =>
    asks
      ? guarded(panel, () => panel.file(step, file.path, verdict))
      : () => panel.reviewFile(step, file.path, verdict === 'accepted' ? 'accept' : 'reject');
  return html`<article
    class="card"
    aria-label="${name}, ${count(file.hunks.length, 'change')}"
    data-asks=${asks ? '' : nothing}
    data-written=${inFile ? step.key : nothing}
  >
    <div class="fh">
      ${iconButton(open ? 'chevron-down' : 'chevron-right', open ? `Fold ${name}` : `Unfold ${name}`, () => panel.toggle(key, atFirst), { tabindex: tab })}
      <span class="n cut" title=${file.path}>${exact(name)}</span>
      <span class="dir" title=${folder}><bdi>${folder}</bdi></span>
      <span class="st">${stat([file])}</span>
      ${
        waiting.length > 0
          ? html`${iconButton('check', `Accept all of ${name} (Shift+Y)`, all('accepted'), { tabindex: tab })}
            ${iconButton('discard', `Reject all of ${name} (Shift+N)`, all('rejected'), { tabindex: tab })}`
          : nothing
      }
      ${
        file.fate?.kind === 'deleted' && !asks && !inFile
          ? nothing
          : iconButton(
              'go-to-file',
              asks || inFile ? 'Review in the editor (O)' : `Open ${name}`,
              () => openFile(panel, step, file, asks, inFile),
              { tabindex: tab, tone: 'hide-s' },
            )
      }
    </div>
    ${tags(panel, file, asks)}
    ${
      open
        ? file.hunks.map((hunk, at) =>
            hunkBlock(panel, step, file, hunk, {
              offset: offsetBefore(file.hunks, at),
              now: now.get(hunk.id) ?? inQuestion(step, hunk.id),
              asks,
              isCurrent: hunk.id === current,
              tab: hunk.id === stop ? 0 : -1,
            }),
          )
        : size > linesShownMax
          ? html`<div class="hunk">
              <div class="hh">
                <button type="button" class="act" tabindex=${tab} @click=${() => panel.toggle(key, false)}>
                  Show ${count(size, 'line')}
                </button>
              </div>
            </div>`
          : nothing
    }
  </article>`;
}

function inQuestion(step: StepRow, id: string): HunkNow {
  const state = stateOfHunk(step, id);
  const can = state === 'proposed' ? 'decide' : state === 'edited' ? 'see' : 'undo';
  return { state, reason: step.hunks.get(id)?.reason ?? '', line: null, can };
}

/** What is to be known of a file before a word on it. */
function tags(panel: Panel, file: FileChange, asks: boolean): TemplateResult | typeof nothing {
  const live = asks ? null : panel.fileNow(file.path);
  const { errors, warnings } = live?.problems ?? { errors: 0, warnings: 0 };
  const to = file.fate?.kind === 'moved' ? file.fate.to : null;
  if (to === null && !live?.outsidePlan && errors + warnings === 0) return nothing;
  return html`<div class="fh tags">
    ${to === null ? nothing : html`<span class="small">Moved to ${exact(to)}</span>`}
    ${live?.outsidePlan ? html`<span class="tag warn">Not in the plan</span>` : nothing}
    ${errors > 0 ? html`<span class="tag bad">${problemWords({ errors, warnings: 0 })}</span>` : nothing}
    ${warnings > 0 ? html`<span class="tag warn">${problemWords({ errors: 0, warnings })}</span>` : nothing}
  </div>`;
}

/** `+24 −6`, and where the file itself comes or goes. */
export function stat(files: readonly FileChange[]): TemplateResult {
  let added = 0;
  let removed = 0;
  for (const { hunks } of files) {
    for (const hunk of hunks) {
      added += shown(hunk.added).length;
      removed += shown(hunk.removed).length;
    }
  }
  const word = fileWord(files);
  return html`${word ? html`<span class="dim">${word}</span> ` : nothing}${
    added > 0 ? html`<span class="add">+${added}</span> ` : nothing
  }${removed > 0 ? html`<span class="del">−${removed}</span>` : nothing}`;
}

function fileWord(files: readonly FileChange[]): string {
  if (files.length > 0 && files.every(({ beforeHash, fate }) => beforeHash === null && !fate)) return 'new';
  return fateOf(files) ?? '';
}

function openFile(panel: Panel, step: StepRow, file: FileChange, asks: boolean, inFile: boolean): void {
  if (asks) panel.post({ type: 'open_review', call: step.call, path: file.path });
  else if (inFile) panel.post({ type: 'open_changes', path: file.path });
  else {
    const path = file.fate?.kind === 'moved' ? file.fate.to : file.path;
    panel.post({ type: 'open_file', path, line: Math.max(1, file.hunks[0]?.startLine ?? 1) });
  }
}

interface Place {
  readonly offset: number;
  readonly now: HunkNow;
  readonly asks: boolean;
  readonly isCurrent: boolean;
  readonly tab: number;
}

function hunkBlock(panel: Panel, step: StepRow, file: FileChange, hunk: Hunk, at: Place): TemplateResult {
  const { now, asks, isCurrent, tab } = at;
  const { id } = hunk;
  const offset = now.line === null ? at.offset : now.line - hunk.startLine;
  const place = placeOf(file, hunk, offset);
  const form = panel.ui.asking === id && (now.can !== null || asks) ? askForm(panel, step, hunk, asks) : nothing;
  if (now.can === 'undo' || now.can === 'see') return settled(panel, step, file, hunk, place, at, form);
  const decidable = now.can === 'decide';
  const current = decidable && isCurrent;
  const guard = (act: () => void) => (asks ? guarded(panel, act) : act);
  const decide = (verdict: 'accepted' | 'rejected') =>
    guard(() => {
      if (asks) panel.hunk(step.call, id, verdict);
      else panel.review([id], verdict === 'accepted' ? 'accept' : 'reject');
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
    @click=${() => {
      if (decidable && !current) choose();
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
    <button type="button" class="act" aria-label="Undo, ${place}" @click=${() => panel.review([id], 'reopen')}>
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
  const undo = (): void => (asks ? panel.hunk(step.call, id, 'proposed') : panel.review([id], 'reopen'));
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
    else panel.askChange(id, words);
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
function shown(all: readonly string[]): readonly string[] {
  return all.length > 0 && all.at(-1) === '' ? all.slice(0, -1) : all;
}

function bare(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/** Lines that the hunks above add to or take from the file. */
function offsetBefore(hunks: readonly Hunk[], at: number): number {
  return hunks.slice(0, at).reduce((sum, { added, removed }) => sum + added.length - removed.length, 0);
}

/** A click that began before the question came does not count. */
export function guarded(panel: Panel, act: () => void): (event: Event) => void {
  return (event) => {
    const now = performance.now();
    // A click without a pointer is a key on a focused button.
    const byKey = event instanceof MouseEvent && event.detail === 0;
    if (byKey ? panel.grace.takesKey(now) : panel.grace.takesClick(now)) act();
  };
}
