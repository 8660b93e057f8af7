/** What is judged to only look is run by bash itself, in a sandbox whose every writable place is compared: nothing may have changed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { judgeLine } from '../../../src/permission/shell/judge.ts';
import { tempFolder } from '../../support/tempFolder.ts';

/** With all namespaces, as a user who has no rights outside. */
const sandbox = ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--unshare-all', '--die-with-parent'];
const reason = whyNot();

function whyNot(): string | null {
  const { status, stderr } = spawnSync('bwrap', [...sandbox, '/bin/bash', '-c', ':'], { encoding: 'utf8' });
  if (status === 0) return null;
  return status === null ? 'bubblewrap is not installed' : `bubblewrap does not work here: ${stderr.trim()}`;
}

const lookers = ['ls', 'cat', 'tac', 'rev', 'nl', 'head', 'tail', 'wc', 'sort', 'uniq', 'cut', 'paste', 'join', 'tr', 'comm', 'diff', 'cmp', 'fold', 'fmt', 'expand', 'column', 'pr', 'seq', 'echo', 'printf', 'date', 'stat', 'du', 'df', 'file', 'realpath', 'readlink', 'basename', 'grep', 'egrep', 'rg', 'md5sum', 'sha256sum', 'cksum', 'base64', 'od', 'xxd', 'strings', 'find', 'test', 'sed', 'jq', 'tree', 'id', 'uname', 'type', 'command', 'cd', 'pwd', 'git', 'numfmt', 'tsort', 'shasum', 'hexdump']; // prettier-ignore
const writers = ['touch', 'tee', 'rm', 'cp', 'mv', 'mkdir', 'ln', 'chmod', 'truncate', 'split', 'csplit', 'dd', 'awk', 'xargs', 'env', 'install', 'patch', 'ed', 'perl', 'tar', 'node', 'bash']; // prettier-ignore
const operands = ['a.txt', 'b.txt', 'new.txt', 'dir', 'dir/c.txt', 'dir/new', '.', '*', '*.txt', 'd?r', '-', '--', "'a b.txt'", '"a b.txt"', '$HOME', '~', '/tmp', '/tmp/x', '..', '1', '1,2p', "'1p'", "'s/a/b/w new.txt'", "'s/a/b/'", 'w', '{a,new}.txt', '$(touch new.txt)', '`touch new.txt`', '<(touch new.txt)', '+%Y', '-exec', 'touch', '{}', "';'", '-delete', '-name', '-fprint', '-print', '-o', "'.x'", 'HEAD', 'log', 'status', 'diff', 'branch', 'show', 'stash', 'checkout', 'ls-files', 'tag', 'remote', '--output=new.txt', 'link', '-v', 'new=1']; // prettier-ignore
const joints = [' | ', ' && ', ' || ', '; ', ' & ', '\n', ' |& ', ' ;; ', ' > ', ' >> ', ' 2>&1 | ', ' 2>/dev/null; ', ' >/dev/null && ', ' < ', ' <<< ', ' &> ', ' >| ']; // prettier-ignore
const prefixes = ['', '', '', '', '', 'X=1 ', '! ', 'time ', '(', '{ ', 'command ', 'builtin ', 'exec ', 'env ', 'nice ', '\\', 'if ', 'a[$(touch new.txt)]=1 ']; // prettier-ignore

/** Options as the programs of this machine tell them. */
function optionsOf(program: string): readonly string[] {
  // Without any where this machine has no such program.
  const help = spawnSync(program, ['--help'], { timeout: 5000, input: '' }) as { readonly output: unknown[] | null };
  const found = [
    ...(help.output ?? []).join('\n').matchAll(/(?<=^|[\s,[|(])(--[a-z][\w-]*|-[A-Za-z0-9])(?=[\s,=[\]|)])/gm),
  ];
  return [...new Set(found.map(([option]) => option)), '-i', '-o', '-w', '-n', '-r'];
}

function line(options: ReadonlyMap<string, readonly string[]>): fc.Arbitrary<string> {
  const value = fc.constantFrom('', '', '', '=1', '=new.txt', '=a.txt', '=touch', ' 1', ' new.txt', ' touch');
  const command = fc
    .oneof({ weight: 6, arbitrary: fc.constantFrom(...lookers) }, { weight: 1, arbitrary: fc.constantFrom(...writers) })
    .chain((name) => {
      const option = fc.tuple(fc.constantFrom(...(options.get(name) ?? ['-x'])), value).map((all) => all.join(''));
      const word = fc.oneof({ weight: 1, arbitrary: option }, { weight: 2, arbitrary: fc.constantFrom(...operands) });
      return fc.array(word, { maxLength: 4 }).map((words) => [name, ...words].join(' '));
    });
  const begun = fc.tuple(fc.constantFrom(...prefixes), command).map((all) => all.join(''));
  const more = fc.array(fc.tuple(fc.constantFrom(...joints), begun), { maxLength: 2 });
  return fc.tuple(begun, more).map(([first, rest]) => first + rest.flat().join(''));
}

/** Everything that a line could write to, by path: kind, rights, content. */
function stateOf(folder: string): Readonly<Record<string, string>> {
  const state: Record<string, string> = {};
  const visit = (path: string, name: string): void => {
    if (name === 'work/.git/index') return; // git keeps there when it looked last
    const stat = lstatSync(path);
    const content = stat.isSymbolicLink() ? readlinkSync(path) : stat.isFile() ? createHash('sha1').update(readFileSync(path)).digest('hex') : ''; // prettier-ignore
    state[name] = `${stat.mode.toString(8)} ${String(stat.uid)} ${content}`;
    if (stat.isDirectory()) for (const one of readdirSync(path)) visit(join(path, one), name === '' ? one : `${name}/${one}`); // prettier-ignore
  };
  visit(folder, '');
  return state;
}

const title = `nothing is changed by a line that only looks${reason === null ? '' : ` (skipped: ${reason})`}`;

it.skipIf(reason !== null)(title, { timeout: 300_000 }, async () => {
  const place = await tempFolder({
    'work/a.txt': 'b\na\n1 2\n',
    'work/b.txt': 'a\nc\n',
    'work/a b.txt': '{"a": 1}\n',
    'work/dir/c.txt': 'touch new.txt\n',
    'home/.profile': '',
  });
  const work = join(place, 'work');
  symlinkSync('a.txt', join(work, 'link'));
  for (const name of ['tmp', 'shm', 'vartmp']) mkdirSync(join(place, name));
  const git = (...args: readonly string[]): unknown =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: work });
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'one');
  writeFileSync(join(work, 'b.txt'), 'a\nd\n');

  /** Each by a bash of its own, as the tool runs it. */
  const bind = (from: string, to: string): readonly string[] => ['--bind', join(place, from), to];
  const places = [...bind('tmp', '/tmp'), ...bind('vartmp', '/var/tmp'), ...bind('.', place), ...bind('shm', '/dev/shm')]; // prettier-ignore
  const script = 'exec 3<&0 </dev/null; while IFS= read -r -d "" line <&3; do timeout -s KILL 5 bash -c "exec 2>&1; eval \\"\\$1\\"" x "$line"; done'; // prettier-ignore
  const args = [...sandbox, ...places, '--chdir', work, '--setenv', 'HOME', join(place, 'home'), '/bin/bash', '-c', script]; // prettier-ignore
  const run = (lines: readonly string[]): void => {
    const { error } = spawnSync('bwrap', args, { input: lines.map((one) => `${one}\0`).join(''), maxBuffer: 1 << 28 });
    if (error !== undefined) throw error;
  };

  run([]); // makes the folders that are mounted
  const kept = await tempFolder();
  execFileSync('cp', ['-a', `${place}/.`, kept]);
  const before = stateOf(place);
  const isChanged = (lines: readonly string[]): boolean => {
    run(lines);
    if (isDeepStrictEqual(stateOf(place), before)) return false;
    for (const name of readdirSync(place)) rmSync(join(place, name), { recursive: true });
    execFileSync('cp', ['-a', `${kept}/.`, place]);
    return true;
  };
  expect([['touch /tmp/x'], ['echo > new.txt'], ['rm b.txt'], ['ls']].map(isChanged)).toEqual([
    true,
    true,
    true,
    false,
  ]);

  const options = new Map([...lookers, ...writers].map((name) => [name, optionsOf(name)]));
  // The same lines each time; others, and as many as are wanted, with FUZZ=500.
  const { FUZZ: wanted } = process.env;
  const runs = Number(wanted ?? 15);
  const lines = fc.sample(line(options), { numRuns: runs * 200, ...(wanted === undefined && { seed: 1 }) });
  const reads = lines.filter((one) => judgeLine('bash', one).tier === 'read');
  expect(reads.length).toBeGreaterThan(runs * 5);
  const batches = Array.from({ length: Math.ceil(reads.length / batchSize) }, (_, at) => reads.slice(at * batchSize, (at + 1) * batchSize)); // prettier-ignore
  const changing = batches.flatMap((batch) => (isChanged(batch) ? batch.filter((one) => isChanged([one])) : []));
  expect(changing).toEqual([]);
});

/** Lines that one sandbox runs. */
const batchSize = 100;
