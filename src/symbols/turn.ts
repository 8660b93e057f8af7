/** Whatever waits has its turn: questions, answers of threads. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
