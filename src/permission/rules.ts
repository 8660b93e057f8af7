/** Rules of permission: their text form, and what each covers. */
import { JourneymanError } from '../core/error.ts';
import { matchesGlob } from '../core/glob.ts';
import { coversHost, formatHostPort, parseHostPort } from '../core/hostPort.ts';
import type { Resource, Rule, RuleTool } from '../core/permission.ts';

/**
 * `shell(exact: npm test)`, `shell(prefix: git log)`, `read(src/**)`, `write(docs/**)`, `write(exact: src/[id].ts)`,
 * `net(registry.example.com:443)`, `net(*.example.com:443)`, `note(**)`: by the titles of notes.
 * Throws `invalid_input` that says what is wrong with the text.
 */
export function parseRule(text: string, action: Rule['action'], source: Rule['source']): Rule {
  const form = /^\s*(\w+)\(([\s\S]*)\)\s*$/.exec(text);
  const tool = form?.[1];
  const inner = form?.[2] ?? '';
  if (tool === 'mcp') throw wrong(text, 'rules for `mcp` have no effect in this version; take it out');
  if (tool === undefined || !isRuleTool(tool)) throw wrong(text, 'it is not of a form known');
  const named = /^(exact|prefix): ?([\s\S]*)$/.exec(inner);
  const kind = named?.[1];
  const value = named?.[2] ?? inner;

  if (value.trim() === '') throw wrong(text, 'nothing stands between the brackets');
  if (tool === 'shell') {
    if (kind === 'exact') return { action, tool, match: { kind, value }, source };
    if (kind !== 'prefix') throw wrong(text, 'a shell rule says `exact:` or `prefix:`');
    const prefix = value.trim();
    const odd = unreadablePart(prefix) ?? (/^\w+=/.test(prefix) ? 'a variable before the command' : null);
    if (odd !== null) throw wrong(text, `a prefix may not hold ${odd}; use \`exact:\``);
    return { action, tool, match: { kind, value: prefix }, source };
  }
  if (tool === 'net') {
    const place = parseHostPort(value.trim(), true);
    if (place === null) throw wrong(text, 'a place is a name and a port, such as `registry.example.com:443`');
    return { action, tool, match: { kind: 'glob', value: formatHostPort(place) }, source };
  }
  if (kind === 'prefix') throw wrong(text, 'a prefix is for commands; name files by a glob such as `docs/**`');
  if (kind === 'exact') return { action, tool, match: { kind, value }, source };
  if (value.includes('\\')) throw wrong(text, 'folders are parted by `/`');
  return { action, tool, match: { kind: 'glob', value: value.trim() }, source };
}

export function formatRule({ tool, match }: Rule): string {
  return match.kind === 'glob' ? `${tool}(${match.value})` : `${tool}(${match.kind}: ${match.value})`;
}

/** The rule behind "Always allow: exactly this"; null where one rule cannot say it. */
export function narrowestRule(resources: readonly Resource[]): Rule | null {
  const [only] = resources;
  if (only === undefined || resources.length > 1) return null;
  const tool = toolOf(only);
  return tool === null || tool === 'note' || (tool === 'net' && parseHostPort(only.target) === null)
    ? null
    : {
        action: 'allow',
        tool,
        match: { kind: tool === 'net' ? 'glob' : 'exact', value: only.target },
        source: 'session',
      };
}

/** The kind of rule that speaks of a resource; null: none does. */
export function toolOf({ effect }: Resource): RuleTool | null {
  if (effect === 'execute') return 'shell';
  if (effect === 'network') return 'net';
  return effect === 'read' || effect === 'write' || effect === 'note' ? effect : null;
}

/**
 * Does the rule cover this path or command line? **Invariant:** an allowing rule covers no more than it says, a denying or asking one
 * no less: the first matches strictly, the others also in other case and anywhere in a line of several commands.
 */
export function covers({ action, match }: Rule, tool: RuleTool, target: string): boolean {
  if (tool === 'shell') return action === 'allow' ? allowsLine(match, target) : mentions(match, target);
  if (tool === 'net') return coversPlace(match.value, target);
  if (match.kind === 'exact') return action === 'allow' ? match.value === target : fold(match.value) === fold(target);
  return matchesGlob(target, match.value) || (action !== 'allow' && matchesGlob(fold(target), fold(match.value)));
}

/** Names one file outright: the only kind of rule that can allow what is protected. */
export function namesOne({ match }: Rule): boolean {
  return (
    match.kind === 'exact' || (match.kind === 'glob' && match.value.includes('/') && !/[*?[\]{}()!]/.test(match.value))
  );
}

/**
 * What keeps a line from being read as one plain command: "`$`", "a newline"; null: it is plain. Only plain lines can be covered by a
 * prefix, since anything else may run a second command, write a file or take its words from elsewhere.
 */
export function unreadablePart(line: string): string | null {
  const special = /[;&|<>(){}$`\\]/.exec(line)?.[0];
  if (special !== undefined) return special === '`' ? 'a backtick' : `\`${special}\``;
  if (/[\n\r]/.test(line)) return 'a newline';
  const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u00a0\u2000-\u200a\u3000]/u.exec(line.replaceAll('\t', ' '))?.[0];
  if (hidden !== undefined)
    return `the invisible character U+${(hidden.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  const unquoted = line.replace(/'[^']*'|"[^"]*"/g, '');
  return /['"]/.test(unquoted) ? 'an open quote' : null;
}

function coversPlace(written: string, target: string): boolean {
  const pattern = parseHostPort(written, true);
  const place = parseHostPort(target);
  return pattern !== null && place !== null && coversHost(pattern, place);
}

function allowsLine(match: Rule['match'], line: string): boolean {
  if (match.kind === 'exact') return line === match.value;
  return match.kind === 'prefix' && startsWithWords(line, match.value) && unreadablePart(line) === null;
}

export function startsWithWords(line: string, prefix: string): boolean {
  return line === prefix || (line.startsWith(prefix) && /^[ \t]/.test(line.slice(prefix.length)));
}

/** Also behind `sudo`, after `;`, in `$(…)`, by a path, between quotes: rather once too often. */
function mentions(match: Rule['match'], line: string): boolean {
  const words = match.value.trim().split(/\s+/).map(escapeRegex).join('\\s+');
  const anywhere = new RegExp(`(?:^|[^\\w-])${words}(?:$|[^\\w-])`, 'iu');
  return [line, line.replace(/['"\\]/g, '')].some((text) => anywhere.test(text));
}

function escapeRegex(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function fold(path: string): string {
  return path.normalize('NFKC').toLowerCase();
}

function isRuleTool(name: string): name is RuleTool {
  return name === 'shell' || name === 'read' || name === 'write' || name === 'net' || name === 'note';
}

function wrong(text: string, why: string): JourneymanError {
  return new JourneymanError(
    'invalid_input',
    `The rule "${text}" cannot be used: ${why}. Write it as shell(exact: npm test), shell(prefix: git log), read(src/**), write(docs/**), net(registry.example.com:443) or note(**).`,
  );
}
