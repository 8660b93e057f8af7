import { expect, test } from 'vitest';
import { covers, isCheck } from '../../src/session/evidence.ts';

test.each([
  'npm test', 'npm run lint', 'npx vitest run test/a.test.ts', 'node --test', 'cargo test --all', 'go vet ./...', 'cd pkg && npm run build', 'make check', 'pytest -q', 'npm test 2>&1', 'python -m unittest',
])('%s is a check', (line) => {
  expect(isCheck(line)).toBe(true);
}); // prettier-ignore

test.each([
  'cat test/a.test.ts', 'ls test', 'grep -rn build src', 'git diff test', 'npm test | tail -5', 'npm test || true', 'npm test; echo ok', 'npm test &', 'npm install', 'node index.js', 'npm test\necho done',
])('%s proves nothing', (line) => {
  expect(isCheck(line)).toBe(false);
}); // prettier-ignore

test.each([
  ['npm run lint && npm test', 'npm test', true],
  ['python3 -m unittest -q a b', 'python3 -m unittest -q a', true],
  ['cd pkg && npm test', 'npm test', true],
  ['npm test', 'cd pkg && npm test', false],
  ['pytest a -k one', 'pytest a', false],
  ['pytest b', 'pytest a', false],
])('%s covers %s: %s', (passed, line, expected) => {
  expect(covers(passed, line)).toBe(expected);
});
