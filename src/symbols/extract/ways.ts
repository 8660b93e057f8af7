/** Ways of `languages/rules.ts`, read into steps. */
import type { Ways } from '../languages/rules.ts';

export interface Step {
  /** null: any named child of one of the types. */
  readonly field: string | null;
  /** The same field again and again, as long as there is one; none at all is fine. */
  readonly again: boolean;
  /** null: any. */
  readonly types: readonly string[] | null;
}

const known = new Map<string, readonly Step[]>();

/** Each way as its steps; throws for one that is written wrongly, which only a table can do. */
export function stepsOf(ways: Ways): readonly (readonly Step[])[] {
  return typeof ways === 'string' ? [steps(ways)] : ways.map(steps);
}

function steps(way: string): readonly Step[] {
  let found = known.get(way);
  if (found === undefined) known.set(way, (found = way === '' ? [] : way.split(' ').map(step)));
  return found;
}

function step(text: string): Step {
  const match = /^([a-z_]*)(\*?)(?::([\w|]+))?$/.exec(text);
  const [, field = '', again = '', types] = match ?? [];
  if (match === null || (field === '' && (again !== '' || types === undefined)))
    throw new Error(`no step of a way: ${text}`);
  return { field: field === '' ? null : field, again: again !== '', types: types?.split('|') ?? null };
}
