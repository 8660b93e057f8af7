/** `journeyman hooks`: the hooks of all files that count here, and the person's word on each as it is now. */
import { hookBook, type HookBook, type ListedHook } from '../hooks/hookBook.ts';
import { inTurn } from '../log/claim.ts';
import { ownSettings } from '../permission/ruleBook.ts';
import { hookPrograms } from '../sandbox/hookPrograms.ts';
import type { HooksOptions } from './arguments.ts';
import { workspaceFolder } from './assembly.ts';
import { exactly, withoutControls } from './words.ts';

export async function hooksCommand({ what, hash, workspace, json }: HooksOptions): Promise<number> {
  const folder = await workspaceFolder(workspace);
  const book = bookOf(folder);
  if (what === 'trust') {
    const { command, file } = await book.trust(hash);
    process.stdout.write(
      withoutControls(`It runs as it is now: ${exactly(command)}\n  of ${file}. A change asks again.\n`),
    );
    return 0;
  }
  if (what === 'distrust') {
    const known = (await book.list()).filter((one) => one.hash.startsWith(hash) && one.consent === 'given');
    for (const one of known) await book.distrust(one.hash);
    process.stdout.write(known.length === 0 ? 'No such hook was agreed to.\n' : 'It does not run any more.\n');
    return 0;
  }
  const hooks = await book.list();
  if (json) for (const hook of hooks) process.stdout.write(`${JSON.stringify({ ...hook, stamp: undefined })}\n`);
  else if (hooks.length === 0) process.stdout.write('No hooks. "journeyman help hooks" says how one is written.\n');
  else process.stdout.write(withoutControls(hooks.map(hookWords).join('')));
  return 0;
}

function bookOf(folder: string): HookBook {
  return hookBook({
    ...ownSettings(() => [folder], inTurn),
    programs: hookPrograms(null), // none is started here
    folders: () => [folder],
    isTrusted: () => true,
    redactor: null,
  });
}

function hookWords({ event, matcher, command, timeoutMs, file, hash, consent, kind }: ListedHook): string {
  const of = matcher === '' || matcher === '*' ? '' : ` of ${exactly(matcher)}`;
  const stops = kind === 'workspace' ? 'it does not run' : 'what it would judge is stopped';
  const waits =
    consent === 'missing'
      ? `\n  ! ${stops} until you agree to it as it is: journeyman hooks trust ${hash.slice(0, 12)}`
      : '';
  return `${event}${of}: ${exactly(command)}\n  ${file}, at most ${String(timeoutMs / 1000)} s, ${hash.slice(0, 12)}${waits}\n`;
}
