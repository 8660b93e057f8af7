/** `journeyman audit`: what was done in sessions, and on whose word; and whether that is still as it was written. */
import { fileAudit } from '../audit/fileAudit.ts';
import { JourneymanError } from '../core/error.ts';
import type { DecidedBy } from '../core/permission.ts';
import type { AuditEntry, AuditReport } from '../core/ports.ts';
import type { AuditOptions } from './arguments.ts';
import { exitCodes } from './exit.ts';
import { storageFolder } from './storage.ts';
import { withoutControls } from './words.ts';

export async function auditCommand({ session, verify, json }: AuditOptions): Promise<number> {
  const reports = await reportsOf(session);
  const isWhole = reports.every(({ broken }) => broken === null);
  if (json) for (const report of reports) process.stdout.write(jsonOf(report, verify));
  else for (const report of reports) process.stdout.write(withoutControls(verify ? verdictOf(report) : listOf(report)));
  return isWhole ? 0 : exitCodes.error;
}

async function reportsOf(session: string | null): Promise<readonly AuditReport[]> {
  const audit = fileAudit(storageFolder());
  const known = await audit.sessions();
  if (session !== null && !known.includes(session))
    throw new JourneymanError(
      'not_found',
      `There is no audit of ${session}: nothing was done in it, or it is no session.`,
    );
  return Promise.all((session === null ? known : [session]).map((one) => audit.read(one)));
}

function jsonOf({ session, entries, broken, isTorn }: AuditReport, verify: boolean): string {
  const lines = verify ? [{ session, lines: entries.length, broken, torn: isTorn }] : entries;
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

function verdictOf({ session, entries, broken, isTorn }: AuditReport): string {
  const torn = isTorn ? '; its last line was cut off by a crash, and nothing was done for it' : '';
  return broken === null
    ? `${session}: ${countWords(entries.length)} as written${torn}\n`
    : `${session}: CHANGED at line ${String(broken.line)}: ${broken.why}. ${countWords(entries.length)} before it as written.\n`;
}

function countWords(lines: number): string {
  return lines === 1 ? '1 line' : `${String(lines)} lines`;
}

function listOf(report: AuditReport): string {
  const lines = report.entries.map(lineOf);
  return `${report.session}\n${lines.join('')}${report.broken === null ? '' : verdictOf(report)}`;
}

function lineOf({
  atMs,
  turn,
  step,
  phase,
  tool,
  input,
  tier,
  by,
  sandbox,
  status,
  exitCode,
  files,
}: AuditEntry): string {
  const time = new Date(atMs).toISOString().replace('T', ' ').slice(0, 19);
  const end =
    phase === 'after'
      ? `${status ?? ''}${exitCode === null ? '' : `, exit ${String(exitCode)}`}`
      : phase === 'denied'
        ? 'denied'
        : 'starts';
  const what = `${tool} ${input}`.replaceAll('\n', ' ');
  const changed = files.length === 0 ? '' : `\n      files: ${files.join(', ')}`;
  const why = `${tier === null ? '' : `${tier}, `}by ${byWords(by)}, sandbox ${sandbox}`;
  return `  ${time}  ${String(turn)}.${String(step)}  ${end}: ${what.length > 200 ? `${what.slice(0, 199)}…` : what}\n      ${why}${changed}\n`;
}

function byWords(by: DecidedBy | null): string {
  if (by === null) return 'nobody known';
  if (by.kind === 'mode') return `mode ${by.mode}`;
  if (by.kind === 'rule') return `rule ${by.rule}`;
  return by.kind === 'user' ? 'the person' : 'nobody: there was no person to ask';
}
