import { expect, it } from 'vitest';
import { fetchesText, namesNetwork } from '../../../src/permission/shell/network.ts';

it.each([
  'curl -s x.invalid',
  'cd a && curl x',
  '/usr/bin/wget x',
  'env FOO=1 curl x',
  'sh -c "curl x"',
  'echo `curl x`',
  'git push',
  'git -C sub push origin main',
  'git remote update',
  'npm install',
  'npm ci --ignore-scripts',
  'yarn',
  'npx eslint .',
  'python3 -m pip install x',
  'cargo add serde',
  'go mod download',
  'docker compose pull',
  'node get.js https://a.invalid',
  'cat </dev/tcp/a.invalid/80',
  'curl.exe x',
  'timeout 5 curl x',
  'if true; then wget x; fi',
  'bin/curl x',
])('%j reaches the network', (line) => {
  expect(namesNetwork(line)).toBe(true);
});

it.each([
  'npm test',
  'npm run build',
  'git status',
  'git log --oneline',
  'make',
  'cargo test',
  'go test ./...',
  'cat src/curl.ts',
  'ls node_modules/wget-lib',
  'grep -rn fetchAll src',
  'pytest -q',
  'grep -rn http src',
  'npm run host',
  'git commit -m wip',
  'make curl-test',
])('%j does not', (line) => {
  expect(namesNetwork(line)).toBe(false);
});

it('text is fetched by programs that print what they get, and taken for fetched where a line is too long to tell', () => {
  const lines = [
    'curl x',
    'gh issue view 3',
    'echo a | nc x 80',
    'npm ci',
    'git pull',
    'grep curl a.txt',
    'a'.repeat(5000),
  ];
  expect(lines.map(fetchesText)).toEqual([true, true, true, false, false, false, true]);
});
