/** What the panel's page may load and do: its own script, style, font and images, and nothing from outside. */
export function panelPolicy(source: string, nonce: string): string {
  return [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    // The hash is that of an empty style: the toolkit adds one to learn what the browser can.
    `style-src ${source} 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='`,
    `font-src ${source}`,
    `img-src ${source} data:`,
    // These do not follow default-src.
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
}
