/** `journeyman permission check`: what a command line may do, judged as the agent's are: the tier, the part that decides, and why. */
import { JourneymanError } from '../core/error.ts';
import type { Json } from '../core/json.ts';
import type { Tier } from '../core/permission.ts';
import { judgeLine } from '../permission/shell/judge.ts';
import { shellKinds } from '../permission/shell/line.ts';
import type { PermissionOptions } from './arguments.ts';
import { answerLines, objectIn } from './batch.ts';
import { withoutControls } from './words.ts';

const meanings: Record<Tier, string> = {
  read: 'runs without a question, in every mode but plan; what it reads outside of the folder, or of secrets, asks',
  write: 'asks, unless a rule allows it',
  dangerous: 'always asks; only a rule for exactly this line allows it',
};

export function permissionCommand({ line, shell, output }: PermissionOptions): number {
  const { tier, part, because, paths, git } = judgeLine(shell, line);
  const asks = tier === 'read' && git;
  if (output === 'json') {
    const runs = tier === 'read' && !asks;
    process.stdout.write(`${JSON.stringify({ tier: asks ? 'write' : tier, runs, part, because, paths })}\n`);
    return 0;
  }
  const why = asks ? 'git may start programs that the repository names' : because;
  const shown = asks ? 'write' : tier;
  process.stdout.write(withoutControls(`${shown}: ${meanings[shown]}\n  part  ${part}\n  why   ${why}\n`));
  return 0;
}

/** Entries of a benchmark as JSON lines in, `{"id","verdict"}` lines out. */
export function permissionBatch(): Promise<number> {
  return answerLines(verdictOf);
}

/** Of a command line, or of a call of a tool in a folder that is made for it. */
async function verdictOf(line: string): Promise<Json> {
  const value = objectIn(line, wrong);
  const { id, shell, cmd, tool } = value;
  if (typeof tool === 'string') return { ...(await (await import('./permissionCalls.ts')).callVerdict(value)) };
  const kind = shellKinds.find((one) => one === shell);
  if (typeof id !== 'string' || typeof cmd !== 'string') throw wrong('id and cmd have to be texts');
  if (kind === undefined) throw wrong(`shell has to be one of ${shellKinds.join(', ')}`);
  const { tier, git } = judgeLine(kind, cmd);
  return { id, verdict: git && tier === 'read' ? 'write' : tier };
}

function wrong(what: string): JourneymanError {
  return new JourneymanError(
    'invalid_input',
    `This is no entry: ${what}. One JSON object a line: {"id", "shell", "cmd"} or {"id", "tool", "input"}.`,
  );
}
