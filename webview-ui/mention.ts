/** `@` in the composer, and `/` at its start: the list of what can be meant, chosen by arrows, Enter or Tab; what is chosen goes along with the message. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Mention } from '../src/protocol/messages.ts';
import { count } from '../src/protocol/words.ts';
import { caretOf, innerControl, setCaret } from './controls.ts';
import { icon } from './icon.ts';
import type { Panel } from './panel.ts';

/** What is being written after the sign. */
export interface Mentioning {
  readonly sign: '@' | '/';
  /** Its place in the draft. */
  readonly from: number;
  readonly letters: string;
  /** null: the host is looking. */
  readonly list: readonly Mention[] | null;
  readonly more: boolean;
  readonly at: number;
}

/** The host takes no more letters. */
const lettersMax = 200;

/** The text or the caret has moved. */
export function follow(panel: Panel, draft: string, caret: number): void {
  if (draft !== panel.ui.draft) return; // keys come faster than frames: the field is about to be drawn anew
  const found = commandAt(panel, draft, caret) ?? tokenAt(draft, caret);
  const now = panel.ui.mention;
  if (found === null) {
    panel.ui.mentionClosed = null;
    if (now) set(panel, null);
    return;
  }
  if (panel.ui.mentionClosed === found.from || (now?.from === found.from && now.letters === found.letters)) return;
  panel.post({ type: 'ask_mentions', words: found.letters, ...(found.sign === '/' && { sign: '/' }) });
  // What was found for fewer letters stays in sight until the answer comes.
  set(panel, { ...found, list: now?.from === found.from ? now.list : null, more: false, at: 0 });
}

type Token = Pick<Mentioning, 'sign' | 'from' | 'letters'>;

/** `/start` at the beginning of a new message. */
function commandAt(panel: Panel, draft: string, caret: number): Token | null {
  const [, letters] = /^\/([\p{L}\p{N}._:-]*)$/u.exec(draft.slice(0, caret)) ?? [];
  const isNew = panel.ui.editing === null && panel.sending !== 'instead';
  return letters === undefined || letters.length > lettersMax || !isNew ? null : { sign: '/', from: 0, letters };
}

/** Of the token that holds the caret: `@start` after a blank. */
function tokenAt(draft: string, caret: number): Token | null {
  const [, letters] = /(?:^|[\s([{,;])@([^\s@,;()[\]{}'"`]*)$/.exec(draft.slice(0, caret)) ?? [];
  if (letters === undefined || letters.length > lettersMax) return null;
  return { sign: '@', from: caret - letters.length - 1, letters };
}

export function receive(
  panel: Panel,
  words: string,
  list: readonly Mention[],
  more: boolean,
  sign: Mentioning['sign'],
): void {
  const now = panel.ui.mention;
  if (now?.letters === words && now.sign === sign) set(panel, { ...now, list, more, at: 0 });
}

/** True when the key was the list's. */
export function onMentionKey(panel: Panel, { key, shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  const now = panel.ui.mention;
  if (!now || ctrlKey || metaKey || altKey) return false;
  const { length } = now.list ?? [];
  if (length === 0) return false;
  if (key === 'ArrowDown' || key === 'ArrowUp') {
    set(panel, { ...now, at: (now.at + (key === 'ArrowDown' ? 1 : length - 1)) % length });
    return true;
  }
  if ((key !== 'Enter' && key !== 'Tab') || shiftKey) return false;
  const chosen = now.list?.[now.at];
  if (chosen) pick(panel, chosen);
  return true;
}

/** Closed by the person: it stays so for this `@`. */
export function closeMention(panel: Panel): boolean {
  const now = panel.ui.mention;
  if (!now) return false;
  panel.ui.mentionClosed = now.from;
  set(panel, null);
  return true;
}

function pick(panel: Panel, { id, name, place }: Mention): void {
  const now = panel.ui.mention;
  if (!now) return;
  if (now.sign === '/') {
    pickCommand(panel, name, place !== '');
    return;
  }
  const { draft } = panel.ui;
  const end = now.from + 1 + now.letters.length;
  const rest = draft.slice(end);
  const said = `@${name}${/^\s/.test(rest) ? '' : ' '}`;
  panel.attach(id);
  panel.change((ui) => {
    ui.draft = draft.slice(0, now.from) + said + rest;
    ui.caret = now.from + said.length + (said.endsWith(' ') ? 0 : 1);
    ui.mention = null;
    ui.mentionClosed = null;
  });
}

/** What takes nothing more is sent at once: a prompt file then comes back as the message that it stands for. */
function pickCommand(panel: Panel, name: string, takesMore: boolean): void {
  const rest = panel.ui.draft.replace(/^\/\S*\s*/, '');
  panel.change((ui) => {
    ui.draft = `/${name} ${rest}`;
    ui.caret = ui.draft.length;
    ui.mention = null;
    ui.mentionClosed = null;
  });
  if (!takesMore && rest === '') panel.send();
}

/** From the button: as if it were typed where the caret stands. */
export function startMention(panel: Panel): void {
  const field = document.querySelector<HTMLElement>('[data-field=composer]');
  const { draft } = panel.ui;
  const caret = field ? caretOf(field, draft) : draft.length;
  const before = draft.slice(0, caret);
  const said = `${before === '' || /[\s([{,;]$/.test(before) ? '' : ' '}@`;
  panel.change((ui) => {
    ui.draft = before + said + draft.slice(caret);
    ui.caret = caret + said.length;
    ui.mentionClosed = null;
  });
  follow(panel, panel.ui.draft, caret + said.length);
  field?.focus();
}

/** From the field to the chosen entry: where the page can name it across their trees. */
export const readersFollow = 'ariaActiveDescendantElement' in Element.prototype;

const icons: Readonly<Record<Mention['kind'], string>> = {
  symbol: 'symbol-method',
  file: 'file-code',
  folder: 'folder',
  selection: 'list-selection',
  problems: 'warning',
  changes: 'git-compare',
  command: 'terminal',
  prompt: 'comment',
  skill: 'mortar-board',
};

export function mentionList(panel: Panel): TemplateResult | typeof nothing {
  const now = panel.ui.mention;
  if (!now) return nothing;
  const { list, at, more, sign } = now;
  const reading = more ? html`<p class="small dim foot">The code is still being read: more may come.</p>` : nothing;
  if (list === null || (sign === '/' && list.length === 0)) return nothing; // `/usr` begins a message like any other
  if (list.length === 0)
    return html`<div class="menu" data-mentions>
      <p class="small dim foot" role="status">Nothing here is called “${now.letters}”.</p>
      ${reading}
    </div>`;
  return html`<div class="menu" data-mentions>
    <ul id="mentions" role="listbox" aria-label=${sign === '/' ? 'Commands' : 'Add context'}>
      ${list.map(
        (mention, n) =>
          html`<li
            role="option"
            id="mention-${n}"
            aria-selected=${n === at}
            class="row ${n === at ? 'on' : ''}"
            @pointerdown=${(event: Event) => event.preventDefault()}
            @pointermove=${() => {
              if (panel.ui.mention && panel.ui.mention.at !== n) set(panel, { ...panel.ui.mention, at: n });
            }}
            @click=${() => pick(panel, mention)}
          >
            ${icon(icons[mention.kind], 'dim')}<span class="w"
              ><span class="obj">${marked(mention.label, now.letters)}</span>${
                mention.place === '' || mention.place === mention.label
                  ? nothing
                  : html`<span class="dir" title=${mention.place}><bdi>${mention.place}</bdi></span>`
              }</span
            ><span class="m ${sign === '/' ? 'words' : ''}" title=${mention.note}>${mention.note}</span>
          </li>`,
      )}
    </ul>
    ${reading}
  </div>`;
}

/** For those whose reader cannot follow from the field to the list: the choice in words. */
export function mentionSaid({ ui: { mention } }: Panel): string {
  const list = mention?.list ?? [];
  const at = mention?.at ?? 0;
  const chosen = list[at];
  if (!chosen) return '';
  const words = [
    chosen.label,
    chosen.note || chosen.kind,
    chosen.place,
    `${at + 1} of ${count(list.length, 'entry', 'entries')}`,
  ];
  return words.filter((word) => word !== '').join(', ');
}

/** After each drawing: the field is a combobox while its list is open, and its caret stands where a choice has put it. */
export function settleField(panel: Panel, root: ParentNode): void {
  const field = root.querySelector('[data-field=composer]');
  const control = field && innerControl(field);
  if (!field || !control) return;
  const open = (panel.ui.mention?.list?.length ?? 0) > 0;
  const attributes = {
    role: 'combobox',
    'aria-multiline': 'true',
    'aria-expanded': 'true',
    'aria-autocomplete': 'list',
    'aria-haspopup': 'listbox',
  };
  for (const [name, value] of Object.entries(attributes))
    if (open) control.setAttribute(name, value);
    else control.removeAttribute(name);
  // The list is outside of the field's own tree: an id does not reach it.
  if (readersFollow) {
    control.ariaActiveDescendantElement = open ? root.querySelector(`#mention-${panel.ui.mention?.at ?? 0}`) : null;
    control.ariaControlsElements = open ? [...root.querySelectorAll('#mentions')] : null;
  }
  root.querySelector('#mentions .on')?.scrollIntoView({ block: 'nearest' });
  if (panel.ui.caret !== null) {
    control.value = panel.ui.draft; // the field hands it on a moment later, and would move the caret
    setCaret(field, panel.ui.caret);
    panel.ui.caret = null;
  }
}

function marked(label: string, letters: string): unknown {
  const at = letters === '' ? -1 : label.toLowerCase().indexOf(letters.toLowerCase());
  if (at < 0) return label;
  const end = at + letters.length;
  return html`${label.slice(0, at)}<b>${label.slice(at, end)}</b>${label.slice(end)}`;
}

function set(panel: Panel, mention: Mentioning | null): void {
  panel.change((ui) => {
    ui.mention = mention;
  });
}
