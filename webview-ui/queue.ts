/** Messages that wait: one line each, between the dock and the line of now; moved, mended and removed by keys or buttons. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { placeAfterMove } from '../src/protocol/queue.ts';
import type { MessageId, QueuedMessage } from '../src/protocol/view.ts';
import { count } from '../src/protocol/words.ts';
import { icon, iconButton } from './icon.ts';
import { menuButton, menuList, type Entry } from './menu.ts';
import type { Panel } from './panel.ts';

export function queueRegion(panel: Panel): TemplateResult | typeof nothing {
  const { queue } = panel.view;
  if (queue.length === 0) return nothing;
  const at = queue.some(({ message }) => message === panel.ui.queueAt) ? panel.ui.queueAt : queue[0]?.message;
  const next = queue.find(({ steer }) => !steer)?.message;
  return html`<section class="queue" aria-label="Queued messages">
      <ul>
        ${repeat(
          queue,
          ({ message }) => message,
          (one) => row(panel, one, one.message === at, one.message === next),
        )}
      </ul>
    </section>
    ${queue.map(({ message }) => menuList(panel, `queue:${message}`, 'Place in the queue', moves(panel, message)))}`;
}

function row(panel: Panel, one: QueuedMessage, tab: boolean, isNext: boolean): TemplateResult {
  const { message, text, steer, attachments } = one;
  const when = steer ? 'At the next step' : isNext ? 'Next' : 'Then';
  const with_ = attachments.length === 0 ? '' : `, with ${count(attachments.length, 'attachment')}`;
  const options = { tabindex: tab ? 0 : -1 };
  const key = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return;
    if (event.altKey && event.key === 'ArrowUp') move(panel, message, -1);
    else if (event.altKey && event.key === 'ArrowDown') move(panel, message, 1);
    else if (event.key === 'Delete') remove(panel, message);
    else if (event.key === 'F2' || (event.key === 'Enter' && !event.ctrlKey && !event.metaKey)) edit(panel, one);
    else if (event.key === 'Enter' && !steer) steerNow(panel, message);
    else return;
    event.preventDefault();
  };
  return html`<li
    class="row ${panel.ui.editing?.kind === 'message' && panel.ui.editing.message === message ? 'sel' : ''}"
    data-nav="queue:${message}"
    data-queue=${message}
    tabindex=${tab ? 0 : -1}
    aria-label="${when}: ${text}${with_}"
    aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown F2 Delete"
    @keydown=${panel.readOnly ? nothing : key}
    @focusin=${() => {
      if (panel.ui.queueAt !== message)
        panel.change((ui) => {
          ui.queueAt = message;
        });
    }}
  >
    ${icon(steer ? 'debug-step-over' : 'list-ordered', 'dim')}
    <span class="w" title=${text}><span class="v dim">${when}</span><span class="obj">${text}</span></span>
    ${
      panel.readOnly
        ? html`<span></span>`
        : html`<span class="m">
            ${
              steer
                ? iconButton('list-ordered', 'Queue for after this turn', () => toQueue(panel, message), options)
                : iconButton(
                    'debug-step-over',
                    'Steer: give it at the next step',
                    () => steerNow(panel, message),
                    options,
                  )
            }
            ${iconButton('edit', 'Edit (F2)', () => edit(panel, one), options)}
            ${iconButton('close', 'Remove (Delete)', () => remove(panel, message), options)}
            ${
              panel.view.queue.length > 1
                ? menuButton(
                    panel,
                    `queue:${message}`,
                    moves(panel, message),
                    'Move (Alt+Up, Alt+Down)',
                    'ib',
                    html`${icon('ellipsis')}<span class="sr">Move</span>`,
                    options.tabindex,
                  )
                : nothing
            }
          </span>`
    }
  </li>`;
}

function moves(panel: Panel, message: MessageId): readonly Entry[] {
  const entries: readonly (readonly [Entry, 1 | -1])[] = [
    [{ icon: 'arrow-up', text: 'Move up', note: 'Alt+Up', pick: () => move(panel, message, -1) }, -1],
    [{ icon: 'arrow-down', text: 'Move down', note: 'Alt+Down', pick: () => move(panel, message, 1) }, 1],
  ];
  return entries.flatMap(([entry, by]) => (placeAfterMove(panel.view.queue, message, by) === undefined ? [] : [entry]));
}

function move(panel: Panel, message: MessageId, by: 1 | -1): void {
  const before = placeAfterMove(panel.view.queue, message, by);
  if (before === undefined) return;
  panel.post({ type: 'change_message', message, before });
  panel.queueFocus = { message, queue: panel.view.queue };
}

function steerNow(panel: Panel, message: MessageId): void {
  panel.post({ type: 'change_message', message, steer: true });
}

function toQueue(panel: Panel, message: MessageId): void {
  panel.post({ type: 'change_message', message, steer: false });
}

function edit(panel: Panel, one: QueuedMessage): void {
  panel.editQueued(one);
  document.querySelector<HTMLElement>('[data-field=composer]')?.focus();
}

/** Focus goes to the row that takes its place. */
function remove(panel: Panel, message: MessageId): void {
  const { queue } = panel.view;
  const at = queue.findIndex((one) => one.message === message);
  panel.post({ type: 'cancel_message', message });
  panel.queueFocus = { message: (queue[at + 1] ?? queue[at - 1])?.message ?? null, queue };
}
