import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { Terminal } from '../../src/cli/terminal.ts';
import { isTypedCommand } from '../../src/cli/typed.ts';

function open() {
  const streams = { input: new PassThrough(), questions: new PassThrough(), output: new PassThrough() };
  const terminal = new Terminal(streams, isTypedCommand);
  const heard: string[] = [];
  terminal.onLine((line) => heard.push(line));
  return { ...streams, terminal, heard, asked: () => String(streams.questions.read() ?? '') };
}
const { signal } = new AbortController();

test('a line answers the oldest question; commands and what comes without a question are heard', async () => {
  const { input, terminal, heard, asked } = open();
  const first = terminal.question('Run it?\n\n[y/n] ', signal);
  const second = terminal.question('And this? ', signal);
  input.write('/queue\n y \nno\nThen the docs.\n');
  expect(await Promise.all([first, second])).toEqual(['y', 'no']);
  await new Promise((resolve) => setImmediate(resolve));
  expect(heard).toEqual(['/queue', 'Then the docs.']);
  expect(asked()).toBe('Run it?\n\n[y/n] And this? ');
  terminal.close();
});

test('an aborted question takes no line', async () => {
  const { input, terminal, heard } = open();
  const stop = new AbortController();
  const question = terminal.question('Run it? ', stop.signal);
  stop.abort(new Error('stopped'));
  await expect(question).rejects.toThrow('stopped');
  input.write('y\n');
  await new Promise((resolve) => setImmediate(resolve));
  expect(heard).toEqual(['y']);
  terminal.close();
});

test('the end of the input is told once', async () => {
  const { input, terminal } = open();
  const ended = new Promise<void>((resolve) => {
    terminal.onEnd(resolve);
  });
  input.end();
  await ended;
});
