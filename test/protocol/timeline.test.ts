import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { timeline, type Item } from '../../src/protocol/timeline.ts';
import { reduceAll } from '../../src/protocol/reduce.ts';
import { emptyView } from '../../src/protocol/view.ts';
import { groupTitle } from '../../src/protocol/words.ts';
import * as fixture from '../support/fixtureEvents.ts';

function items(events: readonly Event[], isOpen: (key: string) => boolean = () => false): readonly string[] {
  return timeline(reduceAll(emptyView, events).rows, isOpen).map(brief);
}

function brief(item: Item): string {
  switch (item.kind) {
    case 'group':
      return groupTitle(item.steps).replaceAll('\u00a0', ' ');
    case 'turn':
      return `${item.report.steps} steps`;
    case 'end':
      return `end: ${item.report.outcome.kind}`;
    case 'row':
      return item.inGroup ? `  ${item.row.kind}` : item.row.kind;
  }
}

describe('the timeline', () => {
  it('folds reads and searches once something else has followed', () => {
    const recorder = new fixture.Recorder().say('x').read('a.ts').read('b.ts').search('c');
    expect(items(recorder.events)).toEqual(['said', 'step', 'step', 'step']);
    expect(items(recorder.step('Found it.').events)).toEqual(['said', 'Read 2 files, searched once', 'answer']);
  });

  it('leaves one read as it is', () => {
    expect(items(new fixture.Recorder().say('x').read('a.ts').step('y').events)).toEqual(['said', 'step', 'answer']);
  });

  it('opens a group in place', () => {
    const recorder = new fixture.Recorder().say('x').read('a.ts').read('b.ts').step('y');
    expect(items(recorder.events, () => true)).toEqual(['said', 'Read 2 files', '  step', '  step', 'answer']);
  });

  it('folds the steps of an ended turn, its report tells the rest', () => {
    expect(items(fixture.done().events)).toEqual(['said', '15 steps', 'report']);
    expect(items(fixture.done().events, (key) => key.startsWith('turn:'))).toEqual([
      'said',
      '15 steps',
      'Read 6 files, searched 2 times',
      ...['step', 'step', 'rule', 'step', 'rule', 'step', 'step', 'rule', 'step'],
      'report',
    ]);
  });

  it('shows an answer as an answer where nothing was changed or checked', () => {
    expect(items(fixture.answered().events)).toEqual(['said', '9 steps', 'answer', 'end: done']);
  });

  it('keeps what was said in the middle of a turn in its turn', () => {
    const recorder = new fixture.Recorder().say('x').read('a.ts');
    recorder.add({ kind: 'user' }, { type: 'message.delivered', message: 'm', text: 'y', attachments: [] });
    recorder.step('z').end({ kind: 'done', verified: true, summary: 'z', evidence: [] });
    expect(items(recorder.events)).toEqual(['said', '2 steps', 'answer', 'end: done']);
  });

  it('gives every item a key of its own', () => {
    const rows = reduceAll(emptyView, fixture.long(40).events).rows;
    const keys = timeline(rows, () => true).map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
