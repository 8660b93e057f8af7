import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

interface Manifest {
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly supported: string; readonly restrictedConfigurations: readonly string[] };
    readonly virtualWorkspaces: { readonly supported: boolean };
  };
  readonly contributes: {
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly scope: string }>> };
  };
}
const { capabilities, contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;

it('before it is trusted a folder decides only what is shown, never what is sent, run or asked', () => {
  const { supported, restrictedConfigurations } = capabilities.untrustedWorkspaces;
  expect([supported, capabilities.virtualWorkspaces.supported]).toEqual(['limited', false]);
  const settings = contributes.configuration.properties;
  expect(restrictedConfigurations.filter((name) => !(name in settings))).toEqual([]);
  const open = Object.entries(settings).filter(
    ([name, { scope }]) => scope !== 'machine' && !restrictedConfigurations.includes(name),
  );
  expect(open.map(([name]) => name)).toEqual([
    'journeyman.review.codeLens',
    'journeyman.review.decorations',
    'journeyman.review.sourceControl',
    'journeyman.review.quickDiff',
    'journeyman.review.comments',
    'journeyman.index.enabled',
    'journeyman.statusBar',
    'journeyman.notifications',
    'journeyman.quickFix',
  ]);
});
