/**
 * What the symbol index costs on a tree, beside universal-ctags and beside parse and query, and whether it finds the same.
 *
 *   npm run bench:index -- --tree DIR [--only typescript,go,…] [--part cold|fidelity|live] [--rounds 5] [--show 10] [--json FILE]
 *
 * Compare user CPU within one run: a busy machine makes all of it slower. All there is is written to `--json`, by default
 * out/bench/index.json.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { coldRows } from './indexCold.ts';
import { fidelityOf } from './indexFidelity.ts';
import { filesOf, measured } from './indexFiles.ts';
import { liveRows, packageRow } from './indexLive.ts';
import { extractAll, indexAll, parseAndQuery } from './indexWork.ts';
import { printTable, writeJson, type Figure } from './table.ts';

const { values } = parseArgs({
  options: {
    tree: { type: 'string' },
    only: { type: 'string' },
    part: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    show: { type: 'string', default: '0' },
    json: { type: 'string', default: 'out/bench/index.json' },
    /** For the bench itself: one piece of work in a process of its own. */
    work: { type: 'string' },
    language: { type: 'string', default: '' },
    list: { type: 'string', default: '' },
    storage: { type: 'string', default: '' },
  },
});
if (values.work !== undefined) process.stdout.write(JSON.stringify(await worked(values.work)));
else if (values.tree === undefined) {
  console.error('usage: npm run bench:index -- --tree DIR [--only typescript,go] [--part cold|fidelity|live] [--rounds 5] [--show 10] [--json FILE]'); // prettier-ignore
  process.exitCode = 2;
} else await bench(path.resolve(values.tree));

async function worked(work: string): Promise<unknown> {
  const { language, list, tree = '', storage } = values;
  if (work === 'engine') return indexAll(tree, storage);
  const files = readFileSync(list, 'utf8').split('\n');
  return work === 'extract' ? extractAll(files) : parseAndQuery(language, files);
}

async function bench(tree: string): Promise<void> {
  const isWanted = (part: string): boolean => values.part === undefined || values.part === part;
  const wanted = values.only?.split(',') ?? Object.keys(measured);
  const figures: Figure[] = [];
  const notes = new Set<string>();
  const found: Record<string, unknown> = {};
  for (const language of wanted) {
    const files = filesOf(tree, language);
    if (files.length === 0) {
      notes.add(`There are no files of ${language} in ${tree}.`);
      continue;
    }
    if (isWanted('cold')) {
      const cold = coldRows(tree, language, files, Number(values.rounds));
      figures.push(...cold.figures);
      for (const note of cold.notes) notes.add(note);
    }
    if (isWanted('fidelity')) {
      const all = files.map(({ absolute }) => absolute);
      const { examples, ...sums } = await fidelityOf(language, all, Number(values.show));
      found[language] = sums;
      figures.push(
        { name: `${language}: definitions outside functions`, value: sums.notLocal, unit: '' },
        { name: `${language}: of them found`, value: 100 * (1 - sums.missing / Math.max(1, sums.notLocal)), unit: '%', aim: 98.5 }, // prettier-ignore
        { name: `${language}: false`, value: sums.false, unit: '', aim: 0 },
        { name: `${language}: found with another range or parent`, value: sums.unlike, unit: '' },
        { name: `${language}: files parsed whole`, value: (100 * sums.wholeFiles) / Math.max(1, sums.files), unit: '' },
        { name: `${language}: files where memory and cursor differ`, value: sums.cursorUnlike, unit: '', aim: 0 },
      );
      for (const example of examples) console.log(example);
    }
  }
  if (isWanted('live')) figures.push(...(await liveRows(tree)), packageRow());
  printTable(`the symbol index on ${tree}`, figures);
  for (const note of notes) console.log(`  ${note}`);
  mkdirSync(path.dirname(values.json), { recursive: true });
  writeJson(values.json, { node: process.version, platform: process.platform, tree, figures, fidelity: found });
}
