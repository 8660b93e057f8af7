/**
 * Forty commands that hang, flood, hide or ask: each ends, or goes on in the background, within its wait, its output is exact, and nothing
 * of them runs after a stop or a `kill -9` of the process that started them.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { limits } from '../../src/core/limits.ts';
import { noStanding } from '../../src/core/tool.ts';
import { systemShell } from '../../src/sandbox/shell.ts';
import { createTools } from '../../src/tools/catalogue.ts';
import { Commands } from '../../src/tools/commands.ts';
import { prepareCall, runCall } from '../../src/tools/run.ts';
import { nodeFiles } from '../../src/workspace/files.ts';
import { bundle, otherProcess } from '../support/otherProcess.ts';
import { tempFolder } from '../support/tempFolder.ts';

vi.setConfig({ testTimeout: 60_000 });

interface Nasty {
  readonly line: string;
  /** A pattern, or all of the text that the model reads. */
  readonly gives: string | RegExp;
  /** What the call says besides the line; a wait of a second where nothing is said. */
  readonly how?: Readonly<Record<string, string | number | boolean>>;
}

const ended = (code: number, output = ''): string =>
  output === '' ? `[no output, exit code ${String(code)}]` : `${output}\n[exit code ${String(code)}]`;
const behind = /\[(?:no output, )?bg\d+ goes on in the background: read_output shows more, stop_command ends it\]$/;
const asks = /\[(?:no output, )?bg\d+ seems to wait for input: answer with send_input or end it with stop_command\]$/;
const left = /\[It left processes running in the background; they were ended with it\..*\]\n\[exit code 0\]$/;
const node = JSON.stringify(process.execPath);
const script = (text: string): string => `${node} -e '${text}'`;

/** By what makes it nasty. */
const nasty: Readonly<Record<string, Nasty>> = {
  'a server': {
    line: script('require("net").createServer().listen(0, () => console.log("listening"))'),
    gives: /^listening\n/,
    how: { ready: 'listening' },
  },
  'a server that says nothing': { line: script('require("net").createServer().listen(0)'), gives: behind },
  'a server that ends with its input': {
    line: script(
      'process.stdin.on("end", () => process.exit(9)).resume(); console.log("up"); setInterval(() => 0, 1000)',
    ),
    gives: /^up\n\[bg\d+ is ready/,
    how: { ready: 'up' },
  },
  'a server whose port is taken': {
    line: 'echo "address in use" >&2; exit 1',
    gives: ended(1, 'address in use'),
    how: { background: true },
  },
  'a sleep for ever': { line: 'sleep 971001', gives: behind },
  'a sleep behind it': { line: 'sleep 971002 & echo on', gives: left },
  'a sleep behind it with closed outputs': { line: 'sleep 971003 >/dev/null 2>&1 & echo on', gives: left },
  'a daemon by setsid': { line: 'setsid sleep 971004 >/dev/null 2>&1 & echo on', gives: /^on\n/ },
  'a daemon by nohup': { line: 'nohup sleep 971005 >/dev/null 2>&1 & echo on', gives: left },
  'a daemon by two forks': { line: '(setsid bash -c "sleep 971006 & sleep 971006" &) ; echo on', gives: /^on\n/ },
  'a daemon that closes all it has': {
    line: 'setsid bash -c "exec <&- >&- 2>&- 19>&-; exec sleep 971017" & sleep 0.2; echo on',
    gives: left,
  },
  'a disowned job': { line: 'sleep 971007 & disown; echo on', gives: left },
  'what does not listen to SIGTERM': {
    line: `trap '' TERM INT HUP; echo deaf; sleep 971008; sleep 971008`,
    gives: /^deaf\n/,
  },
  'what starts itself anew when it is ended': { line: `trap 'sleep 971009' TERM; sleep 971009 & wait`, gives: behind },
  'a stopped process': { line: 'kill -STOP $$; echo never', gives: behind },
  'a time limit on what does not listen': {
    line: `trap '' TERM; sleep 971010`,
    gives: /^\[no output, still running after 1 s: it was ended/,
    how: { timeout_s: 1 },
  },
  'a storm of forks': { line: 'for i in $(seq 60); do sleep 971011 & done; echo on; wait', gives: /^on\n/ },
  'a storm of sessions': {
    line: 'for i in $(seq 20); do setsid sleep 971012 >/dev/null 2>&1 & done; echo on',
    gives: /^on\n/,
  },
  'a tree of shells': {
    line: 'bash -c "bash -c \\"bash -c \\\\\\"sleep 971013\\\\\\"; true\\"; true"; true',
    gives: behind,
  },
  'a pager': { line: 'seq 3 | ${PAGER:-less}', gives: ended(0, '1\n2\n3') },
  'less itself': { line: 'command -v less >/dev/null || less() { cat; }; seq 3 | less', gives: ended(0, '1\n2\n3') },
  'git with a pager': { line: 'git init -q . && git -c core.pager=less log -1 || true', gives: /exit code 0\]$/ },
  'an editor': {
    line: 'git init -q e && cd e && git -c user.name=a -c user.email=a@b commit --allow-empty',
    gives: /exit code 1/,
  },
  'a password by the terminal': {
    line: 'head -c 1 </dev/tty',
    gives: /No such device or address|cannot open|not configured/,
  },
  'a password by standard input': {
    line: 'printf "Password: "; read -r word || exit 5',
    gives: /^Password:\n\[exit code 5; it asked for input and had none/,
  },
  'a password that is waited for': {
    line: 'printf "Password: "; read -r word',
    gives: asks,
    how: { background: true },
  },
  'a question': { line: 'printf "Proceed? [y/N] "; read -r word', gives: asks, how: { background: true } },
  'a shell that asks': { line: 'printf "$ "; cat', gives: asks, how: { background: true } },
  'a read of nothing': { line: 'cat; echo end', gives: ended(0, 'end') },
  'no newline at the end': { line: 'printf end', gives: ended(0, 'end') },
  'closed outputs': { line: 'exec >&- 2>&-; exit 3', gives: ended(3) },
  'a closed output that is still used': { line: 'exec >&-; echo lost || exit 4', gives: /exit code 4\]$/ },
  'a broken pipe': { line: 'yes | head -n 1', gives: ended(0, 'y') },
  'bytes that are no text': { line: String.raw`printf 'a\377\376b\0c\n'`, gives: ended(0, 'a\ufffd\ufffdbc') },
  'colours, titles and moves': {
    line: String.raw`printf '\e[31mred\e[0m \e]0;t\a\e[2J\e[1;1Hnext\e[?25l\n'`,
    gives: ended(0, 'red next'),
  },
  'a progress line': { line: String.raw`for i in 1 2 3; do printf "\r$i %%"; done; echo`, gives: ended(0, '3 %') },
  'a line of a million': {
    line: `head -c 1000000 /dev/zero | tr '\\0' x`,
    gives: /^x{4000}[^]*1000000 bytes in all[^]*exit code 0\]$/,
  },
  'a flood': {
    line: 'yes | head -c 50000000',
    gives: /25000000 lines dropped|of 25000000 lines[^]*exit code 0\]$/,
    how: { wait_s: 60 },
  },
  'a flood without end': { line: 'yes 971016', gives: behind },
  'a descriptor that stays open': { line: 'exec 7>kept; sleep 971014 & echo on', gives: left },
  'a trap on its own end': { line: `trap 'sleep 971015' EXIT; echo on`, gives: /^on\n/ },
  'an end by a signal': { line: 'kill -SEGV $$', gives: /^\[no output, ended by SIGSEGV\]$/ },
  'a line that does not parse': { line: 'if then', gives: /syntax error[^]*exit code [12]\]$/i },
};

async function terminal() {
  const folder = await tempFolder();
  const shell = systemShell();
  const commands = new Commands({
    shell,
    clock: { now: () => Date.now() },
    times: { promptQuietMs: 100, backgroundStartMs: 10_000 },
  });
  const search = { text: () => Promise.reject(new Error('no search here')) };
  const tools = createTools({ files: nodeFiles([folder]), search, shell, commands });
  const run = async ({ line, how = { wait_s: 1 } }: Nasty): Promise<string> => {
    const prepared = prepareCall(tools, 'run_command', { command: line, ...how }, noStanding);
    if (!prepared.ok) return prepared.result.text;
    const signal = new AbortController().signal;
    const io = { session: 's', call: line, proposed: null, accepted: null, onOutput: () => undefined, signal };
    return (await runCall(prepared.tool, prepared.input, io)).text;
  };
  return { commands, run };
}

/** Sleeps of these tests that still run, as `ps` would say it. */
function survivors(): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) return [];
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return /^(?:(?:sleep|yes) 9710\d\d)$/.test(line) ? [line] : [];
      } catch {
        return []; // it has ended meanwhile
      }
    });
}

describe.skipIf(process.platform !== 'linux')('nasty commands', () => {
  test('each ends or goes on within its wait, with its output, and none is left after a stop', async () => {
    const { commands, run } = await terminal();
    onTestFinished(async () => {
      await commands.endAll('s');
    });
    const all = Object.entries(nasty);
    expect(all.length).toBeGreaterThanOrEqual(40);
    const wrong: string[] = [];
    // A few at a time: the machine may be small.
    const waiting = [...all];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const [name, one] = next;
        const text = await run(one);
        const fits = typeof one.gives === 'string' ? text === one.gives : one.gives.test(text);
        if (!fits || text.length > limits.resultChars) wrong.push(`${name}: ${text.slice(0, 300)}`);
      }
    };
    await Promise.all(Array.from({ length: 6 }, work));
    expect(wrong).toEqual([]);
    await commands.endAll('s');
    await vi.waitFor(() => {
      expect(survivors()).toEqual([]);
    });
  });

  test('none is left after a kill -9 of the process that runs them', async () => {
    const folder = await tempFolder();
    const shell = await bundle('sandbox/shell.ts', folder);
    const lines = Object.values(nasty).flatMap(({ line }) => (/(?:sleep|yes) 9710/.test(line) ? [line] : []));
    const owner = otherProcess(`
      import { systemShell } from ${JSON.stringify(shell)};
      const shell = systemShell();
      const never = new AbortController().signal;
      const lines = ${JSON.stringify(lines)};
      let started = 0;
      const onStart = () => { if (++started === lines.length) console.log('all run'); };
      for (const line of lines)
        void shell.run({ line, cwd: ${JSON.stringify(folder)}, timeoutMs: null, onStart }, () => undefined, never);
    `);
    await owner.said;
    await vi.waitFor(() => {
      expect(survivors().length).toBeGreaterThan(5);
    });
    await owner.kill();
    await vi.waitFor(
      () => {
        expect(survivors()).toEqual([]);
      },
      { timeout: 20_000, interval: 100 },
    );
  });
});
