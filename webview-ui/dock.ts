/** The one place where the run waits for a person: what is asked, exactly, and the answers to it. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Mode, Question } from '../src/protocol/view.ts';
import { tally } from '../src/protocol/queries.ts';
import { changePlanText, count, duration, modeWords, questionTitle } from '../src/protocol/words.ts';
import { guarded } from './grace.ts';
import { exact, withCode } from './exact.ts';
import { icon, iconButton } from './icon.ts';
import { menuButton, menuList, type Entry } from './menu.ts';
import type { Asked, Panel } from './panel.ts';
import { commentLines, draftOf, editedPlan, planLines } from './planDraft.ts';
import { heldDock } from './heldDock.ts';
import { recoveredDock } from './recovered.ts';

/** Above this many changes one looks at them in the editor rather than accepting all at once. */
const acceptAllMax = 10;

export function dock(panel: Panel): TemplateResult | typeof nothing {
  const { asked } = panel;
  if (panel.cut) return recoveredDock(panel, panel.cut);
  if (panel.held && (!asked || asked.token === null)) return heldDock(panel, panel.held);
  // A session that is paused or cut asks again when it goes on.
  if (!asked || panel.readOnly || (asked.token === null && !panel.alive)) return nothing;
  switch (asked.question.kind) {
    case 'plan':
      return frame(panel, asked, 'checklist', planDock(panel, asked));
    case 'edits':
      return frame(panel, asked, 'diff-multiple', editsDock(panel, asked));
    case 'command':
      return panel.ui.dock.form === 'deny'
        ? denyForm(panel, asked, 'terminal')
        : frame(panel, asked, 'terminal', commandDock(panel, asked, asked.question));
    case 'access':
      return panel.ui.dock.form === 'deny'
        ? denyForm(panel, asked, 'shield')
        : frame(panel, asked, 'shield', accessDock(panel, asked, asked.question));
  }
}

interface Parts {
  readonly body: TemplateResult | typeof nothing;
  readonly foot: TemplateResult;
}

function frame(
  panel: Panel,
  { question, step, at, of }: Asked,
  name: string,
  { body, foot }: Parts,
  heading?: string,
): TemplateResult {
  const { open, files } = tally(step);
  const title = heading ?? questionTitle(question, { hunks: open, files });
  return html`<section class="dock" role="region" aria-label="Needs you: ${title}" data-dock>
    <div class="h">
      ${icon(name, 'acc')}
      <h2 tabindex="-1" data-focus="dock">${title}</h2>
      ${
        of > 1
          ? html`<span class="small dim num">${at + 1} of ${of}</span
              >${iconButton('chevron-right', 'Next question', () => panel.nextQuestion())}`
          : nothing
      }
    </div>
    ${body === nothing ? nothing : html`<div class="b">${body}</div>`} ${waits(panel)}
    <div class="f">${foot}</div>
  </section>`;
}

/** How long nobody has answered, what then becomes of it, and what waits elsewhere. */
function waits(panel: Panel): TemplateResult | typeof nothing {
  const { asksElsewhere = 0, questionMs } = panel.app ?? {};
  const sinceMs = panel.view.turn?.waitingSinceMs ?? null;
  const waitedMs = sinceMs === null ? 0 : Math.max(0, panel.hostMs - sinceMs);
  const words =
    questionMs !== undefined
      ? `Denied by itself if nobody answers within ${duration(questionMs)}.`
      : waitedMs >= unansweredMs
        ? `Nobody answered for ${waitedWords(waitedMs)}. Still waiting, nothing is running.`
        : '';
  if (words === '' && asksElsewhere === 0) return nothing;
  return html`<p class="waits small dim">
    ${words}
    ${
      asksElsewhere === 0
        ? nothing
        : html`<button type="button" class="act" @click=${() => panel.showSessions()}>
            ${asksElsewhere} more ${asksElsewhere === 1 ? 'waits' : 'wait'} in other sessions
          </button>`
    }
  </p>`;
}

function waitedWords(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  return minutes < 60 ? count(minutes, 'minute') : duration(minutes * 60_000);
}

/** Before that it is nothing to speak of. */
const unansweredMs = 10 * 60_000;

function button(
  panel: Panel,
  asked: Asked,
  words: unknown,
  act: () => void,
  options: { primary?: boolean; key?: string; off?: boolean } = {},
): TemplateResult {
  return html`<button
    type="button"
    class="btn ${options.primary ? 'pri' : ''}"
    ?disabled=${asked.token === null || (options.off ?? false)}
    @click=${guarded(panel, act)}
  >
    ${words}${options.key ? html`<kbd class="key">${options.key}</kbd>` : nothing}
  </button>`;
}

/** Modes that a plan can go on in. */
const modesAfter: readonly Mode[] = ['ask', 'edit'];

/** A plan that was edited goes as edited, comments as words beside it. */
export function answerPlan(panel: Panel, go: boolean): void {
  const { question } = panel.asked ?? {};
  if (!go || question?.kind !== 'plan') {
    panel.answer({ action: 'deny', reason: '', stop: true });
    return;
  }
  const { after, plan: draft, comments } = panel.ui.dock;
  const plan = editedPlan(question.plan, draft);
  const note = commentLines(draft ?? draftOf(question.plan), comments).join('\n');
  panel.answer({ action: 'allow', mode: after, ...(plan && { plan }), ...(note !== '' && { note }) });
}

/** Comments on single steps, a general word and what was edited already become one request to change the plan. */
export function planChangeText(panel: Panel, { question }: Asked): string {
  if (question.kind !== 'plan') return '';
  const { comments, text, plan: draft } = panel.ui.dock;
  const edited = editedPlan(question.plan, draft);
  return [
    changePlanText,
    ...(edited ? ['I have edited it to:', ...planLines(edited)] : []),
    ...commentLines(draft ?? draftOf(question.plan), comments),
    ...(text.trim() === '' ? [] : [text.trim()]),
  ].join('\n');
}

/** The document is made of the proposal: what was edited here first is sent or undone here. */
export function openPlan(panel: Panel, { call, token, question }: Asked): void {
  if (token === null || question.kind !== 'plan' || editedPlan(question.plan, panel.ui.dock.plan)) return;
  panel.post({ type: 'open_plan', call, token });
}

function planDock(panel: Panel, asked: Asked): Parts {
  const { after, comments, form, plan: draft } = panel.ui.dock;
  if (form === 'change') return changeForm(panel, asked);
  const edited = asked.question.kind === 'plan' && editedPlan(asked.question.plan, draft) !== null;
  const aside = [
    edited ? 'Go starts with the plan as you edited it.' : '',
    comments.size > 0 ? `Go takes your ${count(comments.size, 'comment')} along.` : '',
  ].filter((part) => part !== '');
  const entries: readonly Entry[] = modesAfter.map((mode) => ({
    icon: modeIcons[mode],
    text: modeWords[mode].name,
    hint: modeWords[mode].hint,
    on: mode === after,
    pick: () => panel.write({ after: mode }),
  }));
  const change = comments.size === 0 ? 'Change…' : `Change with ${count(comments.size, 'comment')}`;
  return {
    body: html`<div class="flex wrap">
        <span class="dim">Mode after</span>
        ${menuButton(panel, 'after', entries, 'Mode in which it goes on', 'select', html`${modeWords[after].name} ${icon('chevron-down')}`)}
        ${
          edited
            ? nothing
            : html`<button
                type="button"
                class="act"
                ?disabled=${asked.token === null}
                @click=${guarded(panel, () => openPlan(panel, asked))}
              >
                Edit as a document<kbd class="key">O</kbd>
              </button>`
        }
      </div>
      ${menuList(panel, 'after', 'Mode after', entries, 'inset')}
      ${aside.length > 0 ? html`<p class="dim small">${aside.join(' ')}</p>` : nothing}`,
    foot: html`<div class="acts">
      ${button(panel, asked, 'Go', () => answerPlan(panel, true), { primary: true, key: 'Y' })}
      ${button(panel, asked, change, () => changePlan(panel, asked), { key: 'E' })}
      ${button(panel, asked, 'Cancel', () => answerPlan(panel, false), { key: 'N' })}
    </div>`,
  };
}

/** With comments they are sent; without, a person is asked what to change. */
export function changePlan(panel: Panel, asked: Asked): void {
  if (panel.ui.dock.comments.size === 0) panel.write({ form: 'change' });
  else panel.answer({ action: 'deny', reason: planChangeText(panel, asked) });
}

function changeForm(panel: Panel, asked: Asked): Parts {
  const send = (): void => {
    if (panel.ui.dock.text.trim() !== '') panel.answer({ action: 'deny', reason: planChangeText(panel, asked) });
  };
  return {
    body: reasonField(panel, 'What should change in the plan?', send),
    foot: html`<div class="acts">
      ${button(panel, asked, 'Ask for this change', send, { primary: true, key: 'Enter' })} ${back(panel)}
    </div>`,
  };
}

function editsDock(panel: Panel, asked: Asked): Parts {
  const { open, accepted, rejected, asked: wished, edited } = tally(asked.step);
  const said = [
    accepted > 0 ? `${accepted} accepted` : '',
    rejected > 0 ? `${rejected} rejected` : '',
    wished > 0 ? `${wished} asked for a change` : '',
    edited > 0 ? `${edited} changed by you` : '',
  ].filter((part) => part !== '');
  const many = open > acceptAllMax;
  const all = button(
    panel,
    asked,
    open === 1 ? 'Accept' : `Accept all ${open}`,
    () => panel.answer({ action: 'accept_rest' }),
    { primary: !many },
  );
  const none = button(panel, asked, open === 1 ? 'Reject' : 'Reject all', () =>
    panel.answer({ action: 'reject_rest' }),
  );
  const review = html`<button
    type="button"
    class="btn ${many ? 'pri' : ''}"
    @click=${() => panel.post({ type: 'open_review', call: asked.call })}
  >
    ${icon('diff-multiple')}Review in the editor
  </button>`;
  return {
    body: html`<p class="dim">
      Only what you accept is written. ${said.length > 0 ? html`So far: ${said.join(', ')}.` : nothing} It goes on when
      all are decided.
    </p>`,
    foot: html`<div class="acts">${many ? html`${review}${all}${none}` : html`${all}${none}${review}`}</div>
      <div class="keys hide-s">
        <span><kbd class="key">J</kbd> <kbd class="key">K</kbd> move</span><span><kbd class="key">Y</kbd> accept</span
        ><span><kbd class="key">N</kbd> reject</span><span><kbd class="key">E</kbd> ask</span
        ><span><kbd class="key">Shift</kbd>+<kbd class="key">Y</kbd> file</span
        ><span><kbd class="key">U</kbd> undo</span>
      </div>`,
  };
}

type Of<K extends Question['kind']> = Extract<Question, { kind: K }>;

function commandDock(panel: Panel, asked: Asked, question: Of<'command'>): Parts {
  const lines = question.line.split('\n').length;
  const unread = lines > scriptLinesShown && !panel.ui.dock.read;
  const scrolled = (event: Event): void => {
    const box = event.currentTarget as Element;
    if (unread && box.scrollTop + box.clientHeight >= box.scrollHeight - 2) panel.write({ read: true });
  };
  return {
    body: html`${
        unread || panel.ui.dock.read
          ? html`<pre class="cmd long" tabindex="0" aria-label="Command" @scroll=${scrolled}>
${exact(question.line)}</pre>`
          : html`<pre class="cmd">${exact(question.line)}</pre>`
      }
      ${unread ? html`<p class="small dim">${count(lines, 'line')}, scroll to the end to allow</p>` : nothing}
      <p>
        ${question.tier === 'dangerous' ? html`<span class="tag bad">dangerous</span> ` : nothing}${withCode(question.why)}
      </p>
      <dl class="kv">
        ${
          question.part === undefined || question.part === question.line.trim()
            ? nothing
            : html`<dt>It asks for</dt>
                <dd class="mono">${exact(question.part)}</dd>`
        }
        <dt>Folder</dt>
        <dd class="mono">${exact(question.cwd)}</dd>
        <dt>Time limit</dt>
        <dd>
          ${question.timeoutMs === null ? 'none: it goes on in the background when it takes long' : `${duration(question.timeoutMs)}, then it is stopped`}
        </dd>
      </dl>`,
    foot:
      question.tier === 'dangerous'
        ? dangerousButtons(panel, asked, unread)
        : allowButtons(panel, asked, question, unread),
  };
}

/** Lines of a script that are shown without scrolling. */
const scriptLinesShown = 12;

function accessDock(panel: Panel, asked: Asked, question: Of<'access'>): Parts {
  return {
    body: html`<ul class="parts" aria-label="What it wants to use">
        ${question.resources.map(
          ({ effect, target }) =>
            html`<li>
              <code>${exact(target)}</code><span class="tag ${effect === 'read' ? '' : 'warn'}">${effect}</span>
            </li>`,
        )}
      </ul>
      ${question.text === undefined ? nothing : html`<pre class="cmd" tabindex="0" aria-label="What it would keep">${exact(question.text)}</pre>`}
      <p>${withCode(question.why)}</p>
      <dl class="kv">
        <dt>Tool</dt>
        <dd class="mono">${exact(question.tool)}</dd>
      </dl>`,
    foot: allowButtons(panel, asked, question, false),
  };
}

/** The safe one first, no letter for the other, and no always: it is asked each time. */
function dangerousButtons(panel: Panel, asked: Asked, unread: boolean): TemplateResult {
  return html`<div class="acts">
    ${button(panel, asked, 'Deny…', () => panel.write({ form: 'deny' }), { key: 'N' })}
    ${button(panel, asked, 'Run it this once', () => allowOnce(panel), { off: unread })}
  </div>`;
}

function allowButtons(
  panel: Panel,
  asked: Asked,
  { always = [] }: Of<'command'> | Of<'access'>,
  unread: boolean,
): TemplateResult {
  return html`<div class="acts">
      ${button(panel, asked, 'Allow once', () => allowOnce(panel), { primary: true, key: 'Y', off: unread })}
      ${button(panel, asked, 'Deny…', () => panel.write({ form: 'deny' }), { key: 'N' })}
    </div>
    ${always.length === 0 ? nothing : alwaysButtons(panel, asked, always, unread)}`;
}

/** The narrowest first; a wider one says what it would have allowed too. */
function alwaysButtons(
  panel: Panel,
  asked: Asked,
  offers: NonNullable<Of<'command'>['always']>,
  unread: boolean,
): TemplateResult {
  const { reach } = panel.ui.dock;
  const entries: readonly Entry[] = reaches.map(({ name, words, hint, icon: sign }) => ({
    icon: sign,
    text: words,
    hint,
    on: name === reach,
    pick: () => panel.write({ reach: name }),
  }));
  const words = reaches.find(({ name }) => name === reach)?.words;
  return html`<div class="acts">
      <span class="dim">Always allow</span>
      ${offers.map(({ rule }, i) =>
        button(
          panel,
          asked,
          i === 0 && !reachOf(rule).isPlace
            ? 'exactly this'
            : html`<code>${exact(reachOf(rule).words)}</code>${reachOf(rule).isPlace ? '' : '…'}`,
          () => panel.answer({ action: 'allow', remember: reach, rule }),
          { off: unread },
        ),
      )}
      ${menuButton(panel, 'reach', entries, 'How far it is always allowed', 'select', html`${words} ${icon('chevron-down')}`)}
    </div>
    ${menuList(panel, 'reach', 'How far', entries, 'inset')}
    ${offers
      .slice(1)
      .filter(({ rule }) => !reachOf(rule).isPlace)
      .map(
        ({ rule, also }) =>
          html`<p class="small dim">
            <code>${exact(reachOf(rule).words)}</code>… is every line that begins so,
            ${
              also.length === 0
                ? 'none of this session so far.'
                : html`of this session also
                  ${also.map((line, i) => html`${i === 0 ? '' : ', '}<code>${exact(line)}</code>`)}.`
            }
          </p>`,
      )}`;
}

const reaches = [
  { name: 'session', icon: 'comment-discussion', words: 'in this session', hint: 'Gone with the session' },
  { name: 'workspace', icon: 'folder', words: 'in this workspace', hint: 'Kept in your own files, for this folder' },
  { name: 'everywhere', icon: 'globe', words: 'everywhere', hint: 'Kept in your own settings' },
] as const;

/** Of a rule such as `shell(prefix: npm test)` or `net(registry.example.com:443)`. */
function reachOf(rule: string): { readonly words: string; readonly isPlace: boolean } {
  const [, tool, words] = /^(shell|net)\((?:prefix: )?([^]*)\)$/.exec(rule) ?? [];
  return { words: words ?? rule, isPlace: tool === 'net' };
}

export function allowOnce(panel: Panel): void {
  const { asked } = panel;
  const long = asked?.question.kind === 'command' && asked.question.line.split('\n').length > scriptLinesShown;
  if (!long || panel.ui.dock.read) panel.answer({ action: 'allow' });
}

function denyForm(panel: Panel, asked: Asked, name: string): TemplateResult {
  const deny = (stop: boolean) => (): void => {
    panel.answer({ action: 'deny', reason: panel.ui.dock.text.trim(), ...(stop ? { stop: true } : {}) });
  };
  const { question } = asked;
  const told = panel.ui.dock.text.trim() !== '';
  return frame(
    panel,
    asked,
    name,
    {
      body: html`${question.kind === 'command' ? html`<pre class="cmd">${exact(question.line)}</pre>` : nothing}
        ${reasonField(panel, 'Why, or what to do instead', deny(false))}
        <p class="small dim">The agent reads this and goes on.</p>`,
      foot: html`<div class="acts">
        ${button(panel, asked, told ? 'Deny and tell' : 'Deny', deny(false), { primary: true, key: 'Enter' })}
        ${button(panel, asked, 'Deny and stop', deny(true))} ${back(panel)}
      </div>`,
    },
    'Deny: what should it do instead?',
  );
}

function back(panel: Panel): TemplateResult {
  return html`<button
    type="button"
    class="btn"
    @click=${() => {
      panel.decided = true;
      panel.write({ form: 'buttons' });
    }}
  >
    Back<kbd class="key">Esc</kbd>
  </button>`;
}

function reasonField(panel: Panel, label: string, enter: () => void): TemplateResult {
  return html`<textarea
    class="area"
    data-focus="reason"
    rows="2"
    aria-label=${label}
    placeholder=${label}
    .value=${panel.ui.dock.text}
    @input=${(event: Event) => panel.write({ text: (event.currentTarget as HTMLTextAreaElement).value })}
    @keydown=${(event: KeyboardEvent) => {
      if (event.isComposing) return;
      if (event.key === 'Enter' && !event.shiftKey) {
        event.preventDefault();
        enter();
      } else if (event.key === 'Escape') {
        event.stopPropagation();
        panel.decided = true;
        panel.write({ form: 'buttons' });
      }
    }}
  ></textarea>`;
}

export const modeIcons: Readonly<Record<Mode, string>> = {
  plan: 'list-ordered',
  ask: 'shield',
  edit: 'edit',
  auto: 'rocket',
};
