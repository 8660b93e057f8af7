// What a person does with Journeyman, done in a page.
import type { Frame, Page } from 'playwright-core';
import { webview } from '../../../scripts/workbench/page.mjs';

export const extensionId = 'journeyman.journeyman';

/** Opens the panel from the activity bar, unless it is open, and returns the document inside it. */
export async function openJourneyman(page: Page): Promise<Frame> {
  const item = page.locator('.activitybar .action-item', { has: page.locator('a[aria-label^="Journeyman"]') });
  await item.waitFor();
  // A second click would close it.
  const isOpen = await item.evaluate((element) => element.classList.contains('checked'));
  if (!isOpen) await item.click();
  return panel(page);
}

/** The document inside the panel, once it is there: again after a reload or a restart of the extension host. */
export function panel(page: Page): Promise<Frame> {
  return webview(page, extensionId);
}
