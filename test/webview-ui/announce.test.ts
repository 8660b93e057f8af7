import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { reduceAll } from '../../src/protocol/reduce.ts';
import { emptyView } from '../../src/protocol/view.ts';
import { describe as describeEvents } from '../../webview-ui/announce.ts';
import * as fixture from '../support/fixtureEvents.ts';

function said(events: readonly Event[], last: number) {
  const { polite, assertive } = describeEvents(events.slice(-last), reduceAll(emptyView, events));
  return [...polite, '|', ...assertive].map((text) => text.replaceAll('\u00a0', ' '));
}

describe('what a reader is told', () => {
  it('gathers reads, and names commands with how they ended', () => {
    const recorder = new fixture.Recorder().say('x').read('a.ts').read('b.ts').command('npm test', 1, 'FAIL');
    expect(said(recorder.events, recorder.events.length)).toEqual([
      'read or searched 2 times',
      'ran npm test, not passed',
      '|',
      'Journeyman asks: run npm test. Press Shift+Alt+G',
    ]);
  });

  it('says once that an answer is there', () => {
    expect(said(new fixture.Recorder().say('x').step('Four words stand here').events, 1)).toEqual([
      'Answer ready, 4 words',
      '|',
    ]);
  });

  it('says what became of changes, and asks again only in a low voice', () => {
    const { recorder, calls } = fixture.applied();
    const path = fixture.upload[0]?.path ?? '';
    recorder.review(path, 'rejected', [`${calls[0]}:1.2`, `${calls[0]}:1.3`]);
    recorder.add({ kind: 'user' }, { type: 'problems.found', files: [{ path, textHash: 'h', problems: [] }] });
    expect(said(recorder.events, 2)).toEqual([
      '2 changes in resumableUpload.ts: rejected',
      'No new problems in resumableUpload.ts',
      '|',
    ]);
    const asked = fixture.editsWait();
    asked.recorder.question(asked.call, fixture.editsQuestion(fixture.changesOf(asked.call, fixture.state)));
    expect(said(asked.recorder.events, 1)).toEqual(['the files changed, the question was looked at again', '|']);
  });

  it('says how a run ended', () => {
    expect(said(fixture.unverified().events, 1)).toEqual(['|', 'Done, not verified']);
    expect(said(fixture.failed().events, 1)[1]).toContain('Failed: The server answered 401.');
  });
});
