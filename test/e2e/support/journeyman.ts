// What a person does with Journeyman, done in a page.
import type { Frame, Page } from 'playwright-core';
import { eventually, webview } from '../../../scripts/workbench/page.mjs';

export const extensionId = 'journeyman.journeyman';

/** Opens the panel from the activity bar, unless it is open, and returns the document inside it. */
export async function openJourneyman(page: Page): Promise<Frame> {
  const item = page.locator('.activitybar .action-item', { has: page.locator('a[aria-label^="Journeyman"]') });
  await item.waitFor();
  // A second click closes it, and a window that is just being restored may open it itself: looked at again after each click.
  await eventually('the panel is open', async () => {
    const isOpen = () => item.evaluate((element) => element.classList.contains('checked'));
    if (await isOpen()) return true;
    await item.click();
    await page.waitForTimeout(300);
    return isOpen();
  });
  return panel(page);
}

/** The document inside the panel, once it is there: again after a reload or a restart of the extension host. */
export function panel(page: Page): Promise<Frame> {
  return webview(page, extensionId);
}
