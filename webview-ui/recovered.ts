/** The dock after a cut: what is known of the step that was in the middle, what is not, and how to go on. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { CutReport } from '../src/protocol/view.ts';
import { cutTitle } from '../src/protocol/words.ts';
import { guarded } from './grace.ts';
import { withCode } from './exact.ts';
import { icon } from './icon.ts';
import type { Panel } from './panel.ts';

export function recoveredDock(panel: Panel, report: CutReport): TemplateResult {
  const title = cutTitle(report);
  const output = report.unknown.find(({ call, hasOutput }) => call !== null && hasOutput)?.call ?? null;
  return html`<section class="dock" role="region" aria-label="Needs you: ${title}" data-dock>
    <div class="h">
      ${icon('history', 'warn')}
      <h2 tabindex="-1" data-focus="dock">${title}</h2>
    </div>
    <div class="b">
      ${list('Known', 'check', 'ok', report.known)}
      ${list(
        'Not known',
        'question',
        'warn',
        report.unknown.map(({ text }) => text),
      )}
    </div>
    <div class="f">
      <div class="acts">
        <button type="button" class="btn pri" ?disabled=${!panel.canResume} @click=${guarded(panel, () => goOn(panel))}>
          ${report.unknown.length > 0 ? 'Go on, check first' : 'Go on'}<kbd class="key">Y</kbd>
        </button>
        ${
          output === null
            ? nothing
            : html`<button type="button" class="btn" @click=${() => panel.post({ type: 'show_output', call: output })}>
                Show its output
              </button>`
        }
        <button type="button" class="btn" @click=${guarded(panel, () => leave(panel))}>
          Leave it stopped<kbd class="key">N</kbd>
        </button>
      </div>
    </div>
  </section>`;
}

export function goOn(panel: Panel): void {
  panel.decided = true;
  if (panel.canResume) panel.post({ type: 'resume' });
}

export function leave(panel: Panel): void {
  panel.decided = true;
  panel.post({ type: 'leave' });
}

function list(title: string, name: string, tone: string, texts: readonly string[]): TemplateResult | typeof nothing {
  if (texts.length === 0) return nothing;
  return html`<div>
    <h3>${title}</h3>
    <ul class="ticks">
      ${texts.map((text) => html`<li>${icon(name, tone)}<span>${withCode(text)}</span></li>`)}
    </ul>
  </div>`;
}
