// Loaded into the workbench server: ends it when the process that started it is gone, however that one ended.
import { isMainThread } from 'node:worker_threads';

const PARENT_CHECK_MS = 1000;

if (isMainThread && process.argv[1]?.endsWith('server-main.js')) {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, PARENT_CHECK_MS).unref();
}
