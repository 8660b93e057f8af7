/** `journeyman redact`: standard input without its secrets, as it comes. */
import { createInterface } from 'node:readline';
import { JourneymanError } from '../core/error.ts';
import { isObject } from '../core/json.ts';
import { secretsOf } from '../sandbox/environment.ts';
import { redactor } from '../sandbox/redact.ts';

export async function redactCommand(): Promise<number> {
  const known = secretsOf(process.env);
  const stream = redactor(() => known).stream((text) => process.stdout.write(text));
  for await (const text of process.stdin.setEncoding('utf8')) stream.write(String(text));
  stream.end();
  return 0;
}

/** Entries of a benchmark as JSON lines in, `{"id","output"}` lines out. 2: a line was no entry, and is told on standard error. */
export async function redactBatch(): Promise<number> {
  const known = secretsOf(process.env);
  const clean = redactor(() => known);
  let code = 0;
  let number = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    number++;
    if (line.trim() === '') continue;
    try {
      const { id, text } = entryOf(line);
      process.stdout.write(`${JSON.stringify({ id, output: clean.text(text) })}\n`);
    } catch (thrown) {
      code = 2;
      process.stderr.write(`line ${String(number)}: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    }
  }
  return code;
}

function entryOf(line: string): { readonly id: string; readonly text: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw wrong('it is not JSON');
  }
  if (!isObject(value)) throw wrong('it is not an object');
  const { id, text } = value;
  if (typeof id !== 'string' || typeof text !== 'string') throw wrong('id and text have to be texts');
  return { id, text };
}

function wrong(what: string): JourneymanError {
  return new JourneymanError('invalid_input', `${what}. Give one object {"id","text"} a line.`);
}
