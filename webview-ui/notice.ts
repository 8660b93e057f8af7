/** What happened, to what, and what next: from the host, from the run, and while a request is tried again. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Notice } from '../src/protocol/messages.ts';
import type { Retry, WarningRow } from '../src/protocol/view.ts';
import { elapsed, errorTitle, goneWords, isUnheard } from '../src/protocol/words.ts';
import { icon, iconButton } from './icon.ts';
import type { Panel } from './panel.ts';

const toneIcons = { bad: 'error', warning: 'warning', ok: 'info' } as const;
const toneClasses = { bad: 'bad', warning: 'warn', ok: 'ok' } as const;

export function hostNotice(panel: Panel, { id, tone, title, body, actions }: Notice): TemplateResult {
  return html`<section class="note ${toneClasses[tone]}" role=${tone === 'bad' ? 'alert' : 'group'} aria-label=${title}>
    ${icon(toneIcons[tone], toneClasses[tone])}
    <div class="nh">
      <h3>${title}</h3>
      ${iconButton('close', 'Dismiss', () => panel.post({ type: 'dismiss', notice: id }))}
    </div>
    <p>${body}</p>
    ${
      actions.length === 0
        ? nothing
        : html`<div class="acts">
            ${actions.map(
              ({ label, intent }, at) =>
                html`<button type="button" class="btn ${at === 0 ? 'pri' : ''}" @click=${() => panel.post(intent)}>
                  ${label}
                </button>`,
            )}
          </div>`
    }
  </section>`;
}

export function retryNotice(panel: Panel, retry: Retry): TemplateResult {
  if (retry.untilMs === null) {
    const title = isUnheard(retry) ? 'No connection' : errorTitle(retry.code);
    return html`<section class="note warn" role="group" aria-label=${title}>
      ${icon('debug-disconnect', 'warn')}
      <h3>${title}</h3>
      <p>${goneWords(retry, panel.view.turn?.step ?? 1)}</p>
      ${waitActions(panel)}
    </section>`;
  }
  const leftMs = Math.max(0, retry.untilMs - panel.hostMs);
  const share = retry.untilMs > retry.fromMs ? 1 - leftMs / (retry.untilMs - retry.fromMs) : 1;
  return html`<section class="note warn" role="group" aria-label=${errorTitle(retry.code)}>
    ${icon('clock', 'warn')}
    <h3>${errorTitle(retry.code)}: goes on in <span class="num">${elapsed(Math.ceil(leftMs / 1000) * 1000)}</span></h3>
    <p>${retry.message}</p>
    <div class="meter wide" aria-hidden="true"><i .style=${`width:${(100 * share).toFixed(0)}%`}></i></div>
    ${waitActions(panel)}
  </section>`;
}

function waitActions(panel: Panel): TemplateResult | typeof nothing {
  if (panel.readOnly) return nothing;
  return html`<div class="acts">
    <button type="button" class="btn pri" @click=${() => panel.post({ type: 'try_now' })}>Try now</button>
    <button type="button" class="btn" @click=${() => panel.post({ type: 'run', what: 'choose_model' })}>
      Switch model…
    </button>
    <button type="button" class="btn" @click=${() => panel.post({ type: 'stop' })}>Stop</button>
  </div>`;
}

export function warning({ code, message }: WarningRow): TemplateResult {
  const title = {
    reply_cut: 'A reply was cut at its length limit',
    limit_near: 'A budget is nearly used',
    unpriced: 'A price is not known',
    stall: 'It repeats itself, and was told so',
    not_saved: 'Not saved',
    secret_removed: 'Secret taken out',
    rules_broken: 'A file of rules cannot be used',
    hook: 'A hook',
    rule_not_kept: 'The rule holds in this session only',
    guide_fault: 'Instructions and skills',
  }[code];
  const body = code === 'reply_cut' ? 'Nothing of it was run. It goes on in smaller pieces.' : message;
  return html`<section class="note warn">
    ${icon('warning', 'warn')}
    <h3>${title}</h3>
    <p>${body}</p>
  </section>`;
}
