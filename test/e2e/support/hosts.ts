// Extension hosts that are killed, and the ones that come after them.
import type { Frame } from 'playwright-core';
import { eventually } from '../../../scripts/workbench/page.mjs';
import { openJourneyman } from './journeyman.ts';
import type { OpenWorkbench } from './workbench.ts';

const restartMs = 60_000;

/** `kill -9` of the one extension host. Resolves once the next one is there, with the panel made anew. */
export async function killHost(bench: OpenWorkbench): Promise<Frame> {
  await killOnly(bench);
  await nextHost(bench);
  return openJourneyman(bench.page);
}

/** Returns the pid once the process is gone: from then on it writes nothing. */
export async function killOnly({ workbench }: OpenWorkbench): Promise<number> {
  const [host] = workbench.extensionHosts();
  if (host === undefined) throw new Error('there is no extension host to kill');
  process.kill(host, 'SIGKILL');
  await eventually('the extension host is dead', () => !workbench.extensionHosts().includes(host));
  return host;
}

/** After three deaths within five minutes the workbench asks before it starts another one. */
export async function nextHost({ page, workbench }: OpenWorkbench): Promise<void> {
  const restart = page.getByRole('button', { name: /^Restart .*Extension Host/ }).first();
  await eventually(
    'there is an extension host again',
    async () => {
      if (await restart.isVisible()) await restart.click({ timeout: 1000 });
      return workbench.extensionHosts().length > 0;
    },
    restartMs,
  );
}
