import { expect, test } from 'vitest';
import { sandboxFault } from '../../src/sandbox/explain.ts';

test.each([
  ['curl: (6) Could not resolve host: example.com\n', 'The sandbox has no network.'],
  ['npm error code EAI_AGAIN\n', 'The sandbox has no network.'],
  ['error: could not write config file .git/config: Device or resource busy\n', 'The sandbox keeps settings'],
  ['touch: cannot touch /etc/x: Read-only file system\n', 'The sandbox lets commands write to the workspace'],
  ['cat: .env: Permission denied\n', 'The sandbox hides keys'],
  ['curl: (7) Failed to connect: Connection refused', 'From the sandbox no server outside of it is reached'],
])('%j is explained', (output, start) => {
  expect(sandboxFault(output)?.startsWith(start)).toBe(true);
  expect(sandboxFault(output)).toContain(start.includes('has no network') ? 'the places in hosts' : 'outside_sandbox');
});

test('a failure of the program itself is not', () => {
  expect(sandboxFault('AssertionError: expected 1 to be 2\n')).toBeNull();
  expect(sandboxFault(`EROFS${' '.repeat(20_000)}`)).toBeNull();
});
