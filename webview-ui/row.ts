/** The rows of the timeline that are one line until opened: steps, groups, thoughts, ended turns, hairline facts. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { CheckpointId, ReportRow, RuleRow, StepRow, ThoughtRow } from '../src/protocol/view.ts';
import {
  bytes,
  clock,
  count,
  duration,
  elapsed,
  groupTitle,
  modeWords,
  nameOf,
  pathFrom,
  outcomeTitle,
  ruleWords,
  sentence,
  spent,
  stepVerb,
} from '../src/protocol/words.ts';
import { fateOf, planOf, tally } from '../src/protocol/queries.ts';
import { diffCard, stat } from './diffCard.ts';
import { exact } from './exact.ts';
import { icon, iconButton } from './icon.ts';
import type { Panel } from './panel.ts';
import { planList } from './planLine.ts';

export interface RowFrame {
  readonly key: string;
  /** Tab comes to this row. */
  readonly tab: boolean;
  readonly open: boolean;
  /** Open unless a person closed it. */
  readonly atFirst: boolean;
}

const icons: Readonly<Record<StepRow['what'], string>> = {
  read: 'book',
  list: 'folder',
  search: 'search',
  edit: 'edit',
  command: 'terminal',
  background: 'server-process',
  plan: 'checklist',
  other: 'plug',
};

export function stepRow(panel: Panel, step: StepRow, frame: RowFrame, spins: boolean): TemplateResult {
  const ends = numbers(panel, step);
  return html`${line(panel, frame, stepIcon(panel, step, spins), html`<span class="w">${subject(step, verb(panel, step))}</span>`, ends)}
  ${frame.open ? body(panel, step) : nothing}`;
}

export function groupRow(panel: Panel, steps: readonly StepRow[], frame: RowFrame): TemplateResult {
  const failed = steps.filter(({ state }) => state === 'failed').length;
  const ms = steps.reduce((sum, step) => sum + (step.ms ?? 0), 0);
  return line(
    panel,
    frame,
    icon('list-tree', failed > 0 ? 'bad' : 'dim'),
    html`<span class="w"><span class="v">${groupTitle(steps)}</span></span>`,
    [failed > 0 ? `${failed} failed` : '', duration(ms)],
  );
}

export function turnRow(panel: Panel, report: ReportRow, frame: RowFrame): TemplateResult {
  return line(
    panel,
    frame,
    icon('list-tree', 'dim'),
    html`<span class="w"><span class="v">${count(report.steps, 'step')}</span></span>`,
    [duration(report.ms)],
  );
}

export function thoughtRow(
  panel: Panel,
  { text }: Pick<ThoughtRow, 'text'>,
  frame: RowFrame,
  verbWord = 'Thought',
): TemplateResult {
  return html`${line(panel, frame, icon('lightbulb', 'dim'), html`<span class="w"><span class="v">${verbWord}</span></span>`, [])}
  ${frame.open ? html`<div class="body thought">${text}</div>` : nothing}`;
}

const ruleIcons: Readonly<Record<RuleRow['fact']['kind'], string>> = {
  mode: 'shield',
  model: 'server',
  effort: 'lightbulb',
  routed: 'server',
  allowed: 'check-all',
  retried: 'clock',
  closed: 'debug-disconnect',
  command: 'server-process',
  checkpoint: 'history',
  paused: 'debug-pause',
  more: 'dashboard',
  reopened: 'debug-disconnect',
  restored: 'discard',
  rewound: 'edit',
  forked: 'repo-forked',
  imported: 'cloud-download',
  room: 'archive',
  instructions: 'note',
  problems: 'warning',
};

export function ruleRow(panel: Panel, { fact, atMs }: RuleRow): TemplateResult {
  const words = ruleWords(fact, atMs);
  switch (fact.kind) {
    case 'allowed':
      return rule('check-all', html`Allowed in this session: <code>${exact(fact.what)}</code>`);
    case 'checkpoint':
      return rule(ruleIcons.checkpoint, words, restoreLink(panel, 'Restore…', fact.checkpoint, fact.atMs));
    case 'restored':
      return rule(ruleIcons.restored, words, restoreLink(panel, 'Undo…', fact.as, atMs));
    case 'forked': {
      const from = panel.sessions?.find(({ id }) => id === fact.from);
      if (!from) return rule(ruleIcons.forked, words);
      const open = (): void => panel.post({ type: 'open_session', id: fact.from });
      return rule(
        ruleIcons.forked,
        `Forked from “${from.title}”`,
        html`<button type="button" class="link" @click=${open}>Open it</button>`,
      );
    }
    case 'room':
      if (fact.text === '') return rule(ruleIcons.room, words);
      return html`${rule(ruleIcons.room, words)}
        <details class="stays">
          <summary>What stays</summary>
          <div class="body thought">${fact.text}</div>
        </details>`;
    case 'problems': {
      const some = fact.files.some(({ errors, warnings }) => errors + warnings > 0);
      return rule(some ? ruleIcons.problems : 'pass', words);
    }
    default:
      return rule(ruleIcons[fact.kind], words);
  }
}

function restoreLink(
  panel: Panel,
  words: string,
  checkpoint: CheckpointId,
  atMs: number,
): TemplateResult | typeof nothing {
  if (panel.readOnly) return nothing;
  return html`<button
    type="button"
    class="link"
    aria-label="${words} ${clock(atMs)}"
    @click=${() => panel.showRestore(checkpoint)}
  >
    ${words}
  </button>`;
}

/** The end of a turn that only answered. */
export function endRow(panel: Panel, { outcome, ms, costUsd, cutRequests, turn }: ReportRow): TemplateResult {
  const price = costUsd === null || costUsd === 0 ? '' : ` · ${spent(costUsd, cutRequests)}`;
  return rule('pass-filled', `${outcomeTitle(outcome)}, ${duration(ms)}${price}`, forkButton(panel, turn));
}

export function forkButton(panel: Panel, turn: number): TemplateResult {
  return iconButton('repo-forked', 'Fork from here: a new session with all up to this', () =>
    panel.post({ type: 'fork', turn }),
  );
}

function rule(name: string, text: unknown, link: unknown = nothing): TemplateResult {
  return html`<div class="rule">${icon(name, 'dim')}<span class="fact">${text}</span>${link}</div>`;
}

function line(
  panel: Panel,
  { key, tab, open, atFirst }: RowFrame,
  mark: TemplateResult,
  subjectPart: TemplateResult,
  ends: readonly string[],
): TemplateResult {
  const [first = '', ...rest] = ends.filter((end) => end !== '');
  return html`<button
    type="button"
    class="row"
    data-nav=${key}
    tabindex=${tab ? 0 : -1}
    aria-expanded=${open}
    @click=${() => panel.toggle(key, atFirst)}
  >
    ${mark} ${subjectPart}
    <span class="m"
      >${first ? html`<span>${first}</span>` : nothing}${rest.map((end) => html`<span class="tok">${end}</span>`)}${icon(
        open ? 'chevron-down' : 'chevron-right',
      )}</span
    >
  </button>`;
}

function stepIcon(panel: Panel, step: StepRow, spins: boolean): TemplateResult {
  const name = step.what === 'edit' ? editIcon(step) : icons[step.what];
  switch (live(panel, step)) {
    case 'running':
      return spins ? icon('loading codicon-modifier-spin', 'dim') : icon(name, 'dim');
    case 'asks':
      return icon(name, 'acc');
    case 'failed':
      return icon(name, 'bad');
    case 'denied':
      return icon('circle-slash', 'dim');
    case 'behind':
      return icon('server-process', 'dim');
    case 'unseen':
      return icon(name, 'warn');
    case 'will':
    case 'done':
    case 'stopped':
      return icon(name, 'dim');
  }
}

/** What runs while nobody works on the session has an end that was not seen. */
function live(panel: Panel, step: StepRow): StepRow['state'] {
  if (panel.phase.kind !== 'interrupted') return step.state;
  if (step.state === 'running') return 'unseen';
  return step.state === 'will' ? 'stopped' : step.state;
}

function verb(panel: Panel, step: StepRow): string {
  const state = live(panel, step);
  return stepVerb(state === step.state ? step : { ...step, state });
}

/** Verb and object; a path shows its name first, then its folder. */
export function subject(step: StepRow, verbWord: string): TemplateResult {
  const said = html`<span class="v">${verbWord}</span>`;
  switch (step.what) {
    case 'command':
      return html`${said} <span class="obj mono">${exact(step.object.replaceAll('\n', ' ⏎ '))}</span>`;
    case 'search':
      return html`${said} <span class="obj">“${exact(step.object)}”</span>${
          step.detail?.kind === 'search'
            ? html`<span class="dim small nowrap hide-s"
                >${count(step.detail.matches, 'match', 'matches')} in ${count(step.detail.files, 'file')}</span
              >`
            : nothing
        }`;
    case 'plan': {
      const plan = planOf(step);
      return html`${said} ${plan ? html`<span class="obj">${count(plan.items.length, 'step')}</span>` : nothing}`;
    }
    case 'edit': {
      const [first] = step.changes;
      const to = step.changes.length === 1 && first?.fate?.kind === 'moved' ? first.fate.to : null;
      return html`${said}
        <span class="obj" title=${step.object}
          >${exact(nameOf(step.object))}${to === null ? nothing : html` to ${exact(pathFrom(step.object, to))}`}</span
        >${
          step.changes.length > 0 && fateOf(step.changes) === null
            ? html`<span class="small num nowrap hide-s">${stat(step.changes)}</span>`
            : nothing
        }`;
    }
    case 'read':
    case 'list':
      return html`${said} ${path(step.object)}`;
    case 'background':
    case 'other':
      return html`${said} <span class="obj mono">${exact(step.object)}</span>`;
  }
}

export function path(whole: string): TemplateResult {
  const trimmed = whole.replace(/\/$/, '');
  const at = trimmed.lastIndexOf('/');
  const folder = trimmed.slice(0, Math.max(0, at));
  return html`<span class="obj" title=${whole}>${exact(trimmed.slice(at + 1) || whole)}</span>${
      folder === '' ? nothing : html`<span class="dir" title=${folder}><bdi>${folder}</bdi></span>`
    }`;
}

function numbers(panel: Panel, step: StepRow): readonly string[] {
  const took = step.ms === null ? '' : duration(step.ms);
  switch (live(panel, step)) {
    case 'will':
      return ['waits'];
    case 'asks':
      return [step.question?.kind === 'edits' && panel.asked?.call !== step.call ? 'waits' : 'waits for you'];
    case 'running': {
      const ms = panel.hostMs - (step.startedAtMs ?? panel.hostMs);
      return [ms >= 1000 ? elapsed(ms) : ''];
    }
    case 'done':
      if (step.what === 'edit') return [verdict(panel, step)];
      return step.what === 'plan' ? [size(step)] : [took, size(step)];
    case 'failed':
      if (step.detail?.kind === 'command') {
        return [
          step.detail.timedOut
            ? 'time limit reached'
            : step.detail.exitCode === null
              ? 'killed'
              : `exit code ${step.detail.exitCode}`,
          took,
        ];
      }
      return ['failed'];
    case 'denied':
      return [step.decision?.action === 'deny' && step.decision.reason !== '' ? 'told why' : ''];
    case 'behind':
      return [step.detail?.kind === 'command' ? (step.detail.background?.id ?? '') : ''];
    case 'unseen':
      return ['end not seen'];
    case 'stopped':
      return [step.ms === null ? 'did not start' : took];
  }
}

function size(step: StepRow): string {
  const { detail } = step;
  switch (detail?.kind) {
    case 'read':
      return count(detail.lines, 'line');
    case 'list':
      return count(detail.entries, 'entry', 'entries');
    case 'plan':
      return `${planOf(step)?.items.filter(({ state }) => state === 'done').length ?? 0} done`;
    default:
      return '';
  }
}

/** What waits for a word comes first; said of all is said once. */
function verdict(panel: Panel, step: StepRow): string {
  if (step.hunks.size === 0) return 'applied';
  const { open, accepted, rejected, asked, edited, superseded } = tally(
    step,
    (id) => panel.written.now(step, id).state,
  );
  const written = [...step.hunks.values()].some((hunk) => hunk.written);
  const waits = written && step.question === null ? open + asked : open; // of what was only proposed, nothing waits
  if (waits > 0) return `${waits} to review`;
  if (rejected + asked + edited + superseded === 0) return 'accepted';
  return [
    accepted > 0 ? `${accepted} accepted` : '',
    rejected > 0 ? `${rejected} rejected` : '',
    asked > 0 ? `${asked} asked` : '',
    edited > 0 ? `${edited} changed by you` : '',
    superseded > 0 ? `${superseded} replaced` : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function editIcon({ changes }: StepRow): string {
  const fate = fateOf(changes);
  if (fate) return fate === 'deleted' ? 'diff-removed' : 'diff-renamed';
  return changes.length > 0 && changes.every(({ beforeHash }) => beforeHash === null) ? 'diff-added' : icons.edit;
}

function body(panel: Panel, step: StepRow): TemplateResult {
  const output = step.result === '' ? panel.view.live.output.get(step.call) : step.result;
  return html`${step.what === 'edit' ? step.changes.map((file) => diffCard(panel, step, file, false)) : nothing}
    <div class="body">
      ${decisionLine(step)}
      ${step.what === 'command' && isCut(step.object) ? html`<pre class="cmd">${exact(step.object)}</pre>` : nothing}
      ${planBody(step)}
      ${
        step.what !== 'plan' && (step.what !== 'edit' || step.state !== 'done') && output !== undefined && output !== ''
          ? html`<div class="out" tabindex="0" aria-label="Output">${exact(output)}${foot(step)}</div>`
          : nothing
      }
      ${
        step.detail?.kind === 'command' && step.detail.whole
          ? html`<button type="button" class="act" @click=${() => panel.post({ type: 'show_output', call: step.call })}>
              Open whole output
            </button>`
          : nothing
      }
      ${
        step.state === 'behind'
          ? html`<button type="button" class="act" @click=${() => panel.showCommands()}>Background commands</button>`
          : nothing
      }
      ${
        step.what === 'read' && step.object !== ''
          ? html`<button type="button" class="act" @click=${() => panel.post({ type: 'open_file', path: step.object })}>
              Open file
            </button>`
          : nothing
      }
    </div>`;
}

function planBody(step: StepRow): TemplateResult | typeof nothing {
  const plan = step.what === 'plan' ? planOf(step) : null;
  return plan ? html`<div class="inset">${planList(plan, false, true)}</div>` : nothing;
}

/** The row's one line may not hold it. */
function isCut(line: string): boolean {
  return line.length > 36 || line.includes('\n');
}

function foot({ detail }: StepRow): TemplateResult | typeof nothing {
  if (detail?.kind !== 'command') return nothing;
  return html`<div class="foot">${count(detail.outputLines, 'line')}, ${bytes(detail.outputBytes)}</div>`;
}

/** Who allowed or denied it, in one sentence. */
function decisionLine({ decision }: StepRow): TemplateResult | typeof nothing {
  if (!decision) return nothing;
  const allowed = decision.action === 'allow';
  const { by } = decision;
  if (by.kind === 'mode' && allowed) return nothing;
  const who =
    by.kind === 'user'
      ? 'by you'
      : by.kind === 'rule'
        ? `by the rule ${by.rule}`
        : by.kind === 'hook'
          ? `by the hook ${by.hook}`
          : by.kind === 'mode'
            ? `in the mode ${modeWords[by.mode].name}`
            : 'since nobody was there to ask';
  const what = allowed
    ? decision.remember
      ? decision.keep === 'everywhere'
        ? 'Allowed everywhere from now on'
        : decision.keep === 'workspace'
          ? 'Allowed in this workspace from now on'
          : 'Allowed for this session'
      : by.kind === 'user'
        ? decision.plan
          ? 'Allowed as edited'
          : 'Allowed once'
        : 'Allowed'
    : 'Denied';
  const more = allowed ? (decision.note ?? '') : decision.reason;
  return html`<p class="small dim">${sentence(what)} ${who}${more ? `: ${more}` : '.'}</p>`;
}
