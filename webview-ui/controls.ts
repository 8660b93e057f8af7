/** The composer's field and the search field: the only place that knows the toolkit's elements. */
import { provideVSCodeDesignSystem, vsCodeTextArea, vsCodeTextField, type TextArea } from '@vscode/webview-ui-toolkit';
import { html, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { icon } from './icon.ts';

export function registerControls(): void {
  provideVSCodeDesignSystem().register(vsCodeTextArea(), vsCodeTextField());
}

export interface FieldOptions {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly disabled?: boolean;
  readonly onInput: (value: string) => void;
  /** The caret has moved, by a key or the pointer. */
  readonly onCaret?: (value: string, caret: number) => void;
}

/** Grows with its text; the style sheet bounds it. The toolkit takes its accessible name from its text. */
export function textArea({ label, placeholder, value, disabled, onInput, onCaret }: FieldOptions): TemplateResult {
  const caret = (event: Event): void => {
    const field = event.currentTarget as TextArea;
    onCaret?.(field.value, caretOf(field, field.value));
  };
  const input = (event: Event): void => {
    onInput((event.currentTarget as TextArea).value);
    caret(event);
  };
  return html`<vscode-text-area
    class="type"
    data-field="composer"
    rows="1"
    placeholder=${placeholder}
    ?disabled=${disabled ?? false}
    .value=${live(value)}
    @input=${input}
    @keyup=${caret}
    @click=${caret}
    >${label}</vscode-text-area
  >`;
}

export function searchField({ label, placeholder, value, onInput }: FieldOptions): TemplateResult {
  const input = (event: Event): void => onInput((event.currentTarget as TextArea).value);
  return html`<vscode-text-field
    class="find"
    data-field="search"
    placeholder=${placeholder}
    .value=${live(value)}
    @input=${input}
    ><span slot="start">${icon('search', 'dim')}</span>${label}</vscode-text-field
  >`;
}

/** True when the caret stands in the first line, so that Up may leave the field. */
export function caretInFirstLine(field: Element): boolean {
  const control = innerControl(field);
  return control !== null && !control.value.slice(0, control.selectionStart ?? 0).includes('\n');
}

export function isTextField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('vscode-text-area, vscode-text-field, textarea, input') !== null;
}

/** Where the caret stands; at the end of `text` before the field has been used. */
export function caretOf(field: Element, text: string): number {
  return innerControl(field)?.selectionStart ?? text.length;
}

export function setCaret(field: Element, caret: number): void {
  innerControl(field)?.setSelectionRange(caret, caret);
}

export function innerControl(field: Element): HTMLTextAreaElement | HTMLInputElement | null {
  return field.shadowRoot?.querySelector<HTMLTextAreaElement | HTMLInputElement>('.control') ?? null;
}
