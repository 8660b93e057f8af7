/** One changed file: its head, its hunks, and what was said on each. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { FileChange, Hunk, StepRow } from '../src/protocol/view.ts';
import { count } from '../src/protocol/words.ts';
import { exact } from './exact.ts';
import { icon, iconButton } from './icon.ts';
import type { Panel } from './panel.ts';

/** A file with more changed lines than this shows its head until a person wants more. */
const linesShownMax = 200;
/** More files than this are heads only at first. */
export const filesOpenMax = 10;

/** `decidable`: this window can answer for the step's question. */
export function diffCard(panel: Panel, step: StepRow, file: FileChange, decidable: boolean): TemplateResult {
  const name = file.path.slice(file.path.lastIndexOf('/') + 1);
  const folder = file.path.slice(0, Math.max(0, file.path.length - name.length - 1));
  const lines = file.hunks.reduce((n, hunk) => n + shown(hunk.removed).length + shown(hunk.added).length, 0);
  const key = `file:${step.key}:${file.path}`;
  const atFirst = lines <= linesShownMax && step.changes.length <= filesOpenMax;
  const open = panel.isOpen(key, atFirst);
  const undecided = file.hunks.some(({ id }) => !step.verdicts.has(id));
  const tab = file.hunks.some(({ id }) => id === panel.ui.hunk) || !decidable ? 0 : -1;
  return html`<article class="card" aria-label="${name}, ${count(file.hunks.length, 'change')}">
    <div class="fh">
      ${iconButton(open ? 'chevron-down' : 'chevron-right', open ? `Fold ${name}` : `Unfold ${name}`, () => panel.toggle(key, atFirst), { tabindex: tab })}
      <span class="n cut" title=${file.path}>${exact(name)}</span>
      <span class="dir" title=${folder}><bdi>${folder}</bdi></span>
      <span class="st">${stat([file])}</span>
      ${
        decidable && undecided
          ? html`${iconButton(
              'check',
              `Accept all of ${name} (Shift+Y)`,
              guarded(panel, () => panel.file(step, file.path, 'accepted')),
              { tabindex: tab },
            )}
            ${iconButton(
              'discard',
              `Reject all of ${name} (Shift+N)`,
              guarded(panel, () => panel.file(step, file.path, 'rejected')),
              { tabindex: tab },
            )}`
          : nothing
      }
      ${iconButton('go-to-file', decidable ? 'Review in the editor (O)' : `Open ${name}`, () => open_(panel, step, file, decidable), { tabindex: tab, tone: 'hide-s' })}
    </div>
    ${
      open
        ? file.hunks.map((hunk, at) => hunkBlock(panel, step, file, hunk, offsetBefore(file.hunks, at), decidable))
        : lines > linesShownMax
          ? html`<div class="hunk">
              <div class="hh">
                <button type="button" class="act" tabindex=${tab} @click=${() => panel.toggle(key, false)}>
                  Show ${count(lines, 'line')}
                </button>
              </div>
            </div>`
          : nothing
    }
  </article>`;
}

/** `+24 −6`; a file that did not exist is new. */
export function stat(files: readonly FileChange[]): TemplateResult {
  let added = 0;
  let removed = 0;
  for (const { hunks } of files) {
    for (const hunk of hunks) {
      added += shown(hunk.added).length;
      removed += shown(hunk.removed).length;
    }
  }
  const isNew = files.length > 0 && files.every(({ beforeHash }) => beforeHash === null);
  return html`${isNew ? html`<span class="dim">new</span> ` : nothing}${
    added > 0 ? html`<span class="add">+${added}</span> ` : nothing
  }${removed > 0 ? html`<span class="del">−${removed}</span>` : nothing}`;
}

function open_(panel: Panel, step: StepRow, file: FileChange, decidable: boolean): void {
  if (decidable) panel.post({ type: 'open_review', call: step.call, path: file.path });
  else panel.post({ type: 'open_file', path: file.path, line: Math.max(1, file.hunks[0]?.startLine ?? 1) });
}

function hunkBlock(
  panel: Panel,
  step: StepRow,
  file: FileChange,
  hunk: Hunk,
  offset: number,
  decidable: boolean,
): TemplateResult {
  const word = step.verdicts.get(hunk.id);
  const place = `Line ${hunk.startLine + offset}${hunk.where ? `, ${hunk.where}` : ''}`;
  if (word && decidable) return decided(panel, step, hunk, place, word.verdict, word.reason);
  const current = decidable && panel.ui.hunk === hunk.id;
  const tab = current ? 0 : -1;
  const asking = decidable && panel.ui.asking === hunk.id;
  const key = (letter: string) => (current ? html`<kbd class="key">${letter}</kbd>` : nothing);
  const act = (letter: string, words: string, name: string, run: () => void) =>
    html`<button type="button" class="act" tabindex=${tab} aria-label="${name}, ${place}" @click=${guarded(panel, run)}>
      ${words}${key(letter)}
    </button>`;
  return html`<div
    class="hunk ${current ? 'cur' : ''}"
    data-hunk=${hunk.id}
    tabindex=${current ? 0 : nothing}
    role="group"
    aria-label="${place}${current ? ', current change' : ''}"
    @click=${() => {
      if (decidable && !current)
        panel.change((ui) => {
          ui.hunk = hunk.id;
        });
    }}
  >
    <div class="hh">
      <span class="where cut" title=${place}>${place}${decidable ? nothing : said(step, hunk)}</span>
      ${
        decidable
          ? html`${act('Y', 'Accept', 'Accept', () => panel.hunk(step.call, hunk.id, 'accepted'))}
            ${act('N', 'Reject', 'Reject', () => panel.hunk(step.call, hunk.id, 'rejected'))}
            ${act('E', 'Ask…', 'Ask for a change', () =>
              panel.change((ui) => {
                ui.hunk = hunk.id;
                ui.asking = hunk.id;
              }),
            )}`
          : nothing
      }
    </div>
    ${lines(hunk, offset, file)} ${asking ? askForm(panel, step, hunk) : nothing}
  </div>`;
}

const verdictWords = {
  accepted: 'accepted',
  rejected: 'rejected',
  asked: 'asked for a change',
  proposed: 'open',
} as const;
const verdictIcons = {
  accepted: ['check', 'ok'],
  rejected: ['discard', 'dim'],
  asked: ['comment', 'dim'],
  proposed: ['circle-large-outline', 'dim'],
} as const;

/** A decided hunk is one line until the whole question is answered. */
function decided(
  panel: Panel,
  step: StepRow,
  hunk: Hunk,
  place: string,
  verdict: keyof typeof verdictWords,
  reason: string,
): TemplateResult {
  const [name, tone] = verdictIcons[verdict];
  return html`<div class="hunk" data-hunk=${hunk.id}>
    <div class="hh">
      ${icon(name, tone)}
      <span class="where cut" title=${reason}>${place}: ${verdictWords[verdict]}${reason ? `: ${reason}` : ''}</span>
      <button
        type="button"
        class="act"
        aria-label="Undo, ${place}"
        @click=${guarded(panel, () => panel.hunk(step.call, hunk.id, 'proposed'))}
      >
        Undo
      </button>
    </div>
  </div>`;
}

function said(step: StepRow, hunk: Hunk): string {
  const word = step.verdicts.get(hunk.id);
  if (!word) return '';
  return `: ${verdictWords[word.verdict]}${word.reason ? `: ${word.reason}` : ''}`;
}

function askForm(panel: Panel, step: StepRow, hunk: Hunk): TemplateResult {
  const send = (form: Element): void => {
    const field = form.querySelector('textarea');
    const reason = field?.value.trim() ?? '';
    if (reason !== '') panel.hunk(step.call, hunk.id, 'asked', reason);
  };
  const close = (): void => {
    panel.decided = true;
    panel.change((ui) => {
      ui.asking = null;
    });
  };
  const key = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send(event.currentTarget as Element);
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
      send(event.currentTarget as Element);
    }}
  >
    <textarea
      class="area"
      data-focus="ask"
      rows="1"
      aria-label="What should be different here?"
      placeholder="What should be different here?"
    ></textarea>
    <div class="acts">
      <button type="submit" class="btn pri">Ask for this change<kbd class="key">Enter</kbd></button>
      <button type="button" class="btn" @click=${close}>Close<kbd class="key">Esc</kbd></button>
    </div>
  </form>`;
}

/** Old numbers are not shown: what a person opens is the new text. */
function lines(hunk: Hunk, offset: number, file: FileChange): TemplateResult {
  const removed = shown(hunk.removed);
  const added = shown(hunk.added);
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
