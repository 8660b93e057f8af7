/** One changed file: its head, its hunks, and what was said on each. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { FileChange, Hunk, StepRow } from '../src/protocol/view.ts';
import { fateOf, stateOfHunk } from '../src/protocol/queries.ts';
import { count, nameOf, problemWords } from '../src/protocol/words.ts';
import { exact } from './exact.ts';
import { guarded } from './grace.ts';
import { hunkBlock, shown } from './hunkBlock.ts';
import { iconButton } from './icon.ts';
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
  const now = new Map(file.hunks.map(({ id }) => [id, asks ? inQuestion(step, id) : panel.written.now(step, id)]));
  const waiting = file.hunks.filter(({ id }) => now.get(id)?.can === 'decide');
  const inFile = !asks && waiting.length > 0;
  const current = asks ? panel.ui.hunk : panel.ui.written;
  const tab = asks && !file.hunks.some(({ id }) => id === current) ? -1 : 0;
  // Tab comes to one change of each card: the current one, else its first that waits.
  const stop = file.hunks.some(({ id }) => id === current) ? current : asks ? null : (waiting[0]?.id ?? null);
  const all = (verdict: 'accepted' | 'rejected') =>
    asks
      ? guarded(panel, () => panel.file(step, file.path, verdict))
      : () => panel.written.sayOfFile(step, file.path, verdict === 'accepted' ? 'accept' : 'reject');
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
  const live = asks ? null : panel.written.fileNow(file.path);
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

/** Lines that the hunks above add to or take from the file. */
function offsetBefore(hunks: readonly Hunk[], at: number): number {
  return hunks.slice(0, at).reduce((sum, { added, removed }) => sum + added.length - removed.length, 0);
}
