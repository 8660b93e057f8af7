/** The plan as it stands: one line under the header, opened a list; gone when the turn has ended. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Panel } from './panel.ts';
import type { Plan, PlanItem } from '../src/protocol/view.ts';
import { icon, sign } from './icon.ts';
import { stepDetail } from './planCards.ts';

export function planLine(panel: Panel): TemplateResult | typeof nothing {
  const { plan, turn } = panel.view;
  if (!plan || plan.items.length === 0 || !turn || turn.outcome !== null) return nothing;
  // Open until the first edit: then the work itself is what one looks at.
  const atFirst = !turn.edits;
  const done = plan.items.filter(({ state }) => state === 'done').length;
  const allDone = plan.items.every(({ state }) => state === 'done' || state === 'dropped');
  const open = panel.isOpen(`plan:${turn.number}`, atFirst && !allDone);
  const current = plan.items.findIndex(({ state }) => state === 'doing');
  const next = current >= 0 ? current : plan.items.findIndex(({ state }) => state === 'todo');
  const line =
    open || next < 0
      ? html`<span class="v num">${done} of ${plan.items.length} done</span>`
      : html`<span class="v num">${next + 1} of ${plan.items.length}</span
          ><span class="obj">${plan.items[next]?.text}</span>`;
  return html`<section class="plan" aria-label="Plan">
    <button
      type="button"
      class="row"
      data-plan
      aria-expanded=${open}
      @click=${() => panel.toggle(`plan:${turn.number}`, atFirst && !allDone)}
    >
      ${icon('checklist', 'dim')}<span class="w">${line}</span
      ><span class="m">${icon(open ? 'chevron-down' : 'chevron-right')}</span>
    </button>
    ${open ? planList(plan, panel.phase.kind === 'working') : nothing}
  </section>`;
}

/** `whole`: with what each step names. */
export function planList({ items }: Plan, working: boolean, whole = false): TemplateResult {
  return html`<ol>
    ${items.map(
      (item) =>
        html`<li class="row top">
          ${mark(item, working)}<span class=${item.state === 'doing' ? 'em' : item.state === 'todo' ? '' : 'dim'}
            >${item.text}${whole ? stepDetail(item) : nothing}</span
          ><span class="m">${item.state === 'dropped' ? 'dropped' : nothing}</span>
        </li>`,
    )}
  </ol>`;
}

function mark({ state }: PlanItem, working: boolean): TemplateResult {
  switch (state) {
    case 'done':
      return sign('pass-filled', 'ok', 'done');
    case 'doing':
      return sign('circle-large-filled', working ? 'acc' : 'dim', 'in work');
    case 'todo':
      return sign('circle-large-outline', 'dim', 'to do');
    case 'dropped':
      return sign('circle-slash', 'dim', 'dropped');
  }
}
