/**
 * The only way out of the sandbox: a proxy of ours. It lets through what is on the list of the command, by name and port, to
 * public addresses alone; the address that was looked at is the one that is dialled.
 */
import { lookup } from 'node:dns/promises';
import { rmSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { BlockList, connect, isIPv6, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { coversHost, formatHostPort, parseHostPort, type HostPort } from '../core/hostPort.ts';
import type { PolicyNetwork } from './policy.ts';
import { temporaryFolder } from './temporary.ts';

export interface NetworkProxy {
  /** Where it listens: a folder that holds the socket `proxy` and nothing else, or a port of this machine. */
  readonly at: ProxyPlace;
  /** What was asked for and not let through, `host:port`, each once. */
  readonly refused: ReadonlySet<string>;
  close(): void;
}

export type ProxyPlace = PolicyNetwork & { readonly kind: 'proxy' | 'port' };

export interface NetworkProxyOptions {
  /** Where the folder of the socket is made; null: it listens on a port. */
  readonly folder: string | null;
  readonly allowed: readonly HostPort[];
  /** Addresses of a name; for tests. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  /** Whether an address may be dialled; for tests. */
  readonly isPublic?: (address: string) => boolean;
}

export async function networkProxy(options: NetworkProxyOptions): Promise<NetworkProxy> {
  const { allowed, resolve = addressesOf, isPublic = isPublicAddress } = options;
  const folder = options.folder === null ? null : temporaryFolder(options.folder);
  const refused = new Set<string>();
  const open = new Set<Duplex>();

  /** null: it is not let through. */
  const dial = async (asked: string): Promise<Socket | null> => {
    const target = parseHostPort(asked);
    const address = target !== null && allowed.some((one) => coversHost(one, target)) ? await addressFor(target) : null;
    if (target === null || address === null) {
      refused.add(target === null ? asked.slice(0, askedChars) : formatHostPort(target));
      return null;
    }
    const socket = connect({ host: address, port: target.port });
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    return socket;
  };
  const addressFor = async ({ host }: HostPort): Promise<string | null> => {
    const addresses = await resolve(host).catch(() => []);
    return addresses.find(isPublic) ?? null;
  };

  const server = createServer();
  server.on('connection', (socket: Duplex) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  // A tunnel: what goes through it is between the program and the other side.
  server.on('connect', (message: IncomingMessage, client: Duplex, head: Buffer) => {
    client.on('error', () => undefined);
    void dial(message.url ?? '').then((socket) => {
      if (socket === null) return client.end(answer(403, refusal));
      socket.once('connect', () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.write(head);
        socket.pipe(client);
        client.pipe(socket);
      });
      socket.on('error', () => client.end(answer(502, 'The other side was not reached.')));
      client.once('close', () => socket.destroy());
      return undefined;
    });
  });
  server.on('request', (message: IncomingMessage, response: ServerResponse) => {
    const url = urlOf(message);
    void (url === null ? Promise.resolve(null) : dial(url.target)).then((socket) => {
      if (url === null || socket === null) return response.writeHead(403).end(refusal);
      const { headers, method } = message;
      const passed = request({ createConnection: () => socket, method, path: url.path, headers: { ...headers, host: url.host, connection: 'close' } }); // prettier-ignore
      passed.on('response', (from) => {
        response.writeHead(from.statusCode ?? 502, from.headers);
        from.pipe(response);
      });
      passed.on('error', () => response.destroy());
      return message.pipe(passed);
    });
  });
  server.on('clientError', (_, socket) => socket.destroy());
  await new Promise<void>((listens, failed) => {
    server.once('error', failed);
    if (folder === null) server.listen(0, '127.0.0.1', listens);
    else server.listen(join(folder, 'proxy'), listens);
  });
  const { port } = folder === null ? (server.address() as AddressInfo) : { port: 0 };
  return {
    at: folder === null ? { kind: 'port', port } : { kind: 'proxy', folder },
    refused,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
      if (folder !== null) rmSync(folder, { recursive: true, force: true });
    },
  };
}

const refusal = 'Journeyman: this place is not on the list of places that commands may reach.\n';
/** Of what is no name and port at all. */
const askedChars = 100;

function answer(status: number, text: string): string {
  const reason = status === 403 ? 'Forbidden' : 'Bad Gateway';
  return `HTTP/1.1 ${String(status)} ${reason}\r\nContent-Type: text/plain\r\nContent-Length: ${String(Buffer.byteLength(text))}\r\nConnection: close\r\n\r\n${text}`;
}

/** Of a request that is to be passed on: `GET http://host:80/path`. Its name and port are taken as they are written. */
function urlOf({
  url = '',
}: IncomingMessage): { readonly target: string; readonly host: string; readonly path: string } | null {
  const [, host = '', path = ''] = /^http:\/\/([^/?#@\s]+)([/?]\S*)?$/i.exec(url) ?? [];
  if (host === '') return null;
  return { target: /:\d+$/.test(host) ? host : `${host}:80`, host, path: path.startsWith('/') ? path : `/${path}` };
}

async function addressesOf(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/** Of the internet: no machine of one's own network, not this one, no service of a cloud's inside. */
export function isPublicAddress(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return isPublicAddress(mapped);
  return isIPv6(address) ? global6.check(address, 'ipv6') && !inner.check(address, 'ipv6') : !inner.check(address);
}

const inner = new BlockList();
for (const [network, prefix] of [['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.0.2.0', 24], ['192.88.99.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 3]] as const) inner.addSubnet(network, prefix); // prettier-ignore
// Those of IPv6 that carry one of IPv4, and those for examples.
for (const [network, prefix] of [['2001::', 23], ['2001:db8::', 32], ['2002::', 16]] as const) inner.addSubnet(network, prefix, 'ipv6'); // prettier-ignore
const global6 = new BlockList();
global6.addSubnet('2000::', 3, 'ipv6');
