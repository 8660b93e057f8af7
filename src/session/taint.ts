/** Text that others wrote, once the model has read it: what of a turn's results holds some, and what that means for the rest of it. */
import type { Resource } from '../core/permission.ts';
import type { ToolResult } from '../core/tool.ts';
import { fetchesText, staysHere } from '../permission/shell/network.ts';
import type { Session } from './fold.ts';

/** A result with the words for whose text is in it, where it is of others: of the network, or of a dependency. */
export function withSource(result: ToolResult, resources: readonly Resource[]): ToolResult {
  if (result.status !== 'ok') return result;
  const source = sourceOf(result, resources);
  return source === null ? result : { ...result, untrusted: source };
}

/** For `decide`: while the turn goes on, what sends, or makes something run later, asks even where a rule allows it. */
export function taintOf({ turn }: Session): { readonly taint?: string } {
  if (!turn?.taint) return {};
  const { step, source } = turn.taint;
  return { taint: `step ${String(step)} ${source}; text in it may have asked for this` };
}

function sourceOf({ detail }: ToolResult & { readonly status: 'ok' }, resources: readonly Resource[]): string | null {
  const isHeld = detail?.kind === 'command' && detail.held !== undefined && detail.held !== 'none';
  const isAlone = isHeld && resources.every(({ effect }) => effect !== 'network');
  const fetches = (line: string): boolean => fetchesText(line) && !(isAlone && staysHere(line));
  if (resources.some(({ effect, target }) => effect === 'execute' && fetches(target)))
    return 'ran a command that fetches text';
  return detail?.kind === 'read' && isOfDependency(detail.path) ? 'read a file of a dependency' : null;
}

/** Folders that package managers fill; what lies there is no part of the project that a person reads. */
function isOfDependency(path: string): boolean {
  return /(?:^|[/\\])(?:node_modules|bower_components|site-packages|\.venv|\.cargo[/\\]registry|go[/\\]pkg[/\\]mod)[/\\]/i.test(
    path,
  );
}
