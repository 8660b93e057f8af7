/** What a turn came to: said only as far as it was seen, with the checks and the changes behind it. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { unsafeHTML } from 'lit-html/directives/unsafe-html.js';
import type { Intent } from '../src/protocol/messages.ts';
import type { ChangedFile, ErrorCode, Evidence, Outcome, ReportRow } from '../src/protocol/view.ts';
import {
  clock,
  count,
  cutRequestWords,
  duration,
  errorTitle,
  goOnText,
  nameOf,
  outcomeTitle,
  pathFrom,
  runTestsText,
  spent,
} from '../src/protocol/words.ts';
import { exact } from './exact.ts';
import { icon, sign } from './icon.ts';
import type { Panel } from './panel.ts';
import { forkButton, path as place } from './row.ts';

const tones = { done: 'ok', unverified: 'warn', partial: 'warn', failed: 'bad', cancelled: '' } as const;
const marks = {
  done: 'pass-filled',
  unverified: 'circle-large-outline',
  partial: 'circle-slash',
  failed: 'error',
  cancelled: 'circle-slash',
} as const;

export function outcomeKind(outcome: Outcome): keyof typeof tones {
  return outcome.kind === 'done' && !outcome.verified ? 'unverified' : outcome.kind;
}

export function outcomeMark(outcome: Outcome): { readonly name: string; readonly tone: string } {
  const kind = outcomeKind(outcome);
  return { name: marks[kind], tone: tones[kind] };
}

export function report(
  panel: Panel,
  row: ReportRow,
  markdown: (text: string) => string,
  isLast: boolean,
): TemplateResult {
  const { outcome, ms, costUsd, changed, cutRequests } = row;
  const { name, tone } = outcomeMark(outcome);
  const price = costUsd === null || costUsd === 0 ? '' : ` · ${spent(costUsd, cutRequests)}`;
  const text = summary(outcome);
  const evidence = outcome.kind === 'done' || outcome.kind === 'partial' ? outcome.evidence : [];
  return html`<section class="note report ${tone}" aria-label=${outcomeTitle(outcome)}>
    <div class="row rh">
      ${icon(name, tone)}
      <h2>${outcomeTitle(outcome)}</h2>
      <span class="m"
        ><span title=${cutRequestWords(cutRequests) || nothing}>${duration(ms)}${price}</span
        >${forkButton(panel, row.turn)}</span
      >
    </div>
    ${text === '' ? nothing : html`<div class="t">${unsafeHTML(markdown(text))}</div>`} ${why(outcome)}
    ${outcome.kind === 'partial' ? doneAndLeft(outcome.done, outcome.left) : nothing}
    ${
      evidence.length > 0
        ? html`<h3 class="sec">
              Evidence<span class="grow"
                >${row.lastEditAtMs === null ? nothing : `last edit at ${clockTime(row.lastEditAtMs)}`}</span
              >
            </h3>
            <ul>
              ${evidence.map((each) => evidenceRow(each, row.lastEditAtMs))}
            </ul>`
        : nothing
    }
    ${changed.length > 0 ? changes(panel, row, isLast) : nothing} ${isLast ? buttons(panel, row) : nothing}
  </section>`;
}

function summary(outcome: Outcome): string {
  if (outcome.kind === 'done' || outcome.kind === 'partial') return outcome.summary;
  return '';
}

function why(outcome: Outcome): TemplateResult | typeof nothing {
  switch (outcome.kind) {
    case 'done':
      return nothing;
    case 'partial':
      return html`<div class="t"><p>${errorTitle(outcome.why)}: ${outcome.message}</p></div>`;
    case 'failed':
      return html`<div class="t">
        <p class="em">${errorTitle(outcome.code)}</p>
        <p>${outcome.message}</p>
      </div>`;
    case 'cancelled':
      return html`<div class="t"><p>What was done before is kept and shown above.</p></div>`;
  }
}

function doneAndLeft(done: readonly string[], left: readonly string[]): TemplateResult {
  const list = (title: string, texts: readonly string[], mark: TemplateResult, tone: string) =>
    texts.length === 0
      ? nothing
      : html`<h3 class="sec">${title}</h3>
          <ol>
            ${texts.map((text) => html`<li class="row top">${mark}<span class=${tone}>${text}</span><span class="m"></span></li>`)}
          </ol>`;
  return html`${list('Done', done, sign('pass-filled', 'ok', 'done'), 'dim')}
  ${list('Left', left, sign('circle-large-outline', 'dim', 'to do'), '')}`;
}

/** A check is its command line and, after the last colon, how it ended. */
function evidenceRow({ text, atMs, passed, stale }: Evidence, lastEditAtMs: number | null): TemplateResult {
  const colon = text.lastIndexOf(': ');
  const [check, end] =
    colon < 0 ? [text, passed ? 'passed' : 'not passed'] : [text.slice(0, colon), text.slice(colon + 2)];
  const mark = stale
    ? sign('history', 'warn', 'older than the last edit')
    : passed
      ? sign('pass-filled', 'ok', 'passed')
      : sign('error', 'bad', 'not passed');
  const when =
    stale && lastEditAtMs !== null
      ? `${clockTime(atMs)}, before the last edit at ${clockTime(lastEditAtMs)}`
      : `at ${clockTime(atMs)}`;
  return html`<li class="row top two-line">
    ${mark}<span class="mono-line"
      ><span class="mono">${exact(check)}</span><br /><span class="dim small">${when}</span></span
    ><span class="m">${end}</span>
  </li>`;
}

/** Of the last report each file says what waits there for a word. */
function changes(panel: Panel, row: ReportRow, isLast: boolean): TemplateResult {
  const key = `changes:${row.key}`;
  const open = panel.isOpen(key);
  const added = row.changed.reduce((n, file) => n + file.added, 0);
  const removed = row.changed.reduce((n, file) => n + file.removed, 0);
  const waits = ({ path }: ChangedFile): number => (isLast ? (panel.written.toReview.byFile.get(path) ?? 0) : 0);
  const all = row.changed.reduce((n, file) => n + waits(file), 0);
  return html`<h3 class="sec">Changes</h3>
    <button type="button" class="row" aria-expanded=${open} @click=${() => panel.toggle(key)}>
      ${icon('diff-multiple', 'dim')}<span class="w"
        ><span class="v">Changed ${count(row.changed.length, 'file')}</span
        >${all > 0 ? nothing : html`<span class="small num nowrap">${difference(added, removed)}</span>`}</span
      ><span class="m">${all > 0 ? `${all} to review` : nothing}${icon(open ? 'chevron-down' : 'chevron-right')}</span>
    </button>
    ${
      open ? html`<div class="kids">${row.changed.map((file) => changedRow(panel, file, waits(file)))}</div>` : nothing
    }`;
}

function changedRow(panel: Panel, file: ChangedFile, waits: number): TemplateResult {
  const { path, added, removed, isNew, fate } = file;
  const to = fate?.kind === 'moved' ? fate.to : null;
  const open = (): void =>
    panel.post(waits > 0 ? { type: 'open_changes', path } : { type: 'open_file', path: to ?? path });
  const size = fate ? fate.kind : html`${isNew ? 'new ' : nothing}${difference(added, removed)}`;
  const numbers = [...(waits > 0 ? [`${waits} to review`] : []), size];
  return html`<button type="button" class="row" ?disabled=${fate?.kind === 'deleted' && waits === 0} @click=${open}>
    ${icon(fileIcon(file), 'dim')}<span class="w"
      >${
        to === null
          ? place(path)
          : html`<span class="obj" title="${path} to ${to}">${nameOf(path)} to ${pathFrom(path, to)}</span>`
      }</span
    ><span class="m">${numbers.map((number, at) => html`<span class=${at > 0 ? 'tok' : ''}>${number}</span>`)}</span>
  </button>`;
}

function fileIcon({ isNew, fate }: ChangedFile): string {
  if (fate) return fate.kind === 'deleted' ? 'diff-removed' : 'diff-renamed';
  return isNew ? 'diff-added' : 'file-code';
}

export function difference(added: number, removed: number): TemplateResult {
  return html`${added > 0 ? html`<span class="add">+${added}</span> ` : nothing}${
    removed > 0 ? html`<span class="del">−${removed}</span>` : nothing
  }`;
}

/** What one can do next; only under the last report, and only while nothing runs. */
function buttons(panel: Panel, row: ReportRow): TemplateResult | typeof nothing {
  if (panel.sending !== 'send') return nothing;
  const waits = panel.written.toReview.hunks.length;
  const review: Offer = [`Review ${count(waits, 'change')}`, { type: 'open_changes' }];
  const offered = [...(waits > 0 && !panel.readOnly ? [review] : []), ...offers(row.outcome)];
  // The oldest point of the turn takes back all that it did.
  const point = panel.points.findLast(({ turn, isRestore }) => turn === row.turn && !isRestore);
  if (offered.length === 0 && !point) return nothing;
  return html`<div class="acts">
    ${offered.map(
      ([label, intent], at) =>
        html`<button type="button" class="btn ${at === 0 ? 'pri' : ''}" @click=${() => panel.post(intent)}>
          ${label}
        </button>`,
    )}
    ${
      point
        ? html`<button type="button" class="btn" @click=${() => panel.showRestore(point.checkpoint)}>
            Restore to before…
          </button>`
        : nothing
    }
  </div>`;
}

function offers(outcome: Outcome): readonly Offer[] {
  const say = (text: string): Intent => ({ type: 'send', text, attachments: [] });
  switch (outcome.kind) {
    case 'done':
      return outcome.verified ? [] : [['Run the tests now', say(runTestsText)]];
    case 'cancelled':
      return [];
    case 'partial':
      return afterFailure(outcome.why, ['Go on', say(goOnText)]);
    case 'failed':
      return afterFailure(outcome.code, ['Go on', say(goOnText)]);
  }
}

type Offer = readonly [label: string, intent: Intent];

function afterFailure(code: ErrorCode, goOn: Offer): readonly Offer[] {
  const otherModel: Offer = ['Choose another model…', { type: 'run', what: 'choose_model' }];
  switch (code) {
    case 'unauthorized':
      return [['Set a new key…', { type: 'run', what: 'set_key' }], otherModel, goOn];
    case 'unavailable':
    case 'overloaded':
    case 'rate_limited':
    case 'refused':
    case 'rejected_request':
    case 'context_overflow':
      return [goOn, otherModel];
    default:
      return [goOn];
  }
}

/** To the second: a check and an edit may be of the same minute. */
function clockTime(atMs: number): string {
  return clock(atMs, true);
}
