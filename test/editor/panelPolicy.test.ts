import { expect, it } from 'vitest';
import { panelPolicy } from '../../src/editor/panelPolicy.ts';

it('the panel loads only its own files, runs only its own script, and sends nothing anywhere', () => {
  expect(panelPolicy('https://own', 'n').split('; ')).toEqual([
    `default-src 'none'`,
    `script-src 'nonce-n'`,
    `style-src https://own 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='`,
    `font-src https://own`,
    `img-src https://own data:`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ]);
});
