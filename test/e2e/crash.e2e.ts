// The extension host is killed in the middle of a run: the session is there afterwards with everything up to the kill. What waited for
// the person waits again by itself; what was in the middle of something says what is known of it, and goes on with one click.
import { expect, test } from 'vitest';
import { eventually, statusItem } from '../../scripts/workbench/page.mjs';
import { killHost } from './support/hosts.ts';
import { openJourneyman } from './support/journeyman.ts';
import { screenshot, useWorkbench } from './support/workbench.ts';

const bench = useWorkbench({ copyOf: 'media/sample' });

test('a run that was killed while it waited asks again, with what was said before', async () => {
  const { page } = bench;
  const old = await openJourneyman(page);
  await old.locator('[data-field=composer]').click();
  await page.keyboard.type('Heavy parcels are quoted too low. Find out why and fix it.');
  await page.keyboard.press('Enter');
  const review = (frame: typeof old, changes: string) =>
    frame.getByRole('region', { name: new RegExp(`Review ${changes}`) });
  const timeline = (frame: typeof old) => frame.getByRole('list', { name: 'Session timeline' });
  await review(old, '2 changes').and(old.locator('[data-ready]')).waitFor();
  await old.getByText('I mend that').waitFor();
  const rename = old.getByRole('group', { name: /^Line \d+, priceOf/ }).filter({ hasText: 'const row' });
  await rename.getByRole('button', { name: /^Reject/ }).click();
  await review(old, '1 change').waitFor();

  const frame = await killHost(bench);
  await review(frame, '1 change').waitFor();
  await screenshot(page, 'crash-1-asks-again');
  for (const words of ['Heavy parcels are quoted too low', 'Found it. Above 30 kg', 'I mend that', 'rates.js']) {
    expect(await timeline(frame).innerText()).toContain(words);
  }
  expect(await frame.getByRole('button', { name: /^Go on/ }).count()).toBe(0);
  expect(bench.read('src/rates.js')).toContain('Math.floor');
  await review(frame, '1 change').and(frame.locator('[data-ready]')).waitFor();
  await review(frame, '1 change')
    .getByRole('button', { name: /^Accept/ })
    .first()
    .click();
  await eventually('the accepted change is on disk', () => bench.read('src/rates.js').includes('Math.ceil'));
  expect(bench.read('src/rates.js')).not.toContain('const row');
});

test('a run that was killed while it worked says what is known, and is left or goes on as the person says', async () => {
  const { page } = bench;
  const old = await openJourneyman(page);
  await old.getByRole('region', { name: /Review 1 change/ }).waitFor();
  await old
    .getByRole('region', { name: /Review 1 change/ })
    .and(old.locator('[data-ready]'))
    .getByRole('button', { name: /^Accept/ })
    .first()
    .click();
  await eventually('it works on', () => bench.read('CHANGELOG.md').includes('every started kilogram'));
  const frame = await killHost(bench);
  const cut = frame.getByRole('region', { name: /The editor closed/ });
  const asks = frame.getByRole('region', { name: /Run this command/ });
  await cut.or(asks).first().waitFor();
  await screenshot(page, 'crash-2-cut');
  if ((await cut.count()) > 0) {
    await statusItem(page, /Stopped at step \d+, waiting for you/).waitFor();
    await cut.and(frame.locator('[data-ready]')).waitFor();
    await cut.getByRole('button', { name: /^Go on/ }).click();
  }
  await asks.waitFor();
});
