/** Inside of the sandbox, where there is no network: the port that programs take for their proxy, joined to the socket that leads out. */
import type { Program } from '../core/ports.ts';

/** Where the folder of the proxy's socket is found inside. */
export const proxyFolder = '/run/journeyman';
const port = 3128;

/** `program` with a proxy: the bridge runs beside it and ends with the sandbox. `node`: the program that runs this code. */
export function bridged(program: Program, node: string = process.execPath): Program {
  const args = ['-c', script, 'bridge', node, code, program.file, ...program.args];
  return { ...withProxy(program, port), file: '/bin/sh', args };
}

/** `program` told to go by the proxy on a port of its machine. */
export function withProxy(program: Program, at: number): Program {
  const url = `http://127.0.0.1:${String(at)}`;
  const names = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'];
  return {
    ...program,
    env: {
      ...program.env,
      ...Object.fromEntries(names.map((name) => [name, url])),
      no_proxy: 'localhost,127.0.0.1',
      NO_PROXY: 'localhost,127.0.0.1',
      NODE_USE_ENV_PROXY: '1',
    },
  };
}

/** The program begins when the bridge listens, or cannot. An editor's own program is Node only when it is told so. */
const script = `node=$1 code=$2; shift 2
ready=$(mktemp -u) && mkfifo "$ready" || exec "$@"
ELECTRON_RUN_AS_NODE=1 "$node" -e "$code" </dev/null >"$ready" 2>/dev/null 3>&- &
read -r _ <"$ready"; rm -f "$ready"
exec "$@"`;

const code = `const net = require('node:net');
net.createServer({ allowHalfOpen: true }, (one) => {
  const other = net.connect({ path: '${proxyFolder}/proxy', allowHalfOpen: true });
  one.on('error', () => other.destroy());
  other.on('error', () => one.destroy());
  one.pipe(other);
  other.pipe(one);
}).listen(${String(port)}, '127.0.0.1', () => process.stdout.end('ready\\n'));`;
