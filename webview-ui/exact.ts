/** Text that a person decides about, character for character: what cannot be seen is shown as a boxed code. */
import { html, type TemplateResult } from 'lit-html';

/** Controls, formats, joiners, odd spaces, private and unassigned characters; a plain space, a tab and a newline can be seen. */
const unseen = /(?![ \n\t])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/gu;

export function exact(text: string): TemplateResult | string {
  const parts: (string | TemplateResult)[] = [];
  let from = 0;
  for (const match of text.matchAll(unseen)) {
    parts.push(text.slice(from, match.index), html`<span class="esc">${codeOf(match[0])}</span>`);
    from = match.index + match[0].length;
  }
  return parts.length === 0 ? text : html`${parts}${text.slice(from)}`;
}

/** A sentence whose backticks mark code. */
export function withCode(text: string): readonly (string | TemplateResult)[] {
  return text.split('`').map((part, at) => (at % 2 === 0 ? part : html`<code>${exact(part)}</code>`));
}

export function codeOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
