/** A list to choose from that opens beside its button; focus stays on the button, which names the current line. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { icon } from './icon.ts';
import type { Panel } from './panel.ts';
import type { MenuName } from './ui.ts';

export interface Entry {
  readonly icon: string;
  readonly text: string;
  readonly hint?: string;
  readonly note?: string;
  readonly on?: boolean;
  readonly pick: () => void;
}

export function menuButton(
  panel: Panel,
  name: MenuName,
  entries: readonly Entry[],
  title: string,
  style: string,
  content: unknown,
  tabindex = 0,
): TemplateResult {
  const open = panel.ui.menu === name;
  const pick = (at: number): void => {
    panel.change((ui) => {
      ui.menu = null;
    });
    entries[at]?.pick();
  };
  const key = (event: KeyboardEvent): void => {
    const at = panel.ui.menuAt;
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: entries.length - 1,
    };
    const to = moves[event.key];
    // Keys may come faster than frames: the state counts, not what is drawn.
    if (panel.ui.menu !== name) {
      if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
      panel.openMenu(
        name,
        entries.findIndex(({ on }) => on),
      );
    } else if (to !== undefined) {
      panel.change((ui) => {
        ui.menuAt = (to + entries.length) % entries.length;
      });
    } else if (event.key === 'Enter' || event.key === ' ') pick(at);
    else if (event.key === 'Escape' || event.key === 'Tab') {
      panel.change((ui) => {
        ui.menu = null;
      });
      if (event.key === 'Tab') return;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return html`<button
    type="button"
    class=${style}
    title=${title}
    tabindex=${tabindex}
    data-menu=${name}
    aria-haspopup="listbox"
    aria-expanded=${open}
    aria-controls=${open ? `menu-${name}` : nothing}
    aria-activedescendant=${open ? `menu-${name}-${panel.ui.menuAt}` : nothing}
    @click=${() =>
      panel.openMenu(
        name,
        entries.findIndex(({ on }) => on),
      )}
    @keydown=${key}
  >
    ${content}
  </button>`;
}

export function menuList(
  panel: Panel,
  name: MenuName,
  label: string,
  entries: readonly Entry[],
  style = '',
): TemplateResult | typeof nothing {
  if (panel.ui.menu !== name) return nothing;
  return html`<ul class="menu ${style}" id="menu-${name}" role="listbox" aria-label=${label}>
    ${entries.map(
      (entry, at) =>
        html`<li
          role="option"
          id="menu-${name}-${at}"
          aria-selected=${entry.on ?? false}
          class="row ${entry.hint ? 'top' : ''} ${at === panel.ui.menuAt ? 'on' : ''}"
          @pointermove=${() =>
            panel.change((ui) => {
              ui.menuAt = at;
            })}
          @click=${() => {
            panel.change((ui) => {
              ui.menu = null;
            });
            entry.pick();
          }}
        >
          ${icon(entry.icon, 'dim')}
          <span>${entry.text}${entry.hint ? html`<br /><span class="small dim">${entry.hint}</span>` : nothing}</span>
          <span class="m">${entry.note ?? nothing}${entry.on ? icon('check') : nothing}</span>
        </li>`,
    )}
  </ul>`;
}
