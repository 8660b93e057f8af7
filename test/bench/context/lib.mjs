// @ts-nocheck
// Shared helpers of the context-selection benchmark: git access, task text, the second task.
import { spawn, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';

export const CHARS_PER_TOKEN = 4;

// ---------------------------------------------------------------- git
export function gitDir(reposDir, repo) {
  const [owner, name] = repo.split('/');
  for (const c of [
    `${owner}+${name}/repo`,
    `${owner}+${name}`,
    `${owner}/${name}/.git`,
    `${owner}/${name}`,
    `${owner}__${name}/.git`,
    `${owner}__${name}`,
    `${name}/.git`,
    `${name}`,
    `${name}.git`,
  ]) {
    const p = path.resolve(reposDir, c);
    if (existsSync(path.join(p, 'HEAD')) && existsSync(path.join(p, 'objects'))) return p;
  }
  throw new Error(`no git directory for ${repo} under the given folder`);
}
export function git(dir, args, opt = {}) {
  return execFileSync('git', ['--git-dir', dir, '-c', 'core.quotePath=false', '-c', 'diff.renameLimit=2000', ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    stdio: ['ignore', 'pipe', 'ignore'],
    ...opt,
  });
}
export function lsTree(dir, rev) {
  const out = [];
  for (const rec of git(dir, ['ls-tree', '-r', '-l', '-z', rev]).split('\0')) {
    const m = /^(\d+) blob ([0-9a-f]+)\s+(\d+)\t(.*)$/s.exec(rec);
    if (m && m[1] !== '120000') out.push({ sha: m[2], size: +m[3], path: m[4] });
  }
  return out;
}
/** One persistent `git cat-file --batch`; get(spec) returns a Buffer or null. */
export class CatFile {
  constructor(dir) {
    this.p = spawn('git', ['--git-dir', dir, 'cat-file', '--batch'], { stdio: ['pipe', 'pipe', 'ignore'] });
    this.chunks = [];
    this.len = 0;
    this.queue = [];
    this.p.stdout.on('data', (d) => {
      this.chunks.push(d);
      this.len += d.length;
      this.pump();
    });
  }
  get(spec) {
    return new Promise((r) => {
      this.queue.push({ r, need: -1 });
      this.p.stdin.write(spec + '\n');
    });
  }
  pump() {
    while (this.queue.length) {
      const q = this.queue[0];
      if (q.need > 0 && this.len < q.need) return;
      if (this.chunks.length > 1) this.chunks = [Buffer.concat(this.chunks)];
      const buf = this.chunks[0] ?? Buffer.alloc(0);
      if (q.need < 0) {
        const nl = buf.indexOf(10);
        if (nl < 0) return;
        const head = buf.toString('utf8', 0, nl);
        this.chunks = [buf.subarray(nl + 1)];
        this.len -= nl + 1;
        const m = / blob (\d+)$/.exec(head);
        if (!m) {
          const other = / (?:tree|commit|tag) (\d+)$/.exec(head);
          if (!other) {
            this.queue.shift();
            q.r(null);
            continue;
          }
          q.need = +other[1] + 1;
          q.skip = true;
          continue;
        }
        q.need = +m[1] + 1;
        continue;
      }
      if (this.len < q.need) return;
      const body = Buffer.from(buf.subarray(0, q.need - 1));
      this.chunks = [buf.subarray(q.need)];
      this.len -= q.need;
      this.queue.shift();
      q.r(q.skip ? null : body);
    }
  }
  close() {
    this.p.stdin.end();
    this.p.kill();
  }
}

// ---------------------------------------------------------------- task text
const TRAILER =
  /^\s*(co-authored-by|signed-off-by|reviewed-by|acked-by|tested-by|reported-by|suggested-by|cc|change-id|pr-url|reviewed-on|refs?|ref|see|see also|closes?|closed|fix(?:es|ed)?|resolves?|resolved|part of|related(?: to)?|relates to|followup to|follow-up to|contributed on behalf of|supersedes|replaces|release[- ]notes?|backport|cherry[- ]picked|assisted-by|generated-by|co-developed-by)\b\s*:?\s*((?:#|gh-|issue|https?:|[\w.-]+\/[\w.-]+#|eclipse|<|\(?#|\(?https?:).*|[^ ]+ .*<[^>]+>.*)?$/i;
const NOISE =
  /^\s*[*-]\s*(apply suggestions?|merge (branch|remote|pull)|(fix )?(lint|format|typos?|ci|tests?)\b|update (tests?|docs?|snapshots?|[\w./-]+\.\w{1,4})\s*$|review|address|wip\b|clean ?up|changeset|revert)/i;
export function cleanTask(subject, body, isFile) {
  subject = subject.replace(/\s*\(#\d+\)\s*$/, '');
  if (/(…|\.\.\.)$/.test(subject) && /^\s*(…|\.\.\.)/.test(body)) {
    // a subject cut in two by the hosting site
    const [first, ...rest] = body.trim().split('\n');
    subject = subject.replace(/(…|\.\.\.)$/, '') + first.replace(/^(…|\.\.\.)/, '');
    body = rest.join('\n');
  }
  const strip = (s) =>
    s
      .replace(
        /\((?:[^()]*?\b)?(?:closes?|fix(?:es|ed)?|resolves?|refs?|see|from|backport(?: of)?)?\s*(?:[\w.-]+\/[\w.-]+)?#\d+(?:\s*,\s*#\d+)*\s*\)/gi,
        '',
      )
      .replace(
        /(?:\b(?:closes?|fix(?:es|ed)?|resolves?|refs?|see|issue|pr)\s*:?\s*)?(?:https?:\/\/\S+|(?:[\w.-]+\/[\w.-]+)?#\d{2,}|\bgh-\d+)/gi,
        '',
      )
      .replace(/(?:[\w.@-]+\/)+[\w.@-]+\.[A-Za-z]{1,4}\b(?::\d+)?/g, (p) => (isFile(p.replace(/:\d+$/, '')) ? '' : p))
      .replace(/[ \t]{2,}/g, ' ')
      .replace(/\s+$/, '');
  const lines = [];
  let fence = false;
  for (const l of body
    .replace(/\r/g, '')
    .replace(/<!--[\s\S]*?-->/g, '')
    .split('\n')) {
    if (/^\s*```/.test(l)) fence = !fence;
    if (!fence && TRAILER.test(l)) continue;
    if (!fence && /^\s*[-*] \[[ xX]\]/.test(l)) continue;
    if (!fence && /^\s*(-{3,}|={3,}|_{3,})\s*$/.test(l)) continue;
    if (/^\s*(Co-authored-by|Signed-off-by|🤖|Generated with)/i.test(l)) continue;
    if (/^!\[/.test(l.trim()) || NOISE.test(l)) continue;
    const t = strip(l);
    if (!t.trim() && l.trim()) continue;
    if (/^\s*[-*]\s*`{0,2}\s*:?\s*$/.test(t)) continue;
    lines.push(t);
  }
  let b = lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  if (b.length > 2000) b = b.slice(0, 2000).replace(/\s+\S*$/, '') + ' …';
  const s = strip(subject).replace(/…$/, '').trim();
  return { subject: s, text: (s + (b ? '\n\n' + b : '')).trim() };
}
export const sha1 = (s) => createHash('sha1').update(s).digest('hex');

// ---------------------------------------------------------------- second task: the next file
/** For an instance with several gold files: up to two of them in turn are the file already seen, the others are to be found. */
export function nextTasks(inst) {
  if (inst.files.length < 2) return [];
  const seeds = inst.files
    .map((f) => f.file)
    .sort((a, b) => (sha1(inst.id + a) < sha1(inst.id + b) ? -1 : 1))
    .slice(0, 2);
  return seeds.flatMap((seen, k) =>
    ['open', 'edit'].map((kind) => ({
      id: `${inst.id}~${kind}${k}`,
      kind,
      seen,
      gold: inst.files.map((f) => f.file).filter((f) => f !== seen),
    })),
  );
}
