import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cappedOutput } from '../../src/sandbox/output.ts';

function take(chunks: readonly Buffer[], bytesMax = 10_000): { text: string; live: string } {
  let live = '';
  const output = cappedOutput(bytesMax, (text) => {
    live += text;
  });
  for (const chunk of chunks) output.add(chunk);
  return { text: output.end().text, live };
}

describe('output of a command', () => {
  const coloured =
    '\u001b[1;31mred\u001b[0m äöü €\u001b]8;;https://a.dev\u001b\\link\u001b]8;;\u0007\r\n\u001b[2K10 %\r\u001b[2K100 %\r\ndone\u0008\n';

  it('has no control sequences, and of a progress line its last state', () => {
    expect(take([Buffer.from(coloured)])).toEqual({
      text: 'red äöü €link\n100 %\ndone\n',
      live: 'red äöü €link\n10 %\n100 %\ndone\n',
    });
  });

  it('is the same in whatever pieces it comes', () => {
    const whole = take([Buffer.from(coloured)]);
    const bytes = Buffer.from(coloured);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length })), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const pieces = places.slice(1).map((end, i) => bytes.subarray(places[i], end));
        expect(take(pieces)).toEqual(whole);
      }),
    );
  });
});
