/** Codicons. An icon never speaks alone: it is hidden from readers, or the whole control has a name. */
import { html, nothing, type TemplateResult } from 'lit-html';

export function icon(name: string, tone = ''): TemplateResult {
  return html`<i class="codicon codicon-${name} ${tone}" aria-hidden="true"></i>`;
}

/** An icon that is the only sign of a state. */
export function sign(name: string, tone: string, meaning: string): TemplateResult {
  return html`<i class="codicon codicon-${name} ${tone}" role="img" aria-label=${meaning}></i>`;
}

export function iconButton(
  name: string,
  title: string,
  act: (event: Event) => void,
  options: { tabindex?: number; tone?: string; disabled?: boolean } = {},
): TemplateResult {
  return html`<button
    type="button"
    class="ib ${options.tone ?? ''}"
    title=${title}
    aria-label=${title}
    tabindex=${options.tabindex ?? nothing}
    ?disabled=${options.disabled ?? false}
    @click=${act}
  >
    ${icon(name)}
  </button>`;
}
