// @ts-nocheck
// Scores predictions: node score.mjs --data DATA.jsonl --pred PRED.jsonl --repos DIR [--by language|repo|mentions] [--json OUT] [--compare OTHER.jsonl]
import { readFileSync, writeFileSync } from 'node:fs';
import { gitDir, CatFile, CHARS_PER_TOKEN, nextTasks } from './lib.mjs';
const arg = (k, d) => {
  const i = process.argv.indexOf('--' + k);
  return i < 0 ? d : process.argv[i + 1];
};
const jsonl = (f) =>
  readFileSync(f, 'utf8')
    .trim()
    .split('\n')
    .map((l) => JSON.parse(l));
const data = jsonl(arg('data'));
const BUDGETS = [4000, 8000, 16000];
const cats = new Map(),
  cache = new Map();
async function linesOf(inst, file) {
  const key = inst.parent + ':' + file;
  if (cache.has(key)) return cache.get(key);
  if (!cats.has(inst.repo)) cats.set(inst.repo, new CatFile(gitDir(arg('repos'), inst.repo)));
  const buf = await cats.get(inst.repo).get(key);
  const v = buf
    ? buf
        .toString('utf8')
        .split('\n')
        .map((l) => l.length + 1)
    : null;
  if (cache.size > 4000) cache.clear();
  cache.set(key, v);
  return v;
}
const last = (n) =>
  String(n ?? '')
    .split(/::|[.#]/)
    .pop();
function matches(p, g) {
  if (p.file !== g.file) return false;
  const a = Math.max(p.startLine, g.startLine),
    b = Math.min(p.endLine, g.endLine);
  if (b < a) return false;
  if (last(p.name) === g.name) return true;
  return (b - a + 1) / (Math.max(p.endLine, g.endLine) - Math.min(p.startLine, g.startLine) + 1) >= 0.5;
}
/** Lines of a packed context that fit the budget, in the given order; a range that overflows is cut and ends the context. */
async function admit(inst, ranges, budget) {
  const have = new Map();
  let left = budget * CHARS_PER_TOKEN,
    used = 0;
  for (const r of ranges ?? []) {
    const len = await linesOf(inst, r.file);
    if (!len) continue;
    let set = have.get(r.file);
    const head = set ? 0 : r.file.length + 2;
    if (!set) {
      if (head > left) break;
      set = new Set();
      have.set(r.file, set);
      left -= head;
      used += head;
    }
    let over = false;
    for (let l = Math.max(1, r.startLine); l <= Math.min(len.length, r.endLine); l++) {
      if (set.has(l)) continue;
      if (len[l - 1] > left) {
        over = true;
        break;
      }
      set.add(l);
      left -= len[l - 1];
      used += len[l - 1];
    }
    if (over) break;
  }
  return { have, used };
}
const uniq = (a) => [...new Set(a)];
function fileMetrics(gold, files, ks) {
  const m = {};
  for (const k of ks) {
    const top = new Set(files.slice(0, k));
    const h = gold.filter((g) => top.has(g)).length;
    m[`fileR@${k}`] = h / gold.length;
    if (k === 5 || k === 10) m[`fileAll@${k}`] = h === gold.length ? 1 : 0;
  }
  const i = files.findIndex((f) => gold.includes(f));
  m.fileMRR = i < 0 ? 0 : 1 / (i + 1);
  return m;
}
async function scoreSelect(inst, p) {
  const m = fileMetrics(
    inst.files.map((f) => f.file),
    uniq(p?.files ?? []),
    [1, 5, 10, 20],
  );
  const syms = p?.symbols ?? [];
  const rank = inst.symbols.map((g) => {
    const i = syms.findIndex((s) => matches(s, g));
    return i < 0 ? Infinity : i;
  });
  for (const k of [10, 20, 50]) m[`symR@${k}`] = rank.filter((r) => r < k).length / rank.length;
  m['symAll@10'] = rank.every((r) => r < 10) ? 1 : 0;
  m.symMRR = Math.min(...rank) === Infinity ? 0 : 1 / (Math.min(...rank) + 1);
  for (const b of BUDGETS) {
    const { have, used } = await admit(inst, p?.packed?.[b], b);
    const ok = inst.symbols.filter((g) =>
      g.need.every(([a, z]) => {
        const s = have.get(g.file);
        if (!s) return false;
        for (let l = a; l <= z; l++) if (!s.has(l)) return false;
        return true;
      }),
    ).length;
    let lt = 0,
      lh = 0;
    for (const f of inst.files) {
      const s = have.get(f.file);
      for (const [a, z] of f.lines)
        for (let l = a; l <= z; l++) {
          lt++;
          if (s?.has(l)) lh++;
        }
    }
    m[`packSym@${b / 1000}k`] = ok / inst.symbols.length;
    m[`packLine@${b / 1000}k`] = lt ? lh / lt : 0;
    m[`used@${b / 1000}k`] = used / CHARS_PER_TOKEN / b;
  }
  if (p?.ms !== undefined) m.ms = p.ms;
  return m;
}
async function scoreFile(file) {
  const pred = new Map(jsonl(file).map((p) => [p.id, p])),
    rows = [];
  const anySelect = [...pred.keys()].some((i) => !i.includes('~')); // a task kind without any line is not scored; a missing line of a kind scores zero
  for (const inst of data) {
    if (anySelect) rows.push({ id: inst.id, task: 'select', inst, m: await scoreSelect(inst, pred.get(inst.id)) });
    for (const t of nextTasks(inst)) {
      const p = pred.get(t.id);
      if (!p && !anyNext(pred, t.kind)) continue;
      const files = uniq(p?.files ?? []).filter((f) => f !== t.seen);
      const m = fileMetrics(t.gold, files, [1, 5, 10]);
      if (p?.ms !== undefined) m.ms = p.ms;
      rows.push({ id: t.id, task: 'next-' + t.kind, inst, m });
    }
  }
  return rows;
}
const nextSeen = new Map();
function anyNext(pred, kind) {
  if (!nextSeen.has(pred)) nextSeen.set(pred, {});
  return (nextSeen.get(pred)[kind] ??= [...pred.keys()].some((i) => i.includes('~' + kind)));
}
const mean = (rows, k) => {
  const v = rows.map((r) => r.m[k]).filter((x) => x !== undefined);
  return v.length ? v.reduce((a, b) => a + b, 0) / v.length : NaN;
};
function table(rows, title) {
  const keys = uniq(rows.flatMap((r) => Object.keys(r.m)));
  console.log(`\n${title} (n=${rows.length})`);
  console.log(
    keys.map((k) => `${k} ${k === 'ms' ? mean(rows, k).toFixed(0) : (100 * mean(rows, k)).toFixed(1)}`).join('  '),
  );
}
const rows = await scoreFile(arg('pred'));
for (const t of ['select', 'next-open', 'next-edit']) {
  const r = rows.filter((x) => x.task === t);
  if (!r.length) continue;
  table(r, t);
  const by = arg('by');
  if (by) {
    const key = (x) =>
      by === 'mentions'
        ? x.inst.mentions.file || x.inst.mentions.symbol
          ? 'names its target'
          : 'names no target'
        : by === 'size'
          ? x.inst.files.length === 1
            ? 'one file'
            : 'several files'
          : x.inst[by];
    for (const g of uniq(r.map(key)).sort())
      table(
        r.filter((x) => key(x) === g),
        `  ${t} / ${g}`,
      );
  }
}
if (arg('compare')) {
  const other = new Map((await scoreFile(arg('compare'))).map((r) => [r.id, r]));
  let seed = 12345;
  const rnd = () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;
  for (const [t, keys] of [
    ['select', ['fileR@1', 'fileR@5', 'fileR@10', 'symR@10', 'symR@20', 'packSym@4k', 'packSym@8k', 'packSym@16k']],
    ['next-open', ['fileR@5', 'fileR@10']],
    ['next-edit', ['fileR@5', 'fileR@10']],
  ]) {
    const pair = rows.filter((r) => r.task === t && other.has(r.id));
    for (const k of pair.length ? keys : []) {
      const d = pair.map((r) => r.m[k] - other.get(r.id).m[k]),
        bs = [];
      for (let i = 0; i < 2000; i++) {
        let s = 0;
        for (let j = 0; j < d.length; j++) s += d[Math.floor(rnd() * d.length)];
        bs.push(s / d.length);
      }
      bs.sort((a, b) => a - b);
      console.log(
        `difference ${t} ${k}: ${((100 * d.reduce((a, b) => a + b, 0)) / d.length).toFixed(1)} points, 95% interval ${(100 * bs[50]).toFixed(1)} to ${(100 * bs[1949]).toFixed(1)}`,
      );
    }
  }
}
if (arg('json')) {
  const out = {};
  for (const t of ['select', 'next-open', 'next-edit']) {
    const r = rows.filter((x) => x.task === t);
    if (r.length) {
      out[t] = { n: r.length };
      for (const k of uniq(r.flatMap((x) => Object.keys(x.m)))) out[t][k] = mean(r, k);
    }
  }
  writeFileSync(arg('json'), JSON.stringify(out, null, 1) + '\n');
}
for (const c of cats.values()) c.close();
