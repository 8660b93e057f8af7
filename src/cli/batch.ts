/** Commands that answer each line of standard input, a JSON object, with a line on standard output. */
import { createInterface } from 'node:readline';
import { JourneymanError } from '../core/error.ts';
import { isObject, type Json } from '../core/json.ts';

/** A line that cannot be answered is told on standard error, and the others go on; then 2, else 0. */
export async function answerLines(answer: (line: string) => Json | Promise<Json>): Promise<number> {
  let code = 0;
  let number = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    number++;
    if (line.trim() === '') continue;
    try {
      process.stdout.write(`${JSON.stringify(await answer(line))}\n`);
    } catch (thrown) {
      code = 2;
      process.stderr.write(`line ${String(number)}: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    }
  }
  return code;
}

/** Throws `wrong` of what is wrong with it. */
export function objectIn(line: string, wrong: (what: string) => JourneymanError): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw wrong('it is not JSON');
  }
  if (!isObject(value)) throw wrong('it is not an object');
  return value;
}
