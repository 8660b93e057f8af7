// The suite's entry: VS Code's host calls run() and takes a rejection as failure. Every test/host/*.test.ts is loaded.
// What happens is also written, test by test, to the file that HOST_TEST_RESULTS names, since the verdict alone cannot be
// trusted: it says success when the host is killed half way.
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';

const TEST_MS = 30_000;

interface HostTest {
  readonly title: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly ms?: number;
  readonly error?: string;
}

export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: TEST_MS, color: false, reporter: 'spec' });
  for (const name of readdirSync(import.meta.dirname).sort()) {
    if (name.endsWith('.test.js')) mocha.addFile(path.join(import.meta.dirname, name));
  }
  const tests: HostTest[] = [];
  const file = process.env['HOST_TEST_RESULTS'];
  const save = (ended: boolean): void => {
    if (file) writeFileSync(file, JSON.stringify({ ended, tests }, null, 2));
  };
  const add = (test: HostTest): void => {
    tests.push(test);
    save(false);
  };
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on('pass', (test) => add({ title: test.fullTitle(), state: 'passed', ms: test.duration ?? 0 }));
    runner.on('pending', (test) => add({ title: test.fullTitle(), state: 'skipped' }));
    runner.on('fail', (test, error: Error) =>
      add({ title: test.fullTitle(), state: 'failed', error: error.stack ?? String(error) }),
    );
  });
  save(true);
  if (failures > 0) throw new Error(`${failures} tests failed`);
}
