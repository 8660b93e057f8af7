// @ts-nocheck
// Materialises tasks and checkouts: node prepare.mjs --data DATA.jsonl --repos DIR --out WORK [--checkouts isolated|worktree|none] [--only ID[,ID]]
import { readFileSync, writeFileSync, mkdirSync, existsSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { gitDir, git, cleanTask, sha1, nextTasks } from './lib.mjs';
const arg = (k, d) => {
  const i = process.argv.indexOf('--' + k);
  return i < 0 ? d : process.argv[i + 1];
};
const mode = arg('checkouts', 'none'),
  work = path.resolve(arg('out')),
  only = arg('only')?.split(',');
mkdirSync(work, { recursive: true });
const tasks = [];
for (const inst of readFileSync(arg('data'), 'utf8')
  .trim()
  .split('\n')
  .map((l) => JSON.parse(l))) {
  if (only && !only.includes(inst.id)) continue;
  const dir = gitDir(arg('repos'), inst.repo);
  let text = inst.task;
  if (text === undefined) {
    const [s, b] = git(dir, ['log', '-1', '--format=%s%x1f%b', inst.sha]).split('\x1f');
    const tree = new Set(git(dir, ['ls-tree', '-r', '--name-only', inst.parent]).split('\n'));
    text = cleanTask(s, b, (p) => tree.has(p)).text;
    if (inst.taskSha1 && sha1(text) !== inst.taskSha1)
      console.error(`${inst.id}: the task text differs from the recorded one`);
  }
  const checkout = `checkouts/${inst.id}`;
  const base = { repo: inst.repo, parent: inst.parent, checkout, task: text };
  tasks.push({ id: inst.id, kind: 'select', ...base, budgets: [4000, 8000, 16000] });
  for (const t of nextTasks(inst)) {
    const seen = { file: t.seen };
    if (t.kind === 'edit')
      seen.diff = git(dir, ['diff', '-U3', '--no-color', '--no-ext-diff', inst.parent, inst.sha, '--', t.seen]).slice(
        0,
        20000,
      );
    tasks.push({ id: t.id, kind: 'next-' + t.kind, ...base, seen });
  }
  const at = path.join(work, checkout);
  if (mode !== 'none' && !existsSync(path.join(at, '.git'))) {
    if (mode === 'worktree') {
      mkdirSync(path.dirname(at), { recursive: true });
      git(dir, ['worktree', 'add', '-f', '--detach', at, inst.parent]);
    } else {
      // a repository of its own that borrows the objects and has no ref but HEAD at the parent: git log cannot see the future
      mkdirSync(at, { recursive: true });
      const run = (...a) => execFileSync('git', ['-C', at, ...a], { stdio: ['ignore', 'ignore', 'ignore'] });
      run('init', '-q');
      mkdirSync(path.join(at, '.git/objects/info'), { recursive: true });
      writeFileSync(path.join(at, '.git/objects/info/alternates'), path.join(dir, 'objects') + '\n');
      run('update-ref', '--no-deref', 'HEAD', inst.parent);
      try {
        run('-c', 'advice.detachedHead=false', 'checkout', '-q', '-f', '--detach', inst.parent);
      } catch {
        // a partial clone may lack objects: take what is there
        const list = git(dir, ['ls-tree', '-r', '--name-only', inst.parent]).split('\n').filter(Boolean);
        run('read-tree', inst.parent);
        for (let i = 0; i < list.length; i += 400) {
          try {
            run('checkout-index', '-f', '--', ...list.slice(i, i + 400));
          } catch {
            for (const f of list.slice(i, i + 400)) {
              try {
                run('checkout-index', '-f', '--', f);
              } catch {
                /* absent object */
              }
            }
          }
        }
      }
    }
  }
}
writeFileSync(path.join(work, 'tasks.jsonl'), tasks.map((t) => JSON.stringify(t)).join('\n') + '\n');
console.log(`${tasks.length} tasks written`);
