/** A yes before something that is not meant to happen by mistake. */
import { createInterface } from 'node:readline/promises';
import { JourneymanError } from '../core/error.ts';

/** At a terminal by asking; elsewhere only with `yes`. Throws `denied` where nobody can be asked. */
export async function confirm(question: string, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY) {
    throw new JourneymanError('denied', `${question} There is no terminal to ask at: say it with --yes.`);
  }
  return (await ask(`${question} [y] yes · [n] no: `, ['y', 'n'])) === 'y';
}

/** One of `answers`; asks again until it is. The end of the input is the last of them. */
export async function ask<T extends string>(question: string, answers: readonly [...T[], T]): Promise<T> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new AbortController();
  terminal.once('close', () => {
    ended.abort();
  });
  try {
    for (;;) {
      const answer = (await terminal.question(question, { signal: ended.signal })).trim().toLowerCase();
      const found = answers.find((one) => one === answer || (one === 'y' && answer === 'yes'));
      if (found !== undefined) return found;
    }
  } catch (error) {
    if (!ended.signal.aborted) throw error;
    return answers[answers.length - 1] as T;
  } finally {
    terminal.close();
  }
}
