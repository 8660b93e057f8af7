import { spawn, spawnSync } from 'node:child_process';
import { createServer as httpServer, request } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { HostPort } from '../../src/core/hostPort.ts';
import { bridged, proxyFolder } from '../../src/sandbox/networkBridge.ts';
import { isPublicAddress, networkProxy, type NetworkProxy } from '../../src/sandbox/networkProxy.ts';
import { tempFolder } from '../support/tempFolder.ts';

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** Names of `test` lead to this machine. */
async function proxyTo(allowed: readonly HostPort[], isPublic = () => true): Promise<NetworkProxy> {
  const resolve = (host: string) => Promise.resolve(host.endsWith('.test') ? ['127.0.0.1'] : []);
  const proxy = await networkProxy({ folder: await tempFolder(), allowed, resolve, isPublic });
  onTestFinished(() => {
    proxy.close();
  });
  return proxy;
}

function folderOf({ at }: NetworkProxy): string {
  return at.kind === 'proxy' ? at.folder : '';
}

/** Through the socket, as a program does that knows of a proxy. */
function asked(proxy: NetworkProxy, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const one = request({ socketPath: join(folderOf(proxy), 'proxy'), path, agent: false });
    one.on('error', reject);
    one.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (data: string) => (text += data));
      response.on('end', () => {
        resolve(`${String(response.statusCode)} ${text}`);
      });
    });
    one.end();
  });
}

/** What comes back through a tunnel, or the status of its refusal. */
function tunnelled(proxy: NetworkProxy, path: string, sent: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const one = request({ socketPath: join(folderOf(proxy), 'proxy'), method: 'CONNECT', path, agent: false });
    one.on('error', reject);
    one.on('connect', (response, socket) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        resolve(String(response.statusCode));
        return;
      }
      let text = '';
      socket.setEncoding('utf8').on('data', (data: string) => (text += data));
      socket.on('end', () => {
        resolve(text);
      });
      socket.write(sent);
    });
    one.end();
  });
}

test('what is on the list is reached, by requests and through tunnels; everything else is refused and told', async () => {
  const web = await listening(httpServer((message, response) => response.end(`${String(message.method)} ${String(message.url)} ${String(message.headers.host)}`))); // prettier-ignore
  const echo = await listening(createServer((socket) => socket.once('data', (data) => socket.end(`echo ${String(data)}`)))); // prettier-ignore
  const proxy = await proxyTo([
    { host: 'web.test', port: web },
    { host: '*.echo.test', port: echo },
  ]);
  const at = (name: string, port: number): string => `${name}:${String(port)}`;
  expect(await asked(proxy, `http://web.test:${String(web)}/a?b=1`)).toBe(`200 GET /a?b=1 web.test:${String(web)}`);
  expect(await tunnelled(proxy, at('a.echo.test', echo), 'hello')).toBe('echo hello');
  const refusals = [at('echo.test', echo), at('web.test', echo), at('127.0.0.1', echo), 'web.test', at('x@a.echo.test', echo), at('gone.echo.dev', 443)]; // prettier-ignore
  for (const place of refusals) expect(await tunnelled(proxy, place, '')).toBe('403');
  expect(await asked(proxy, `http://other.test:${String(web)}/`)).toMatch(/^403 Journeyman: /);
  expect(await asked(proxy, '/a')).toMatch(/^403 /);
  expect([...proxy.refused]).toEqual([...refusals, at('other.test', web)]);
  const folder = folderOf(proxy);
  proxy.close();
  expect(existsSync(folder)).toBe(false);
});

test('a name on the list that leads into a private network is refused', async () => {
  const proxy = await proxyTo([{ host: 'inner.test', port: 443 }], isPublicAddress as () => boolean);
  expect(await tunnelled(proxy, 'inner.test:443', '')).toBe('403');
  expect([...proxy.refused]).toEqual(['inner.test:443']);
});

test('public is what is neither this machine, nor its network, nor a service of a cloud', () => {
  const inner = ['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '224.0.0.1', '255.255.255.255', '::1', '::', 'fe80::1', 'fc00::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::7f00:1', '2002:7f00:1::', 'fec0::1']; // prettier-ignore
  expect(inner.filter(isPublicAddress)).toEqual([]);
  const outer = ['1.1.1.1', '93.184.216.34', '172.32.0.1', '2606:4700::1111', '::ffff:1.1.1.1'];
  expect(outer.filter((address) => !isPublicAddress(address))).toEqual([]);
});

const args = ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--unshare-all', '--die-with-parent', '--tmpfs', '/run', '--tmpfs', '/tmp']; // prettier-ignore
const hasBubblewrap = spawnSync('bwrap', [...args, '/bin/true']).status === 0;

test.skipIf(!hasBubblewrap)(
  `inside the sandbox a program finds the proxy and nothing else${hasBubblewrap ? '' : ' (skipped: bubblewrap does not work here)'}`,
  async () => {
    const web = await listening(httpServer((_, response) => response.end('from outside\n')));
    const proxy = await proxyTo([{ host: 'web.test', port: web }]);
    const program = `
      const http = require('node:http');
      const { hostname, port } = new URL(process.env.http_proxy);
      const ask = (host, path, then) => http.get({ host, port: host === hostname ? port : ${String(web)}, path }, (response) => {
        response.on('data', (data) => process.stdout.write(data)).on('end', then);
      }).on('error', ({ code }) => { console.log(code); then(); });
      ask(hostname, 'http://web.test:${String(web)}/', () => ask(hostname, 'http://no.test:${String(web)}/', () => ask('127.0.0.2', '/', () => undefined)));`;
    const { file, args: own, env } = bridged({ file: process.execPath, args: ['-e', program], cwd: '/', env: { PATH: process.env.PATH, TMPDIR: '/tmp' } }); // prettier-ignore
    const child = spawn('bwrap', [...args, '--ro-bind', folderOf(proxy), proxyFolder, file, ...own], { env });
    const output: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => output.push(data));
    await new Promise((resolve) => child.once('close', resolve));
    expect(Buffer.concat(output).toString()).toBe('from outside\nJourneyman: this place is not on the list of places that commands may reach.\nECONNREFUSED\n'); // prettier-ignore
    expect([...proxy.refused]).toEqual([`no.test:${String(web)}`]);
  },
);
