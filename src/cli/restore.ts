/** `journeyman restore`: what going back to a checkpoint would do, and the doing of it. */
import { systemClock } from '../agent.ts';
import type { RestoreItem } from '../core/checkpoint.ts';
import { JourneymanError } from '../core/error.ts';
import { fileLog } from '../log/fileLog.ts';
import { Sessions } from '../session/sessions.ts';
import type { RestoreOptions } from './arguments.ts';
import { assembleWithoutModel, workspaceFolder } from './assembly.ts';
import { eventsOf, owning, startOf } from './choose.ts';
import { ask, confirm } from './confirm.ts';
import { shown } from './questions.ts';
import { storageFolder } from './storage.ts';

export async function restoreCommand(options: RestoreOptions): Promise<number> {
  const { session: id, checkpoint, scope, dryRun, yes, output } = options;
  const events = await eventsOf(fileLog(storageFolder(), systemClock), id);
  const folders = await Promise.all(startOf(id, events).environment.folders.map(workspaceFolder));
  const agent = assembleWithoutModel(folders);
  const session = await owning(id, () => new Sessions(agent).open(id));
  try {
    const items = scope === 'conversation' ? [] : await session.previewRestore(checkpoint);
    if (output === 'text') process.stdout.write(previewWords(items, scope));
    if (dryRun) {
      if (output !== 'text') process.stdout.write(`${JSON.stringify({ checkpoint, scope, restored: false, items })}\n`);
      return 0;
    }
    const choices = await chooseSides(items, options);
    const open = session.state.turn === null ? '' : ' The turn that is open ends as it stands.';
    if (!(await confirm(`Restore?${open}`, yes))) return 0;
    await session.restore(checkpoint, scope, choices);
    if (output === 'text') process.stdout.write(`Restored.${scope === 'conversation' ? '' : undoWords}\n`);
    else process.stdout.write(`${JSON.stringify({ checkpoint, scope, restored: true, items })}\n`);
    return 0;
  } finally {
    await session.close();
    await agent.checkpoints.close();
  }
}

const undoWords = ' The files as they stood before are a checkpoint too: "journeyman checkpoints" lists it.';

function previewWords(items: readonly RestoreItem[], scope: RestoreOptions['scope']): string {
  const files =
    items.length === 0
      ? ['  No file changes.']
      : items.map(({ path, action, lines, why }) => {
          const counts = lines === null ? '' : ` +${String(lines.added)} −${String(lines.removed)}`;
          return `  ${action === 'conflict' ? 'CONFLICT ' : ''}${shown(path)}${counts}  ${shown(why)}`;
        });
  const talk = scope === 'files' ? [] : ['  The conversation goes back to before this step.'];
  return `${[...(scope === 'conversation' ? [] : files), ...talk].join('\n')}\n`;
}

/** The person's word on each conflict. Throws `conflict` where one lacks and nobody can be asked. */
async function chooseSides(
  items: readonly RestoreItem[],
  { mine, old, yes }: RestoreOptions,
): Promise<{ readonly mine: readonly string[]; readonly old: readonly string[] }> {
  const conflicts = items.filter(({ action }) => action === 'conflict').map(({ path }) => path);
  const odd = [...mine, ...old].find((path) => !conflicts.includes(path));
  if (odd !== undefined) {
    throw new JourneymanError('invalid_input', `There is no conflict in ${odd}: --mine and --old are for those only.`);
  }
  const open = conflicts.filter((path) => !mine.includes(path) && !old.includes(path));
  if (open.length === 0) return { mine, old };
  if (yes || !process.stdin.isTTY) {
    throw new JourneymanError(
      'conflict',
      `Both have changed the same lines of ${open.join(', ')}. Say --mine PATH for what stays as it stands, --old PATH for what goes back without your changes.`,
    );
  }
  const sides: { mine: string[]; old: string[] } = { mine: [...mine], old: [...old] };
  for (const path of open) {
    const side = await ask(
      `${shown(path)}: [m] stays as it stands · [o] its old content, without your changes · [q] do nothing: `,
      ['m', 'o', 'q'],
    );
    if (side === 'q') throw new JourneymanError('cancelled', 'Nothing was restored.');
    sides[side === 'm' ? 'mine' : 'old'].push(path);
  }
  return sides;
}
