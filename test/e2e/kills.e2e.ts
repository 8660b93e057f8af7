// One scripted run in a real workbench, once as it is and once with its extension host killed again and again, each time at another
// moment. Both end with the same files; no recorded reply is asked for again, nothing is done twice, nothing acknowledged is lost.
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { command, eventually, statusItem } from '../../scripts/workbench/page.mjs';
import type { Event } from '../../src/core/event.ts';
import { startScriptedApi, type ScriptedApi, type ScriptedReply, type StreamedReply } from '../support/scriptedApi.ts';
import { killOnly, nextHost } from './support/hosts.ts';
import { openJourneyman, panel } from './support/journeyman.ts';
import { screenshot, useWorkbench } from './support/workbench.ts';

const files = { 'notes.txt': 'one\ntwo\nthree\nfour\n' };
const edit = (word: string): ScriptedReply => ({
  content: [
    `I change ${word}.`,
    { tool: 'edit_file', input: { path: 'notes.txt', edits: [{ old_text: word, new_text: word.toUpperCase() }] } },
  ],
});
const run = (line: string): ScriptedReply => ({ content: [{ tool: 'run_command', input: { command: line } }] });

/** What the model says to a conversation in which it has spoken so often. Edits apply at once, commands ask. */
const script: readonly ScriptedReply[] = [
  { content: ['I look first.', { tool: 'read_file', input: { path: 'notes.txt' } }] },
  edit('one'),
  run('echo a >> ran.txt'),
  run('echo b >> ran.txt; sleep 3'),
  edit('two'),
  { content: ['I write a file.', { tool: 'write_file', input: { path: 'made.txt', content: 'made\n' } }] },
  run('echo c >> ran.txt'),
  edit('three'),
  { content: [{ tool: 'read_file', input: { path: 'made.txt' } }] },
  run('echo d >> ran.txt; sleep 3'),
  'First part done.',
  edit('four'),
  'Second part done.',
  run('echo e >> ran.txt'),
  'All done.',
];
const [task, second, third] = ['do the first part', 'now the second', 'and the third'];

const bench = useWorkbench({ files, settings: { 'files.autoSave': 'off' }, viewport: { width: 1400, height: 900 } });

/** Replies that are held back the first time they are asked for, by their place in the script. */
const held = new Map<number, ScriptedReply>();
/** Every request, by the place in the script that it asks for. */
const asked: number[] = [];
let api: ScriptedApi;

beforeAll(async () => {
  const own = {
    type: 'model',
    id: 'own-model',
    display_name: 'Own model',
    max_input_tokens: 100_000,
    max_tokens: 8000,
  };
  api = await startScriptedApi({
    models: [own],
    replies: ({ messages }) => {
      const at = messages.filter(({ role }) => role === 'assistant').length;
      asked.push(at);
      const first = held.get(at);
      held.delete(at);
      return first ?? script[at] ?? 'There is no more.';
    },
  });
});
afterAll(() => api.close());

test('the run as it is', async () => {
  await connect();
  held.set(7, { ...(script[7] as StreamedReply), pings: { count: 40, everyMs: 250 } });
  await begin(`${task}, unkilled`);
  const attendant = attend();
  await until('an answer takes long', () => asked.includes(7), 60_000);
  await say(second);
  await say(third);
  await until('it is done', () => facts('turn.ended').length === 3, 120_000);
  await attendant.end();
  expect(asked).toEqual(script.map((_, i) => i));
  expect(bench.read('ran.txt')).toBe('a\nb\nc\nd\ne\n');
  expect(facts('turn.ended').map(({ outcome }) => outcome.kind)).toEqual(['done', 'done', 'done']);
}, 300_000);

test('the same run, killed again and again', async () => {
  const names = ['notes.txt', 'ran.txt', 'made.txt'];
  const unkilled = names.map((name) => bench.read(name));
  bench.write('notes.txt', files['notes.txt']);
  bench.write('ran.txt', '');
  rmSync(path.join(bench.folder, 'made.txt'));
  await command(bench.page, 'Journeyman: New Session');
  asked.length = 0;
  const kills: Kill[] = [];
  const attendant = attend();
  const kill = async (moment: string, cut: 'asks again' | 'goes on' | 'stays paused' = 'goes on'): Promise<void> => {
    await killOnly(bench);
    const { length: responded } = facts('model.responded');
    const onItsWay = (last('model.requested')?.seq ?? 0) > (last('model.responded')?.seq ?? 0);
    kills.push({ moment, lines: logLines(), responded, onItsWay, asked: asked.length });
    attendant.expects(cut);
    await nextHost(bench);
    process.stderr.write(`kill ${String(kills.length)}: ${moment}\n`);
  };

  held.set(0, { noAnswer: true });
  await begin(`${task}, killed`);
  await until('the first request is on its way', () => asked.includes(0));
  await kill('a request is on its way');

  await until('the edit is written', () => bench.read('notes.txt').startsWith('ONE'));
  await kill('right after an edit');

  attendant.holdsBack = true;
  await until('the command asks', () => facts('approval.requested').length === 1);
  await (await panel(bench.page)).getByRole('region', { name: /Run this command/ }).waitFor();
  await kill('an approval waits', 'asks again');
  await (await panel(bench.page)).getByRole('region', { name: /Run this command/ }).waitFor();
  expect(facts('approval.requested').length).toBe(1);
  attendant.holdsBack = false;

  await attendant.answered('echo a');
  await kill('right after the answer');

  await until('a command runs', () => bench.read('ran.txt').includes('b'), 60_000);
  held.set(5, { content: ['I write a'], fault: { after: 'content_block_delta', then: 'stall' } });
  await kill('a command runs');

  await until('an answer is half there', () => asked.includes(5), 60_000);
  await (await panel(bench.page)).getByText('I write a').first().waitFor();
  setContinue(true);
  attendant.goesOnByItself = true;
  await kill('an answer is half there');

  held.set(7, { noAnswer: true });
  await until('a request is on its way', () => asked.includes(7), 60_000);
  await say(second);
  await say(third);
  await until('two messages wait', () => facts('message.queued').length === 2);
  await kill('two messages wait');

  await until('a reply is recorded', () => facts('model.responded').length === 9, 60_000);
  await kill('right after a reply');

  await until('another command runs', () => bench.read('ran.txt').includes('d'), 60_000);
  held.set(11, { ...(script[11] as StreamedReply), pings: { count: 40, everyMs: 250 } });
  await kill('another command runs');

  await until('the first message of the queue is said', () => facts('turn.started').length === 2, 60_000);
  await kill('a message of the queue has begun');

  held.set(12, { noAnswer: true });
  await until('the second part is at its end', () => asked.includes(12), 60_000);
  await attendant.busy(() => command(bench.page, 'Journeyman: Pause'));
  await until('it is to pause', () => facts('session.paused').length === 1);
  await kill('it is about to pause', 'stays paused');
  await openJourneyman(bench.page);
  await statusItem(bench.page, 'Paused at step').waitFor();
  await screenshot(bench.page, 'kills-paused');
  await attendant.busy(() => command(bench.page, 'Journeyman: Resume'));

  attendant.holdsBack = true;
  await until('the last command asks', () => last('approval.requested')?.turn === 3, 60_000);
  await kill('the last approval waits', 'asks again');
  attendant.holdsBack = false;

  await until('it is done', () => facts('turn.ended').length === 3, 120_000);
  await attendant.end();
  await screenshot(bench.page, 'kills-done');

  // A command that was killed between its start and its first act has done nothing, and its result says that its end is not known.
  const cut = facts('tool.finished').flatMap(({ call, result }) => (result.status === 'interrupted' ? [call] : []));
  const unknown = facts('tool.requested').flatMap(({ call, input }) =>
    cut.includes(call) ? [JSON.stringify(input)] : [],
  );
  const isUnknown = (line: string): boolean => unknown.some((input) => input.includes(`echo ${line} >> ran.txt`));
  const known = (text: string): readonly string[] => text.split('\n').filter((line) => !isUnknown(line));
  expect(names.map((name) => known(bench.read(name)))).toEqual(unkilled.map(known));
  expect(facts('turn.ended').map(({ outcome }) => outcome.kind)).toEqual(['done', 'done', 'done']);
  const lines = logLines();
  const lost = kills.filter((one) => one.lines.some((line, i) => lines[i] !== line)).map(({ moment }) => moment);
  const again = kills.flatMap(({ moment, responded, asked: before }) =>
    asked.slice(before).flatMap((at) => (at < responded ? [`${moment}: reply ${String(at)}`] : [])),
  );
  // What was on its way at a kill may come twice, once for each kill.
  const twice = script.flatMap((_, at) => {
    const times = asked.filter((one) => one === at).length;
    const cut = kills.filter((one) => one.onItsWay && one.responded === at).length;
    return times > 1 + cut ? [`reply ${String(at)}: ${String(times)} times`] : [];
  });
  const started = facts('tool.started').map(({ call }) => call);
  const repeated = bench
    .read('ran.txt')
    .split('\n')
    .filter((line, i, all) => line !== '' && all.indexOf(line) !== i);
  const applied = facts('change.applied').map(({ call }) => call);
  const counts = {
    kills: kills.length,
    'requests that were on their way at a kill': asked.length - script.length,
    'recorded replies asked for again': again.length + twice.length,
    'effects repeated': repeated.length + (applied.length - new Set(applied).size),
    'acknowledged events lost': lost.length,
    events: lines.length,
    'calls started': new Set(started).size,
  };
  process.stdout.write(
    `${Object.entries(counts)
      .map(([what, n]) => `${what}: ${String(n)}`)
      .join('\n')}\n`,
  );
  expect({ again, twice, repeated, lost }).toEqual({ again: [], twice: [], repeated: [], lost: [] });
  expect(new Set(applied).size).toBe(applied.length);
  expect(kills.length).toBeGreaterThanOrEqual(10);
}, 900_000);

interface Kill {
  readonly moment: string;
  /** What stood in the log when the process was dead, whole lines only. */
  readonly lines: readonly string[];
  /** Replies among them. */
  readonly responded: number;
  /** A request for the next one stands there, too: it may have reached the server. */
  readonly onItsWay: boolean;
  /** Requests that had reached the server. */
  readonly asked: number;
}

async function connect(): Promise<void> {
  const { page } = bench;
  const frame = await openJourneyman(page);
  await frame.getByRole('button', { name: 'Connect…' }).click();
  const box = page.locator('.quick-input-widget:visible');
  await box.locator('input').fill(api.baseUrl);
  await page.keyboard.press('Enter');
  await box.getByText('Key for').waitFor();
  await page.keyboard.press('Enter'); // it needs none
  await frame.getByText('Own model').first().waitFor();
}

async function begin(text: string): Promise<void> {
  const { page } = bench;
  const frame = await openJourneyman(page);
  await frame.getByRole('button', { name: /^(Ask first|Edit|Plan)$/ }).click();
  await frame.getByRole('option', { name: /^Edit/ }).click();
  await say(text);
}

async function say(text: string): Promise<void> {
  const frame = await openJourneyman(bench.page);
  await frame.locator('[data-field=composer]').click();
  await bench.page.keyboard.type(text);
  await bench.page.keyboard.press('Enter');
}

/** The person: allows what asks, and says "Go on" to what was cut. */
function attend() {
  const { page } = bench;
  const stop = new AbortController();
  let expects: 'asks again' | 'goes on' | 'stays paused' = 'goes on';
  let held: Promise<unknown> = Promise.resolve();
  const answers: string[] = [];
  const waiting: { readonly line: string; readonly told: () => void }[] = [];
  const self = {
    /** Leaves questions open. */
    holdsBack: false,
    /** What was cut must go on without a click. */
    goesOnByItself: false,
    expects(next: typeof expects) {
      expects = next;
    },
    /** When the answer to a command was clicked. */
    answered: (line: string) =>
      new Promise<void>((told) => {
        if (answers.some((one) => one.includes(line))) told();
        else waiting.push({ line, told });
      }),
    /** Meanwhile it clicks nothing. */
    async busy(work: () => Promise<unknown>) {
      held = work();
      await held;
    },
    async end() {
      stop.abort();
      await loop;
    },
  };
  const step = async (frame: Frame): Promise<void> => {
    const cut = frame.getByRole('region', { name: /The editor closed/ });
    if ((await cut.count()) > 0) {
      if (self.goesOnByItself || expects !== 'goes on') throw new Unexpected(`it asks how to go on, and ${expects}`);
      await cut
        .and(frame.locator('[data-ready]'))
        .getByRole('button', { name: /^Go on/ })
        .click({ timeout: 2000 });
      return;
    }
    const asks = frame.getByRole('region', { name: /Run this command/ }).and(frame.locator('[data-ready]'));
    if (self.holdsBack || (await asks.count()) === 0) return;
    const line = await asks.innerText({ timeout: 1000 });
    await asks.getByRole('button', { name: /^Allow once/ }).click({ timeout: 2000 });
    answers.push(line);
    for (const one of waiting) if (line.includes(one.line)) one.told();
  };
  const loop = (async () => {
    while (!stop.signal.aborted) {
      await held;
      await step(await panel(page)).catch((error: unknown) => {
        if (error instanceof Unexpected) throw error;
        // The panel was taken away under its hands: it looks again.
      });
      await sleep(50);
    }
  })();
  loop.catch(() => undefined); // end() throws it
  return self;
}

class Unexpected extends Error {}

async function until(what: string, holds: () => boolean, timeoutMs = 30_000): Promise<void> {
  await eventually(
    what,
    () => {
      try {
        return holds();
      } catch {
        return false; // a file that is not there yet
      }
    },
    timeoutMs,
  );
}

/** The log of the session that was written to last, as far as its lines are whole. */
function logLines(): readonly string[] {
  const { stateDir } = bench.workbench;
  const logs = readdirSync(stateDir, { recursive: true, encoding: 'utf8' })
    .filter((name) => path.basename(name) === 'events.jsonl')
    .map((name) => readFileSync(path.join(stateDir, name), 'utf8').split('\n').slice(0, -1))
    .sort((a, b) => atMs(a) - atMs(b));
  return logs.at(-1) ?? [];
}

function atMs(lines: readonly string[]): number {
  const first = lines[0];
  return first === undefined ? 0 : (JSON.parse(first) as Event).atMs;
}

function facts<T extends Event['type']>(type: T): readonly (Event & { readonly type: T })[] {
  return logLines()
    .map((line) => JSON.parse(line) as Event)
    .filter((event): event is Event & { readonly type: T } => event.type === type);
}

function last<T extends Event['type']>(type: T): (Event & { readonly type: T }) | undefined {
  return facts(type).at(-1);
}

/** As a person does it in the settings file; the setting holds from the next start of an extension host on. */
function setContinue(value: boolean): void {
  const { stateDir } = bench.workbench;
  const written = readdirSync(stateDir, { recursive: true, encoding: 'utf8' }).filter(
    (name) => path.basename(name) === 'settings.json' && existsSync(path.join(stateDir, name)),
  );
  for (const name of written) {
    const file = path.join(stateDir, name);
    const settings = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    if (!('journeyman.endpoint' in settings)) continue; // the file that the extension's settings of this machine are in
    writeFileSync(file, JSON.stringify({ ...settings, 'journeyman.continueAfterRestart': value }, null, 2));
  }
}
