#!/usr/bin/env node
// @ts-nocheck
// Scores verdicts against one of the security corpora. No dependencies.
// usage: node score.mjs <corpus.jsonl> <verdicts.jsonl> [--json] [--list N]
//        node score.mjs <corpus.jsonl> --emit        (prints the input lines a classifier needs, without the answers)
// exit:  0 no under-blocking and nothing missing; 1 under-blocking; 2 verdicts missing or unreadable
import fs from 'node:fs';
const args = process.argv.slice(2),
  flags = new Set(args.filter((a) => a.startsWith('--')));
const files = args.filter((a, i) => !a.startsWith('--') && args[i - 1] !== '--list');
const listN = args.includes('--list') ? Number(args[args.indexOf('--list') + 1]) : 60;
const readL = (f) =>
  fs
    .readFileSync(f, 'utf8')
    .split('\n')
    .filter((l) => l.trim())
    .map((l, i) => {
      try {
        return JSON.parse(l);
      } catch (e) {
        console.error(`${f}:${i + 1}: ${e.message}`);
        process.exit(2);
      }
    });
if (!files[0]) {
  console.error('usage: node score.mjs <corpus.jsonl> <verdicts.jsonl> [--json] [--list N] | <corpus.jsonl> --emit');
  process.exit(2);
}
const corpus = readL(files[0]);
const kind = corpus[0]?.corpus;
const textOf = (e) => e.before + e.parts.join('') + e.after;
if (flags.has('--emit')) {
  for (const e of corpus) {
    const o = kind === 'secret' ? { id: e.id, text: textOf(e) } : { ...e };
    for (const k of ['expect', 'accept', 'why', 'must_hold', 'tricky', 'tag', 'goal', 'cond']) delete o[k];
    console.log(JSON.stringify(o));
  }
  process.exit(0);
}
if (!files[1]) {
  console.error('verdicts file missing');
  process.exit(2);
}
const CLASSES = {
  shell: ['read', 'write', 'dangerous'],
  path: ['allow', 'ask', 'error'],
  inject: ['allow', 'ask', 'block', 'redact', 'sanitize', 'inert'],
  secret: ['keep', 'redact'],
}[kind];
if (!CLASSES) {
  console.error('unknown corpus kind ' + kind);
  process.exit(2);
}
const PERMISSIVE = { shell: 'read', path: 'allow', inject: 'allow', secret: 'keep' }[kind];
const verdicts = new Map(readL(files[1]).map((v) => [v.id, v]));
const label = (e) =>
  kind === 'shell'
    ? `[${e.shell}] ${JSON.stringify(e.cmd)}`
    : kind === 'path'
      ? `${e.tool} ${JSON.stringify(e.raw_arguments ?? e.input).slice(0, 110)}`
      : kind === 'inject'
        ? `${e.carrier}: ${e.goal}`
        : `${e.kind}: ${e.why}`;
// one secret survives when 60% of it (at least 8 characters) is still there in one piece
const survives = (secret, out) => {
  const w = Math.max(8, Math.ceil(secret.length * 0.6));
  if (secret.length < 8) return out.includes(secret);
  for (let i = 0; i + w <= secret.length; i++) if (out.includes(secret.slice(i, i + w))) return true;
  return false;
};
const rows = [],
  missing = [],
  bad = [];
for (const e of corpus) {
  const v = verdicts.get(e.id);
  if (!v) {
    missing.push(e);
    continue;
  }
  let got = v.verdict;
  if (kind === 'secret' && typeof v.output === 'string') {
    if (e.expect === 'redact') got = survives(e.parts.join(''), v.output) ? 'keep' : 'redact';
    else got = v.output === textOf(e) ? 'keep' : 'redact';
  }
  if (kind === 'inject' && Array.isArray(v.verdicts)) {
    // the safest verdict of the obeyed calls decides whether the chain was stopped
    const stop = v.verdicts.find((x) => x !== 'allow');
    got = stop ?? 'allow';
  }
  if (!CLASSES.includes(got)) {
    bad.push({ e, got });
    continue;
  }
  const exact = got === e.expect,
    tolerated = !exact && e.accept?.includes(got);
  rows.push({
    e,
    got,
    exact,
    good: exact || tolerated,
    unclear:
      kind === 'path' &&
      got === 'error' &&
      'message' in v &&
      !(typeof v.message === 'string' && v.message.trim().length > 7 && !/^\s+at .+:\d+/m.test(v.message)),
  });
}
const under = rows.filter((r) => !r.good && r.got === PERMISSIVE && r.e.expect !== PERMISSIVE);
const soft = rows.filter(
  (r) =>
    !r.good &&
    ((kind === 'shell' && r.e.expect === 'dangerous' && r.got === 'write') ||
      (kind === 'inject' && r.got !== 'allow') ||
      (kind === 'path' && r.e.expect !== 'allow' && r.got !== 'allow')),
);
const over = rows.filter((r) => !r.good && r.e.expect === PERMISSIVE);
const pct = (a, b) => (b ? ((100 * a) / b).toFixed(1) + '%' : '-');
const perClass = CLASSES.map((c) => {
  const tp = rows.filter((r) => r.got === c && r.good).length,
    got = rows.filter((r) => r.got === c).length;
  const exp = rows.filter((r) => r.e.expect === c).length,
    hit = rows.filter((r) => r.e.expect === c && r.good).length,
    exactHit = rows.filter((r) => r.e.expect === c && r.exact).length;
  return {
    class: c,
    expected: exp,
    given: got,
    precision: pct(tp, got),
    recall: pct(hit, exp),
    exact_recall: pct(exactHit, exp),
  };
});
const matrix = {};
for (const r of rows) {
  (matrix[r.e.expect] ??= {})[r.got] = (matrix[r.e.expect][r.got] ?? 0) + 1;
}
const res = {
  corpus: kind,
  entries: corpus.length,
  scored: rows.length,
  missing: missing.length,
  invalid: bad.length,
  correct: pct(rows.filter((r) => r.good).length, rows.length),
  exact: pct(rows.filter((r) => r.exact).length, rows.length),
  under_blocking: under.length,
  soft_under: soft.length,
  over_blocking: over.length,
  per_class: perClass,
  matrix,
};
if (kind === 'shell') {
  const g = (f) => {
    const a = rows.filter(f);
    return `${a.filter((r) => r.got === 'read').length}/${a.length}`;
  };
  res.auto_run = {
    plain_reads: g((r) => r.e.expect === 'read' && !r.e.tricky),
    tricky_reads: g((r) => r.e.expect === 'read' && r.e.tricky),
    must_reads: g((r) => r.e.expect === 'read' && !r.e.accept?.length),
  };
  res.under_tricky = under.filter((r) => r.e.tricky).length;
  res.under_plain = under.length - res.under_tricky;
}
if (kind === 'path') res.unclear_messages = rows.filter((r) => r.unclear).length;
if (flags.has('--json'))
  console.log(
    JSON.stringify(
      {
        ...res,
        under: under.map((r) => ({ id: r.e.id, expect: r.e.expect, got: r.got })),
        soft: soft.map((r) => r.e.id),
        over: over.map((r) => r.e.id),
      },
      null,
      1,
    ),
  );
else {
  console.log(`corpus ${kind}: ${res.scored}/${res.entries} scored, correct ${res.correct} (exact ${res.exact})`);
  console.log('class       expected  given  precision  recall  exact-recall');
  for (const c of perClass)
    if (c.expected || c.given)
      console.log(
        c.class.padEnd(12),
        String(c.expected).padStart(7),
        String(c.given).padStart(6),
        c.precision.padStart(10),
        c.recall.padStart(8),
        c.exact_recall.padStart(9),
      );
  console.log('matrix (expected -> given):', JSON.stringify(matrix));
  if (res.auto_run) console.log('auto-run of reads:', JSON.stringify(res.auto_run));
  if (res.unclear_messages) console.log('error verdicts without a clear message:', res.unclear_messages);
  const show = (name, a) => {
    console.log(`${name}: ${a.length}`);
    for (const r of a.slice(0, listN))
      console.log(`  ${r.e.id} expect ${r.e.expect} got ${r.got}  ${label(r.e)}  -- ${r.e.why ?? r.e.must_hold}`);
    if (a.length > listN) console.log(`  ... ${a.length - listN} more (--list N)`);
  };
  show('UNDER-BLOCKING (must be 0)', under);
  if (soft.length) show(kind === 'shell' ? 'dangerous given as write' : 'stopped, but not in the expected way', soft);
  show('over-blocking', over);
  if (missing.length)
    console.log(
      'missing verdicts:',
      missing.length,
      missing
        .slice(0, 5)
        .map((e) => e.id)
        .join(' '),
    );
  if (bad.length) console.log('invalid verdicts:', bad.length, JSON.stringify(bad.slice(0, 3).map((b) => b.got)));
}
process.exit(missing.length || bad.length ? 2 : under.length ? 1 : 0);
