// Unit and contract tests: everything that runs in plain Node. What needs an extension host (test/host) or a browser
// (test/e2e) has a runner of its own in scripts/.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/**/*.browser.test.ts',
      'test/host/**',
      'test/e2e/**',
      'test/bench/**',
      'test/fixtures/**',
      '**/node_modules/**',
    ],
    globalSetup: 'test/support/grammars.ts',
    restoreMocks: true,
    testTimeout: 60_000, // against hanging; a busy machine is no failure
    hookTimeout: 60_000,
    retry: 0, // a flaky test is a bug, not something to run again
  },
});
