/** `journeyman redact`: standard input without its secrets, as it comes. */
import { JourneymanError } from '../core/error.ts';
import { secretsOf } from '../sandbox/environment.ts';
import { redactor } from '../sandbox/redact.ts';
import { answerLines, objectIn } from './batch.ts';

export async function redactCommand(): Promise<number> {
  const known = secretsOf(process.env);
  const stream = redactor(() => known).stream((text) => process.stdout.write(text));
  for await (const text of process.stdin.setEncoding('utf8')) stream.write(String(text));
  stream.end();
  return 0;
}

/** Entries of a benchmark as JSON lines in, `{"id","output"}` lines out. */
export function redactBatch(): Promise<number> {
  const known = secretsOf(process.env);
  const clean = redactor(() => known);
  return answerLines((line) => {
    const { id, text } = objectIn(line, wrong);
    if (typeof id !== 'string' || typeof text !== 'string') throw wrong('id and text have to be texts');
    return { id, output: clean.text(text) };
  });
}

function wrong(what: string): JourneymanError {
  return new JourneymanError('invalid_input', `${what}. Give one object {"id","text"} a line.`);
}
