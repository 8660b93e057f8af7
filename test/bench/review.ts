/**
 * What it costs to follow the agent's changes while somebody types, and to decide on them.
 *
 *   npm run bench:review -- [--only ledger|workbench] [--runs 200] [--no-build] [--json FILE]
 *
 * `workbench`: in code-server with a browser on it.
 */
import { parseArgs } from 'node:util';
import { ledgerFigures } from './reviewLedger.ts';
import { workbenchFigures } from './reviewWorkbench.ts';
import { printTable, writeJson, type Figure } from './table.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    runs: { type: 'string', default: '200' },
    'no-build': { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const parts: Readonly<Record<string, readonly [string, () => Promise<readonly Figure[]>]>> = {
  ledger: ['The ledger of 10,000 lines with 300 changes', () => ledgerFigures(Number(values.runs))],
  workbench: ['In a workbench', () => workbenchFigures(!values['no-build'])],
};
const results: Record<string, readonly Figure[]> = {};
for (const [name, [title, measure]] of Object.entries(parts)) {
  if (values.only !== undefined && values.only !== name) continue;
  const figures = await measure();
  results[name] = figures;
  printTable(title, figures);
}
writeJson(values.json, { node: process.version, platform: process.platform, results });
