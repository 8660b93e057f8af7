/** Where a person writes: the line of now above it, context chips, the text, mode, model, stop and send. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Attachment, Mode } from '../src/protocol/view.ts';
import { clock, count, effortWord, elapsed, modeWords, phaseWords } from '../src/protocol/words.ts';
import { textArea } from './controls.ts';
import { modeIcons } from './dock.ts';
import { isFull } from '../src/protocol/queue.ts';
import { icon, iconButton } from './icon.ts';
import { follow, mentionList, mentionSaid, readersFollow, startMention } from './mention.ts';
import { menuButton, menuList, type Entry } from './menu.ts';
import type { Panel } from './panel.ts';
import { outcomeMark } from './report.ts';

export function lineOfNow(panel: Panel): TemplateResult {
  const { phase, view, practice, readOnly } = panel;
  const { turn } = view;
  const aside = practice ? 'Practice model: recorded replies' : '';
  if (panel.damaged || view.closed) {
    const [name, words, more] = panel.damaged
      ? ['warning', 'Damaged', 'it can only be read, up to the damage']
      : ['check', 'Closed', 'a message opens it again'];
    return html`<div class="now" role="status">
      ${icon(name, 'dim')}<b>${words}</b><span class="cut">${more}</span>
    </div>`;
  }
  if (phase.kind === 'idle' || !turn) {
    return html`<div class="now" role="status">
      ${practice ? icon('play-circle', 'acc') : icon('shield', 'dim')}<b
        >${practice ? 'Practice model' : 'Each command asks'}</b
      ><span class="cut">${practice ? 'recorded replies, no cost' : 'nothing is run before you allow it'}</span>
    </div>`;
  }
  const rests = phase.kind === 'paused' || phase.kind === 'interrupted';
  const untilMs = turn.waitingSinceMs ?? (rests ? view.workedAtMs : panel.hostMs);
  const workedMs = untilMs - turn.startedAtMs - turn.waitedMs;
  const steps = turn.step > 0 ? `step ${turn.step}` : '';
  const numbers =
    phase.kind === 'ended'
      ? count(Math.max(1, turn.step), 'step')
      : [steps, elapsed(workedMs)].filter((part) => part !== '').join(' · ');
  return html`<div class="now" role="status">
    ${phaseIcon(panel)}<b>${readOnly ? 'Runs in another window' : phaseWords(phase)}</b>${aside ? html`<span class="cut">${aside}</span>` : nothing}<span
      class="grow"
    ></span
    ><span class="num" aria-hidden="true">${numbers}</span>
  </div>`;
}

function phaseIcon({ phase }: Panel): TemplateResult {
  switch (phase.kind) {
    case 'idle':
      return icon('circle-large-outline', 'dim');
    case 'waiting':
      return icon('bell-dot', 'acc');
    case 'retry':
      return icon(phase.retry.untilMs === null ? 'debug-disconnect' : 'clock', 'warn');
    case 'working':
      return icon('loading codicon-modifier-spin', 'dim');
    case 'pausing':
      return icon('loading codicon-modifier-spin', 'dim');
    case 'paused':
    case 'interrupted':
      return icon('debug-pause');
    case 'ended': {
      const { name, tone } = outcomeMark(phase.outcome);
      return icon(name, tone || 'dim');
    }
  }
}

/** There is no submit button: the toolkit's field would click it at every Enter, with Shift too. */
export function composer(panel: Panel): TemplateResult {
  const { ui, sending, running, canResume, canSteer } = panel;
  const modes = modeEntries(panel);
  const models = modelEntries(panel);
  const model = panel.practice
    ? 'Practice model'
    : (panel.app?.models.find(({ id }) => id === panel.model)?.name ?? panel.model ?? 'No model');
  const empty = ui.draft.trim() === '';
  const off = sending === null || empty;
  const title = sendTitle(panel);
  return html`${menuList(panel, 'mode', 'Mode', modes)} ${menuList(panel, 'model', 'Model', models)}
    ${mentionList(panel)} ${lineOfNow(panel)}
    <form class="composer" aria-label="Message" @submit=${(event: Event) => event.preventDefault()}>
      <div class="box">
        ${editingLine(panel)}
        ${
          ui.attachments.length + ui.attaching.length > 0 && ui.editing?.kind !== 'message'
            ? html`<div class="chips">
                ${ui.attachments.map((attachment, at) =>
                  chip(attachment, () =>
                    panel.change((state) => {
                      state.attachments = state.attachments.filter((_, other) => other !== at);
                    }),
                  ),
                )}
                ${ui.attaching.map((id) => html`<span class="chip dim" role="status">${icon('loading codicon-modifier-spin')}<span class="cut">${nameInId(id)}</span></span>`)}
              </div>`
            : nothing
        }
        ${textArea({
          label: 'Message to Journeyman',
          placeholder: placeholder(panel),
          value: ui.draft,
          disabled: panel.readOnly,
          onInput: (draft) =>
            panel.change((state) => {
              state.draft = draft;
              state.recalled = 0;
              state.sendWhenAttached = null;
            }),
          onCaret: (draft, caret) => follow(panel, draft, caret),
        })}
        <span class="sr" role="status">${readersFollow ? '' : mentionSaid(panel)}</span>
        <div class="bar">
          ${menuButton(panel, 'mode', modes, `Permission mode: ${modeWords[panel.mode].hint}`, 'tb', html`${icon(modeIcons[panel.mode])}<span>${modeWords[panel.mode].name}</span>${icon('chevron-down')}`)}
          ${noSandboxMark(panel)}
          ${menuButton(panel, 'model', models, `Model: ${model}`, 'tb shrink', html`<span class="cut">${model}</span>${icon('chevron-down')}`)}
          <span class="sp"></span>
          ${iconButton('mention', 'Add context (@)', () => startMention(panel), { disabled: panel.readOnly || ui.editing?.kind === 'message' })}
          ${
            canResume
              ? iconButton('debug-continue', 'Resume (Shift+Alt+P)', () => panel.post({ type: 'resume' }))
              : running
                ? iconButton('debug-pause', 'Pause after this step (Shift+Alt+P)', () => panel.post({ type: 'pause' }))
                : nothing
          }
          ${
            running || panel.phase.kind === 'paused'
              ? iconButton('debug-stop', 'Stop now (Shift+Alt+S)', () => panel.post({ type: 'stop' }))
              : nothing
          }
          ${
            canSteer && ui.editing === null
              ? iconButton('debug-step-over', 'Steer: give it at the next step (Ctrl+Enter)', () => panel.steer(), {
                  disabled: empty,
                })
              : nothing
          }
          <button
            type="button"
            class="ib send ${off ? 'off' : ''}"
            title=${title}
            aria-label=${title}
            ?disabled=${off}
            @click=${() => panel.send()}
          >
            ${icon('send')}
          </button>
        </div>
      </div>
    </form>`;
}

/** What the words in the field are for, when they are not a new message. */
function editingLine(panel: Panel): TemplateResult | typeof nothing {
  const { editing } = panel.ui;
  if (!editing) return nothing;
  const words =
    editing.kind === 'turn'
      ? `Editing your message of ${clock(editing.saidAtMs)}: what came after leaves the conversation; files stay`
      : 'Editing a message that waits';
  return html`<div class="editing" role="status">
    ${icon('edit', 'acc')}<span class="grow">${words}</span
    >${iconButton('close', 'Do not edit it (Esc)', () => panel.cancelEdit())}
  </div>`;
}

function sendTitle({ sending, running, ui, view }: Panel): string {
  switch (sending) {
    case 'instead':
      return 'Say this instead (Enter)';
    case 'queue':
      return 'Queue for after this turn (Enter)';
    case 'edit':
      return ui.editing?.kind === 'turn' ? 'Say it anew (Enter)' : 'Save (Enter)';
    case 'send':
      return 'Send (Enter)';
    case null:
      if (running && ui.editing) return 'It works now: pause or stop it first';
      return isFull(view.queue) ? `${view.queue.length} messages wait already` : 'Send (Enter)';
  }
}

function placeholder({ app, running, asked, session, phase, readOnly, damaged, cut }: Panel): string {
  if (damaged) return 'This session is damaged and can only be read';
  if (readOnly) return 'This session runs in another window';
  if (app?.folder === 'none') return 'Open a folder to work in';
  if (app?.provider === 'none') return 'Choose a model first';
  if (cut || (running && asked)) return 'Or say what to do instead';
  if (running || phase.kind === 'paused') return 'Enter queues, Ctrl+Enter steers now';
  return session === null || phase.kind === 'idle' ? 'Describe a task. @ adds context, / commands' : 'Go on from here';
}

/** `file:src/export/upload.ts` → `upload.ts` */
function nameInId(id: string): string {
  return id.slice(Math.max(id.lastIndexOf(':'), id.lastIndexOf('/')) + 1);
}

const attachmentIcons: Readonly<Record<Attachment['kind'], string>> = {
  file: 'file-code',
  selection: 'file-code',
  symbol: 'symbol-method',
  problem: 'warning',
  change: 'diff',
  diff: 'git-compare',
};

export function chip({ kind, label }: Attachment, drop?: () => void): TemplateResult {
  return html`<span class="chip"
    >${icon(attachmentIcons[kind])}<span class="cut" title=${label}>${label}</span>${
      drop
        ? html`<button type="button" class="drop" title="Remove ${label}" aria-label="Remove ${label}" @click=${drop}>
            ${icon('close')}
          </button>`
        : nothing
    }</span
  >`;
}

function noSandboxMark({ app }: Panel): TemplateResult | typeof nothing {
  const why = app?.noSandbox ?? null;
  if (why === null) return nothing;
  const words = `No sandbox: nothing holds the commands that run here. ${why.replace(/^./, (first) => first.toUpperCase())}`;
  return html`<span class="dim" role="img" title=${words} aria-label=${words}>${icon('unlock')}</span>`;
}

function modeEntries(panel: Panel): readonly Entry[] {
  const offered = (Object.keys(modeWords) as Mode[]).filter((mode) => mode !== 'auto' || panel.app?.noSandbox === null);
  return offered.map((mode) => ({
    icon: modeIcons[mode],
    text: modeWords[mode].name,
    hint: modeWords[mode].hint,
    on: mode === panel.mode,
    pick: () => panel.post({ type: 'set', mode }),
  }));
}

function modelEntries(panel: Panel): readonly Entry[] {
  const { app } = panel;
  const models = (app?.models ?? []).map(({ id, name, windowTokens }) => ({
    icon: app?.provider === 'practice' ? 'play-circle' : 'server',
    text: name,
    ...(windowTokens === null ? {} : { note: `${Math.round(windowTokens / 1000)}k` }),
    on: id === panel.model,
    pick: () => panel.post({ type: 'set', model: id }),
  }));
  const own = panel.session === null ? null : panel.view.effort;
  const effort = own ?? app?.effort ?? null;
  const levels = app?.models.find(({ id }) => id === panel.model)?.efforts ?? [];
  const thinks = (levels.length === 0 ? [] : [null, ...levels]).map((level) => ({
    icon: 'lightbulb',
    text: `Effort: ${effortWord(level)}`,
    on: level === effort,
    pick: () => panel.post({ type: 'set', effort: level }),
  }));
  const run = (name: string, text: string, what: 'practice' | 'set_key' | 'set_endpoint' | 'editor_model'): Entry => ({
    icon: name,
    text,
    pick: () => panel.post({ type: 'run', what }),
  });
  return [
    ...models,
    ...thinks,
    ...(app?.provider === 'practice' ? [] : [run('play-circle', 'Practice model', 'practice')]),
    run('key', 'Your API key…', 'set_key'),
    run('vm', 'A model of this editor…', 'editor_model'),
    run('server', 'A local endpoint…', 'set_endpoint'),
  ];
}
