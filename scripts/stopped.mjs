// Noticing that this command is to end.

const PARENT_CHECK_MS = 500;

/**
 * Resolves when a person, or the system, wants this process to end: by a signal, or because npm, which started it, is
 * gone (npm hands a signal to its shell, and the shell keeps it). At the second signal the process ends at once.
 * @returns {Promise<void>}
 */
export function stopped() {
  return new Promise((resolve) => {
    let count = 0;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, () => {
        count += 1;
        if (count > 1) process.exit(1);
        resolve();
      });
    }
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) resolve();
    }, PARENT_CHECK_MS).unref();
  });
}
