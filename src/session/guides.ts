/** Instructions of the folders that a session gets to: told at the end of the conversation, once, and again when they have changed. */
import { isAbsolute, posix } from 'node:path';
import type { Actor } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import type { Agent } from './agent.ts';
import type { Session } from './fold.ts';
import type { Journal } from './journal.ts';

const system: Actor = { kind: 'system', room: 'memory' };

export async function readGuides({ guides, redactor }: Agent, journal: Journal, signal: AbortSignal): Promise<void> {
  if (!guides) return;
  const { folders, told } = journal.state.guides;
  const news = await guides.news([...folders].slice(-limits.guideFolders), told, signal);
  signal.throwIfAborted();
  for (const { path, text } of news) {
    const clean = redactor?.text(text) ?? text;
    if (told.get(path) !== clean) void journal.append(system, { type: 'instructions.read', path, text: clean });
  }
}

/**
 * For the judge: folders of skills outside of the workspace that the session was told of, which may be read. **Invariant:** only those that
 * were found when it began here; a session that came from a file names none.
 */
export function skillFolders({ environment }: Session): { readonly readable?: readonly string[] } {
  const folders = (environment?.skills ?? []).flatMap(({ path }) => (isAbsolute(path) ? [posix.dirname(path)] : []));
  return folders.length === 0 ? {} : { readable: folders };
}
