// End-to-end tests: one after the other, each file with a workbench and a browser of its own.
import path from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: path.resolve(import.meta.dirname, '../..'),
  test: {
    include: ['test/**/*.browser.test.ts', 'test/e2e/**/*.e2e.{ts,mjs}'],
    fileParallelism: false,
    pool: 'forks',
    testTimeout: 120_000,
    hookTimeout: 180_000,
    retry: 0, // a flaky test is a bug, not something to run again
  },
});
