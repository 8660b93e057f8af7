// The extension host is killed in the middle of a run: the session is there afterwards with everything up to the kill, says so, and
// goes on when the person says so.
import { expect, test } from 'vitest';
import { eventually } from '../../scripts/workbench/page.mjs';
import { openJourneyman, panel } from './support/journeyman.ts';
import { screenshot, useWorkbench } from './support/workbench.ts';

const bench = useWorkbench({ copyOf: 'media/sample' });

test('a run that was killed while it waited is there again, and goes on from there', async () => {
  const { page } = bench;
  const old = await openJourneyman(page);
  await old.locator('[data-field=composer]').click();
  await page.keyboard.type('Heavy parcels are quoted too low. Find out why and fix it.');
  await page.keyboard.press('Enter');
  await old.getByRole('region', { name: /Review 2 changes/ }).waitFor();
  const timeline = (frame: typeof old) => frame.getByRole('list', { name: 'Session timeline' });
  await old.getByText('I mend that').waitFor();

  const [host] = bench.workbench.extensionHosts();
  process.kill(host ?? 0, 'SIGKILL');
  await eventually('the panel is made anew', () => old.isDetached());
  const frame = await panel(page);
  await frame.getByText('The editor closed').first().waitFor();
  await screenshot(page, 'crash-1-killed');
  for (const words of ['Heavy parcels are quoted too low', 'Found it. Above 30 kg', 'I mend that', 'rates.js']) {
    expect(await timeline(frame).innerText()).toContain(words);
  }
  expect(bench.read('src/rates.js')).toContain('Math.floor');

  await frame.getByRole('button', { name: 'Go on, check first' }).click();
  await frame.getByRole('region', { name: /Review 2 changes/ }).waitFor();
  await screenshot(page, 'crash-2-on');
});
