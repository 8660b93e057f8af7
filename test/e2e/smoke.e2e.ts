// Journeyman, packed and installed in a real workbench: its panel opens, and outlives what may happen to a window.
import { expect, test } from 'vitest';
import { eventually, reloadWindow } from '../../scripts/workbench/page.mjs';
import { openJourneyman, panel } from './support/journeyman.ts';
import { useWorkbench } from './support/workbench.ts';

const bench = useWorkbench({ files: { 'hello.txt': 'line one\nline two\n' } });

test('the panel opens from the activity bar', async () => {
  const frame = await openJourneyman(bench.page);
  await frame.locator('body *:visible').first().waitFor();
});

test('the panel comes back when the window is reloaded', async () => {
  await openJourneyman(bench.page);
  await reloadWindow(bench.page);
  const frame = await panel(bench.page);
  await frame.locator('body *:visible').first().waitFor();
});

test('the panel comes back when the extension host is killed', async () => {
  const old = await openJourneyman(bench.page);
  // After a reload the host of the window before may still be ending: whichever it is, none survives.
  const hosts = bench.workbench.extensionHosts();
  for (const host of hosts) process.kill(host, 'SIGKILL');
  await eventually('the panel is made anew', () => old.isDetached());
  const frame = await panel(bench.page);
  await frame.locator('body *:visible').first().waitFor();
  expect(bench.workbench.extensionHosts().filter((host) => hosts.includes(host))).toEqual([]);
});
