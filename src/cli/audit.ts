/** `journeyman audit`: what was done in sessions, and on whose word; and whether that is still as it was written. */
import { auditText, auditVerdict } from '../audit/auditText.ts';
import { fileAudit } from '../audit/fileAudit.ts';
import { JourneymanError } from '../core/error.ts';
import type { AuditReport } from '../core/ports.ts';
import { escaped } from '../permission/shell/hidden.ts';
import type { AuditOptions } from './arguments.ts';
import { exitCodes } from './exit.ts';
import { storageFolder } from './storage.ts';
import { withoutControls } from './words.ts';

export async function auditCommand({ session, verify, json }: AuditOptions): Promise<number> {
  const reports = await reportsOf(session);
  const isWhole = reports.every(({ broken }) => broken === null);
  if (json) for (const report of reports) process.stdout.write(jsonOf(report, verify));
  else
    for (const report of reports)
      process.stdout.write(
        withoutControls(escaped(verify ? `${report.session}: ${auditVerdict(report)}\n` : auditText(report))),
      );
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
