/** How long the panel takes from the message with a session of 10,000 events to a drawn page that a person can use. */
import type { Browser } from 'playwright-core';
import type { Event } from '../../src/core/event.ts';
import type { HostMessage } from '../../src/protocol/messages.ts';
import { launchBrowser } from '../../scripts/workbench/page.mjs';
import * as fixture from '../support/fixtureEvents.ts';
import type { Row } from './durableTable.ts';
import { median } from './table.ts';

const events = 10_000;
const runs = 5;
const aimMs = 150;
const part = 'The panel, from a message with 10,000 events to a drawn page';

/** What is used of the panel's harness. It is written for a page, and this file for Node: the compiler looks at one at a time. */
interface Harness {
  buildPanel(): Promise<unknown>;
  openPanel(browser: Browser, files: unknown): Promise<OpenPanel>;
  session(events: readonly Event[]): readonly HostMessage[];
}
interface OpenPanel {
  drawnMs(messages: readonly HostMessage[]): Promise<number>;
  close(): Promise<void>;
}

/** The figures of the panel for the bench of durable sessions. */
export async function panelRows(): Promise<readonly Row[]> {
  // As a string the compiler does not follow it, and the bundler still does.
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-assertion
  const harness = (await import('../webview-ui/harness.ts' as string)) as Harness;
  const files = await harness.buildPanel();
  const browser = await launchBrowser();
  try {
    const rows = [];
    for (const [name, log] of [
      ['in tasks of 40 events', inTasks()],
      ['in one task that still runs', inOne()],
    ] as const)
      rows.push({ part, name, value: await opened(harness, browser, files, log), unit: 'ms', aim: aimMs } as const);
    return rows;
  } finally {
    await browser.close();
  }
}

/** A fresh page each time: its first session is the one a person waits for. */
async function opened(
  harness: Harness,
  browser: Browser,
  files: unknown,
  log: readonly Event[],
): Promise<number | null> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const panel = await harness.openPanel(browser, files);
    try {
      times.push(await panel.drawnMs(harness.session(log)));
    } finally {
      await panel.close();
    }
  }
  return median(times);
}

function inTasks(): readonly Event[] {
  const recorder = new fixture.Recorder();
  const done = { kind: 'done', verified: true, summary: 'Done.', evidence: [] } as const;
  while (recorder.events.length < events) {
    recorder.say('Do the next part').read('src/a.ts').read('src/b.ts').search('offset').edit(fixture.upload);
    recorder.command('npm test', 0, '128 passed').step('Done.').end(done);
  }
  return recorder.events.slice(0, events);
}

function inOne(): readonly Event[] {
  const recorder = new fixture.Recorder().say('Do it all');
  while (recorder.events.length < events)
    recorder.read('src/a.ts').step('Seen.').edit(fixture.upload).command('npm test', 0, '128 passed');
  return recorder.events.slice(0, events);
}
