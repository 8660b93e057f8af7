import { describe, expect, it } from 'vitest';
import type { Fact } from '../../src/core/event.ts';
import { limits } from '../../src/core/limits.ts';
import type { ToolDetail, ToolResult } from '../../src/core/tool.ts';
import { readOutput } from '../../src/editor/outputs.ts';
import { eventsOf } from '../support/events.ts';
import { fakeBlobs } from '../support/fakeKeeping.ts';

const requested: Fact = {
  type: 'tool.requested',
  call: 'c',
  tool: 'run_command',
  input: { command: 'npm test' },
  resources: [],
};
const finished = (result: ToolResult): Fact => ({ type: 'tool.finished', call: 'c', result, ms: 1 });
const detail: ToolDetail = { kind: 'command', exitCode: 0, timedOut: false, outputBytes: 3, outputLines: 1 };
const read = (facts: readonly Fact[], blobs = fakeBlobs()) => readOutput(blobs, 's', eventsOf(...facts), 'c');

describe('what a command has printed', () => {
  it('is the whole where it was kept', async () => {
    const blobs = fakeBlobs();
    const whole = await blobs.put('s', Buffer.from('all of it'));
    const end = finished({ status: 'ok', text: 'head … tail', detail: { ...detail, whole } });
    expect(await read([requested, end], blobs)).toEqual({ title: 'npm test', text: 'all of it' });
  });

  it('says where more came than is kept', async () => {
    const blobs = fakeBlobs();
    const whole = { ...(await blobs.put('s', Buffer.from('much'))), bytes: limits.outputKeptBytes };
    const end = finished({ status: 'ok', text: 'head … tail', detail: { ...detail, whole } });
    expect((await read([requested, end], blobs))?.text).toMatch(
      /^much\n\[… what came after \d+ bytes is not kept …\]\n$/,
    );
  });

  it('is the whole of a command that went on in the background, told at its end or read', async () => {
    const blobs = fakeBlobs();
    const whole = await blobs.put('s', Buffer.from('all of it'));
    const behind = { ...detail, exitCode: null, background: { id: 'bg1', isRunning: true } };
    const begun = finished({ status: 'ok', text: 'begun', detail: behind });
    const over = { ...detail, background: { id: 'bg1', isRunning: false }, whole };
    const told: Fact = {
      type: 'command.ended',
      call: 'c',
      id: 'bg1',
      line: 'npm test',
      how: 'itself',
      exitCode: 0,
      whole,
    };
    const seen: Fact = { type: 'tool.finished', call: 'd', result: { status: 'ok', text: '', detail: over }, ms: 1 };
    for (const end of [told, seen])
      expect(await read([requested, begun, end], blobs)).toEqual({ title: 'npm test', text: 'all of it' });
    expect(await read([requested, begun], blobs)).toEqual({ title: 'npm test', text: 'begun' });
  });

  it('is what the model was shown where the whole is gone, or was no more', async () => {
    const whole = { hash: 'gone', bytes: 9 };
    const shown = { title: 'npm test', text: 'head … tail' };
    expect(await read([requested, finished({ status: 'ok', text: 'head … tail', detail })])).toEqual(shown);
    const end = finished({ status: 'ok', text: 'head … tail', detail: { ...detail, whole } });
    expect(await read([requested, end])).toEqual(shown);
  });

  it('is what had come when its process was cut off', async () => {
    const blobs = fakeBlobs(new Map([['c', 'so far']]));
    expect(await read([requested], blobs)).toEqual({ title: 'npm test', text: 'so far' });
    expect(await read([requested, finished({ status: 'interrupted', text: 'not seen' })], blobs)).toEqual({
      title: 'npm test',
      text: 'so far',
    });
  });

  it('is nothing for a call that is not in the session', async () => {
    expect(await read([])).toBe(null);
  });
});
