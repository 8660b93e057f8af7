/** A session's log as a read-only document: one event a line, exactly as it is kept. */
import * as vscode from 'vscode';
import type { Event, SessionId } from '../core/event.ts';
import type { Sessions } from '../session/sessions.ts';

const scheme = 'journeyman-log';

/** Documents are read anew each time they are opened. */
export function sessionLogs(sessions: Sessions): {
  open(id: SessionId): Promise<void>;
  dispose(): void;
} {
  let revision = 0;
  const provider = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: async ({ path }) => lines(await sessions.read(path.slice(1, -'.jsonl'.length))),
  });
  return {
    async open(id) {
      revision++; // an address that was withdrawn is not offered again
      const uri = vscode.Uri.from({ scheme, path: `/${id}.jsonl`, query: `revision=${revision}` });
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
    },
    dispose: () => void provider.dispose(),
  };
}

function lines(events: readonly Event[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}
