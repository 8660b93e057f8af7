/** Of instructions: which the model has been told, as they read then, and in which folders it has been. Folded from the log. */
import { isAbsolute } from 'node:path';
import type { Event } from '../core/event.ts';

export interface GuideState {
  /** The last text by path; '': told to be gone. Those of the workspace only: the person's own are told once. */
  readonly told: ReadonlyMap<string, string>;
  /** Folders in which it has read or changed a file, with all above them but the first; as the tools name them. */
  readonly folders: ReadonlySet<string>;
}

export const noGuides: GuideState = { told: new Map(), folders: new Set() };

export function foldGuides(state: GuideState, event: Event): GuideState {
  switch (event.type) {
    case 'session.started': {
      const own = event.environment.instructions.filter(({ path }) => !isAbsolute(path));
      return { ...state, told: new Map(own.map(({ path, text }) => [path, text])) };
    }
    case 'instructions.read':
      return { ...state, told: new Map(state.told).set(event.path, event.text) };
    case 'tool.finished': {
      const detail = event.result.status === 'ok' ? event.result.detail : undefined;
      return detail?.kind === 'read' ? visit(state, [detail.path]) : state;
    }
    case 'change.applied':
    case 'files.changed':
      return visit(
        state,
        event.files.map(({ path }) => path),
      );
    default:
      return state;
  }
}

function visit(state: GuideState, paths: readonly string[]): GuideState {
  const fresh = paths.flatMap(foldersAbove).filter((folder) => !state.folders.has(folder));
  return fresh.length === 0 ? state : { ...state, folders: new Set([...state.folders, ...fresh]) };
}

/** What lies with dependencies is told by others, and tells nothing about this project. */
function foldersAbove(path: string): readonly string[] {
  if (isAbsolute(path) || /(?:^|\/)(?:node_modules|bower_components|site-packages|vendor|\.venv|\.git)\//.test(path))
    return [];
  const parts = path.split('/').slice(0, -1);
  return parts.map((_part, at) => parts.slice(0, at + 1).join('/')).filter((folder) => !/^(?:\.\.\/?)+$/.test(folder));
}
