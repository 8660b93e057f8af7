/** The docks of a run that is paused for what it may use, or for going in circles: what is known, and how it goes on. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { limitsNow, spentNow } from '../src/protocol/budget.ts';
import { addedAtFirst, amountWords, usedOf, type Held, type Reached } from '../src/protocol/view.ts';
import { cost, tokens } from '../src/protocol/words.ts';
import { exact, withCode } from './exact.ts';
import { guarded } from './grace.ts';
import { icon } from './icon.ts';
import type { Panel } from './panel.ts';

export function heldDock(panel: Panel, held: Held): TemplateResult {
  return held.kind === 'budget' ? budgetDock(panel, held.reached) : stallDock(panel, held);
}

/** Letters in the dock. */
export function heldLetters(panel: Panel, held: Held): Readonly<Partial<Record<string, () => void>>> {
  const no = (): void => conclude(panel);
  return held.kind === 'budget'
    ? { Y: () => addAndGoOn(panel, held.reached), N: no }
    : { E: () => panel.write({ form: 'change' }), Y: () => goOn(panel), N: no };
}

function budgetDock(panel: Panel, reached: Reached): TemplateResult {
  const { form } = panel.ui.dock;
  const title = `Paused: the budget of ${amountWords(reached.unit, reached.limit)} is used`;
  const more = addedAtFirst(reached);
  return frame(
    title,
    icon('dashboard', 'acc'),
    html`<p class="dim small">${scopeWords[reached.scope]}</p>
      <div class="limits">${units.map((unit) => limitRow(panel, reached, unit))}</div>
      ${
        reached.unpricedTokens === undefined
          ? nothing
          : html`<p>
              The price of ${panel.view.budget.unpriced ?? 'the model'} is not known:
              ${amountWords('tokens', reached.unpricedTokens)} count as
              ${cost(usedOf({ ...nothingSpent, unpricedTokens: reached.unpricedTokens }, 'usd'))} here.
            </p>`
      }
      ${left(panel)} ${form === 'change' ? amountField(panel, reached) : nothing}`,
    form === 'change'
      ? html`${button(panel, 'Set it and go on', () => setAndGoOn(panel, reached), {
          primary: true,
          key: 'Enter',
          off: typed(panel, reached) === null,
        })}
        ${back(panel)}`
      : html`${button(panel, `Add ${amountWords(reached.unit, more)} and go on`, () => addAndGoOn(panel, reached), {
          primary: true,
          key: 'Y',
        })}
        ${button(panel, 'Other budget…', () => panel.write({ form: 'change' }))}
        ${button(panel, 'Finish with a report', () => conclude(panel), { key: 'N' })}`,
  );
}

const nothingSpent = { usd: 0, unpricedTokens: 0, tokens: 0, steps: 0, minutes: 0 };
const units = ['usd', 'steps', 'minutes', 'tokens'] as const;
const unitNames = { usd: 'Cost', steps: 'Steps', minutes: 'Time', tokens: 'Tokens' } as const;
const scopeWords = {
  turn: 'What this task may use',
  session: 'What this session may use, all its tasks together',
  day: 'What all sessions together may use today',
} as const;

function limitRow(panel: Panel, reached: Reached, unit: Reached['unit']): TemplateResult | typeof nothing {
  const { budget } = panel.view;
  const isIt = unit === reached.unit;
  // What other sessions have used today, only the host knows: it told of the one that is used up.
  if (reached.scope === 'day' && !isIt) return nothing;
  const used = isIt ? reached.used : usedOf(spentNow(budget, budget.lastAtMs)[reached.scope], unit);
  const limit = isIt ? reached.limit : limitsNow(budget)[reached.scope][unit];
  if (limit === null && (unit === 'usd' ? panel.view.costUsd === null : used === 0)) return nothing;
  const plain = (amount: number): string =>
    unit === 'usd' ? cost(amount) : unit === 'tokens' ? tokens(amount) : shortly(amount);
  const words =
    limit === null
      ? `${plain(used)}, no limit`
      : `${plain(used)} of ${unit === 'minutes' ? amountWords(unit, limit) : plain(limit)}`;
  return html`<span>${unitNames[unit]}</span>${
      limit === null
        ? html`<span></span>`
        : html`<span class="meter wide ${used >= limit * 0.8 ? 'warn' : ''}" aria-hidden="true"
            ><i .style=${`width:${Math.min(100, (100 * used) / limit).toFixed(0)}%`}></i
          ></span>`
    }<span class="num">${words}</span>`;
}

function shortly(amount: number): string {
  return Math.round(amount).toLocaleString('en-US');
}

/** Of the plan, what is not done. */
function left({ view }: Panel): TemplateResult | typeof nothing {
  const open = (view.plan?.items ?? []).filter(({ state }) => state === 'todo' || state === 'doing');
  const [first, ...rest] = open;
  if (!first) return nothing;
  return html`<p>
    <span class="em">Left:</span> ${first.text}${
      rest.length === 0 ? '' : `, and ${rest.length} more ${rest.length === 1 ? 'step' : 'steps'} of the plan`
    }.
  </p>`;
}

function amountField(panel: Panel, reached: Reached): TemplateResult {
  const label = `The budget from now on, in ${reached.unit === 'usd' ? 'dollars' : reached.unit}`;
  return html`<label class="flex wrap"
    ><span class="dim">${label}</span
    ><input
      class="input"
      data-focus="amount"
      inputmode="decimal"
      maxlength="12"
      .value=${panel.ui.dock.text}
      @input=${(event: Event) => panel.write({ text: (event.currentTarget as HTMLInputElement).value })}
      @keydown=${(event: KeyboardEvent) => fieldKey(panel, event, () => setAndGoOn(panel, reached))}
  /></label>`;
}

/** More than the limit was; null: it is no such amount. */
function typed(panel: Panel, { limit, used }: Reached): number | null {
  const amount = Number(panel.ui.dock.text.trim().replace(/^\$/, ''));
  return Number.isFinite(amount) && amount > Math.max(limit, used) ? amount : null;
}

function setAndGoOn(panel: Panel, reached: Reached): void {
  const amount = typed(panel, reached);
  if (amount !== null) add(panel, reached, amount - reached.limit);
}

function addAndGoOn(panel: Panel, reached: Reached): void {
  add(panel, reached, addedAtFirst(reached));
}

function add(panel: Panel, { scope, unit }: Reached, amount: number): void {
  panel.decided = true;
  panel.post({ type: 'go_on', add: { scope, unit, amount } });
}

function stallDock(panel: Panel, { stall, step, cost: spent }: Held & { readonly kind: 'stall' }): TemplateResult {
  const { form } = panel.ui.dock;
  const since = [`step ${stall.since}`, ...(spent === null || spent === 0 ? [] : [cost(spent)])].join(', ');
  return frame(
    'It is going in circles',
    icon('warning', 'warn'),
    html`<p>${withCode(stall.what)} It was told so, and goes on with it.</p>
      ${stall.evidence === '' ? nothing : html`<pre class="cmd">${exact(stall.evidence)}</pre>`}
      <dl class="kv">
        <dt>Since</dt>
        <dd>${since}, now step ${step}</dd>
      </dl>
      ${form === 'change' ? hintField(panel) : nothing}`,
    form === 'change'
      ? html`${button(panel, 'Give this hint', () => hint(panel), {
          primary: true,
          key: 'Enter',
          off: panel.ui.dock.text.trim() === '',
        })}
        ${back(panel)}`
      : html`${button(panel, 'Give a hint…', () => panel.write({ form: 'change' }), { primary: true, key: 'E' })}
        ${button(panel, 'Let it go on', () => goOn(panel), { key: 'Y' })}
        ${button(panel, 'Stop with a report', () => conclude(panel), { key: 'N' })}`,
  );
}

function hintField(panel: Panel): TemplateResult {
  const label = 'What it should know, or do instead';
  return html`<textarea
    class="area"
    data-focus="reason"
    rows="2"
    aria-label=${label}
    placeholder=${label}
    .value=${panel.ui.dock.text}
    @input=${(event: Event) => panel.write({ text: (event.currentTarget as HTMLTextAreaElement).value })}
    @keydown=${(event: KeyboardEvent) => fieldKey(panel, event, () => hint(panel))}
  ></textarea>`;
}

function hint(panel: Panel): void {
  const text = panel.ui.dock.text.trim();
  if (text === '') return;
  panel.decided = true;
  panel.post({ type: 'go_on', hint: text });
}

function goOn(panel: Panel): void {
  panel.decided = true;
  panel.post({ type: 'go_on' });
}

function conclude(panel: Panel): void {
  panel.decided = true;
  panel.post({ type: 'conclude' });
}

function frame(title: string, sign: TemplateResult, body: TemplateResult, foot: TemplateResult): TemplateResult {
  return html`<section class="dock" role="region" aria-label="Needs you: ${title}" data-dock>
    <div class="h">
      ${sign}
      <h2 tabindex="-1" data-focus="dock">${title}</h2>
    </div>
    <div class="b">${body}</div>
    <div class="f"><div class="acts">${foot}</div></div>
  </section>`;
}

function button(
  panel: Panel,
  words: string,
  act: () => void,
  options: { primary?: boolean; key?: string; off?: boolean } = {},
): TemplateResult {
  return html`<button
    type="button"
    class="btn ${options.primary ? 'pri' : ''}"
    ?disabled=${!panel.canResume || (options.off ?? false)}
    @click=${guarded(panel, act)}
  >
    ${words}${options.key ? html`<kbd class="key">${options.key}</kbd>` : nothing}
  </button>`;
}

function back(panel: Panel): TemplateResult {
  return button(panel, 'Back', () => leaveForm(panel), { key: 'Esc' });
}

function leaveForm(panel: Panel): void {
  panel.decided = true;
  panel.write({ form: 'buttons' });
}

function fieldKey(panel: Panel, event: KeyboardEvent, enter: () => void): void {
  if (event.isComposing) return;
  if (event.key === 'Enter' && !event.shiftKey) {
    event.preventDefault();
    enter();
  } else if (event.key === 'Escape') {
    event.stopPropagation();
    leaveForm(panel);
  }
}
