/** What waits for a word in the files: one line above the composer, which blocks nothing. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { count, toReviewWords } from '../src/protocol/words.ts';
import { icon, iconButton } from './icon.ts';
import type { Panel } from './panel.ts';

export function reviewBar(panel: Panel): TemplateResult | typeof nothing {
  // While the dock asks about changes, its buttons are the only ones that say "all".
  if (panel.readOnly || panel.asked?.question.kind === 'edits') return nothing;
  const { hunks, files } = panel.written.toReview;
  if (hunks.length === 0) return justDecided(panel);
  const words = toReviewWords({ hunks: hunks.length, files });
  return html`<section class="review" aria-label="Changes to review" data-review>
    <button
      type="button"
      class="tb what"
      title="Go to the first one (J, K)"
      data-focus-review
      @click=${() => panel.written.next(1)}
    >
      ${icon('diff-multiple', 'acc')}<span class="cut">${words}</span>
    </button>
    <span class="acts">
      <button type="button" class="act" @click=${() => panel.written.say(hunks, 'accept')}>
        ${hunks.length === 1 ? 'Accept' : 'Accept all'}
      </button>
      <button type="button" class="act" @click=${() => panel.written.say(hunks, 'reject')}>
        ${hunks.length === 1 ? 'Reject' : 'Reject all'}
      </button>
      <button
        type="button"
        class="act"
        aria-label="Review in the editor"
        @click=${() => panel.post({ type: 'open_changes' })}
      >
        Review<span class="hide-m"> in the editor</span>
      </button>
    </span>
  </section>`;
}

/** The last of many went with one word: that word can be taken back where it was said. */
function justDecided(panel: Panel): TemplateResult | typeof nothing {
  const last = panel.written.lastOfMany;
  if (!last) return nothing;
  const words = `${count(last.hunks.length, 'change')} ${last.word === 'accept' ? 'accepted' : 'rejected'}`;
  // The second click of a double click on "all" was not meant for what has come in its place.
  const undo = ({ detail }: MouseEvent): void => {
    if (detail < 2) panel.undo();
  };
  return html`<section class="review" aria-label="Changes decided" data-review>
    <span class="what"
      >${icon(last.word === 'accept' ? 'check-all' : 'discard', 'dim')}<span class="cut">${words}</span></span
    >
    <span class="acts">
      <button type="button" class="act" @click=${undo}>Undo<kbd class="key">U</kbd></button>
      ${iconButton('close', 'Close', () => panel.forgetLast())}
    </span>
  </section>`;
}
