/** What every Shell keeps, run by each adapter that runs real commands. */
import { existsSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { limits } from '../../src/core/limits.ts';
import type { CommandControls, Shell } from '../../src/core/ports.ts';
import { tempFolder } from '../support/tempFolder.ts';

const never = new AbortController().signal;

export function shellContract(name: string, make: (env?: NodeJS.ProcessEnv) => Shell): void {
  describe.skipIf(process.platform === 'win32')(`Shell: ${name}`, () => {
    let cwd = '';
    beforeEach(async () => {
      cwd = await realpath(await mkdtemp(join(tmpdir(), 'journeyman-shell-')));
    });
    afterEach(async () => {
      await rm(cwd, { recursive: true, force: true });
    });
    const run = (
      line: string,
      options: { timeoutMs?: number; signal?: AbortSignal; onOutput?: (text: string) => void } = {},
    ) => {
      const { timeoutMs = 20_000, signal = never, onOutput = () => undefined } = options;
      return make().run({ line, cwd, timeoutMs }, onOutput, signal);
    };

    test('runs the line as it is, in its folder, and gives output and exit code', async () => {
      const end = await run(`printf '%s|' "$PWD" 'a  b' "$(echo x)"; exit 3`);
      expect(end).toMatchObject({
        exitCode: 3,
        signal: null,
        timedOut: false,
        output: `${cwd}|a  b|x|`,
        outputLines: 1,
      });
    });

    test('keeps the order of both outputs', async () => {
      const { output } = await run('for i in 1 2 3; do echo out$i; echo err$i >&2; done');
      expect(output).toBe('out1\nerr1\nout2\nerr2\nout3\nerr3\n');
    });

    test('a line that does not parse has its error as output', async () => {
      const { exitCode, output } = await run('if then');
      expect(exitCode).not.toBe(0);
      expect(output).toMatch(/syntax error/i);
    });

    test('has no input to wait for and no terminal to draw on', async () => {
      expect(await run('cat; test -t 0 || test -t 1 || echo none')).toMatchObject({ exitCode: 0, output: 'none\n' });
    });

    test('caps what it keeps: head and tail as whole lines, the middle counted', async () => {
      const { output, outputLines, outputBytes } = await run('seq 1 100000');
      expect(outputLines).toBe(100_000);
      expect(outputBytes).toBe(588_895);
      const [, head, dropped, tail] =
        /^(1\n[^]*?\n)\[… (\d+) of 100000 lines dropped, 588895 bytes in all …\]\n([^]*\n100000\n)$/.exec(output) ?? [];
      const shown = (text = ''): number => text.split('\n').length - 1;
      expect(shown(head) + shown(tail) + Number(dropped)).toBe(100_000);
      expect(output.length).toBeLessThan(limits.commandOutputBytes + 100);
    });

    test('one endless line is capped too', async () => {
      const { output, outputBytes } = await run(`head -c 5000000 /dev/zero | tr '\\0' x`);
      expect(outputBytes).toBe(5_000_000);
      expect(output.length).toBeLessThan(limits.commandOutputBytes + 100);
    });

    test('colours and control sequences are taken out, a progress line leaves its last state', async () => {
      const { output } = await run(String.raw`printf '\e[31mred\e[0m\e]0;title\a\n10%%\r50%%\r100%%\ndone\r\n'`);
      expect(output).toBe('red\n100%\ndone\n');
    });

    test('says live what it prints', async () => {
      const heard: string[] = [];
      await run('echo one; echo two', { onOutput: (text) => heard.push(text) });
      expect(heard.join('')).toBe('one\ntwo\n');
    });

    test('ends what takes too long, with all that it started', async () => {
      const end = await run(`trap '' TERM; (sleep 60; touch late) & echo $$ > pid; sleep 60`, { timeoutMs: 300 });
      expect(end).toMatchObject({ timedOut: true, exitCode: null });
      expect(existsSync(join(cwd, 'late'))).toBe(false);
    });

    test('Stop ends the whole tree, also what left the group', async () => {
      const stop = new AbortController();
      const onOutput = (text: string): void => {
        if (text.includes('ready')) stop.abort();
      };
      const end = await run('setsid sleep 61.7 & (sleep 61.8 & wait) & echo ready; wait', {
        signal: stop.signal,
        onOutput,
      });
      expect(end.exitCode).toBe(null);
      await vi.waitFor(async () => {
        expect((await run('pgrep -f "^sleep 61[.][78]$" || echo none')).output).toBe('none\n');
      });
    });

    test('what it leaves in the background does not hold it, is ended, and is told', async () => {
      const { output, exitCode } = await run('sleep 62.7 & echo started');
      expect(exitCode).toBe(0);
      expect(output).toMatch(/^started\n\[It left processes running/);
      expect((await run('pgrep -f "^sleep 62[.]7$" || echo none')).output).toBe('none\n');
    });

    test('keys and tokens of our environment stay with us, and nothing pages or prompts', async () => {
      const env = {
        PATH: process.env['PATH'],
        ANTHROPIC_API_KEY: 'sk-1',
        GITHUB_TOKEN: 'gh',
        MY_SECRET: 's',
        BASH_ENV: '/x',
        LANG: 'C',
        EDITOR: 'ed',
      };
      const { output } = await make(env).run({ line: 'env', cwd, timeoutMs: 5000 }, () => undefined, never);
      expect(output).not.toMatch(/sk-1|gh\n|MY_SECRET|BASH_ENV/);
      expect(output).toMatch(/^LANG=C$/m);
      expect(output).toMatch(/^PAGER=cat$/m);
    });

    test('the start file of the person is not read, also where the line has an input', async () => {
      const home = await tempFolder({ '.bashrc': 'echo own\n' });
      const shell = make({ PATH: process.env['PATH'], HOME: home });
      const onStart = (controls: CommandControls): void => {
        controls.endInput();
      };
      const command = { line: 'cat; echo done', cwd, timeoutMs: 20_000, input: true, onStart };
      expect((await shell.run(command, () => undefined, never)).output).toBe('done\n');
    });

    test('a folder that is not there is an error, not a hang', async () => {
      await expect(
        make().run({ line: 'true', cwd: join(cwd, 'nowhere'), timeoutMs: 1000 }, () => undefined, never),
      ).rejects.toMatchObject({
        code: 'not_found',
        message: `The folder ${join(cwd, 'nowhere')} does not exist; name one that does.`,
      });
    });

    test('what was stopped before does not start', async () => {
      const reason = new DOMException('stopped', 'AbortError');
      await expect(run('touch started', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      expect(existsSync(join(cwd, 'started'))).toBe(false);
    });

    test('a child that has ended is nothing left behind', async () => {
      // The substitution waits until both have closed its pipe, at their end.
      expect((await run(': $( (exit 0 &); (exit 0 &) ); echo done')).output).toBe('done\n');
    });

    test('what closed its outputs and stayed in the background is ended too', async () => {
      const { output } = await run('sleep 63.7 >/dev/null 2>&1 & echo started');
      expect(output).toMatch(/^started\n\[It left processes running/);
      expect((await run('pgrep -f "^sleep 63[.]7$" || echo none')).output).toBe('none\n');
    });
  });
}
