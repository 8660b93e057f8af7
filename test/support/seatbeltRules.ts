/** What a profile of the macOS sandbox says to one operation: the last rule that fits counts. As much of the language as ours is written in. */
import type { Profile } from '../../src/sandbox/seatbelt.ts';

type Form = string | readonly Form[];

/** `operation`: `file-write-create`; `path`: what it is done to. Throws on what it does not know. */
export function allows({ text, parameters }: Profile, operation: string, path: string): boolean {
  let said = false;
  for (const [verb, ...rest] of formsOf(text)) {
    if (verb !== 'allow' && verb !== 'deny') continue;
    const operations = rest.filter((form): form is string => typeof form === 'string');
    const filters = rest.filter((form) => typeof form !== 'string');
    const isMeant = operations.some(
      (one) => one === 'default' || one === operation || (one.endsWith('*') && operation.startsWith(one.slice(0, -1))),
    );
    if (isMeant && (filters.length === 0 || filters.some((filter) => fits(filter, path, parameters))))
      said = verb === 'allow';
  }
  return said;
}

function fits(form: Form, path: string, parameters: Profile['parameters']): boolean {
  const [name, ...rest] = form as readonly Form[];
  const each = (one: Form): boolean => fits(one, path, parameters);
  const value = (one: Form | undefined): string => {
    if (typeof one === 'string') return one;
    const found = parameters[one?.[1] as string];
    if (one?.[0] !== 'param' || found === undefined) throw new Error(`no parameter: ${JSON.stringify(one)}`);
    return found;
  };
  switch (name) {
    case 'literal':
      return path === value(rest[0]);
    case 'subpath':
      return path === value(rest[0]) || path.startsWith(`${value(rest[0])}/`);
    case 'regex':
      return new RegExp(value(rest[0])).test(path);
    case 'require-all':
      return rest.every(each);
    case 'require-any':
      return rest.some(each);
    case 'require-not':
      return !rest.every(each);
    case 'remote':
    case 'local':
      return value(rest[0]) === 'ip' ? path === value(rest[1]) : rest[1] !== undefined && each(rest[1]);
    case 'target':
    case 'sysctl-name':
    case 'sysctl-name-prefix':
    case 'global-name':
    case 'socket-domain':
      return path === value(rest[0]);
    default:
      throw new Error(`unknown: ${JSON.stringify(form)}`);
  }
}

/** Texts lose their quotes: `#"…"` and `"…"` hold no quote and no backslash in ours. */
function formsOf(text: string): readonly Form[][] {
  const known = read.get(text);
  if (known !== undefined) return known;
  const tokens = text.match(/[()]|#?"[^"]*"|[^\s()"]+/g) ?? [];
  const stack: Form[][] = [[]];
  for (const token of tokens) {
    if (token === '(') stack.push([]);
    else if (token === ')') {
      const done = stack.pop() ?? [];
      stack.at(-1)?.push(done);
    } else stack.at(-1)?.push(token.replace(/^#?"(.*)"$/s, '$1'));
  }
  if (stack.length !== 1) throw new Error('the brackets do not match');
  const forms = (stack[0] ?? []) as Form[][];
  read.set(text, forms);
  return forms;
}
const read = new Map<string, readonly Form[][]>();
