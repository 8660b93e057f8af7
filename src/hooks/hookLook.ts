/** What a hook is at a moment: its definition and the files that its command names, so that a change of either is another hook. */
import { createHash } from 'node:crypto';
import { createReadStream, type BigIntStats } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { limits } from '../core/limits.ts';
import type { SettingsFile } from '../core/settings.ts';
import type { HookDefinition } from './hookFile.ts';

export interface HookLook {
  /** Of the definition and of what stands in the files: what a consent is bound to. */
  readonly hash: string;
  /** Of the files themselves: another one where one was written to or moved meanwhile, put back as it was or not. */
  readonly stamp: string;
}

/** Contents that were read before, by path and stamp: a hook is looked at around every call. */
export type KnownContents = Map<string, { readonly stamp: string; readonly hash: string }>;

export async function lookAt(
  { kind, path: file }: Pick<SettingsFile, 'kind' | 'path'>,
  { event, matcher, command, timeoutMs }: HookDefinition,
  folder: string,
  known: KnownContents,
): Promise<HookLook> {
  const hash = createHash('sha256').update(JSON.stringify([kind, file, event, matcher, command, timeoutMs]));
  const stamps: string[] = [];
  for (const path of namedFiles(command, folder)) {
    const info = await stat(path, { bigint: true }).catch(() => null);
    if (info?.isFile() !== true) continue;
    const stamp = await stampOf(path, info);
    const before = known.get(path);
    const content = before?.stamp === stamp ? before.hash : info.size > large ? stamp : await contentHash(path);
    if (content !== unread && Date.now() - Number(info.ctimeMs) > settledMs) known.set(path, { stamp, hash: content });
    hash.update(`\n${path}\n`).update(content);
    stamps.push(stamp);
  }
  return { hash: hash.digest('hex'), stamp: stamps.join('\n') };
}

/** A file may change twice within one tick of the clock that stamps it. */
const settledMs = 2000;

/** The system sets the time of the last change itself: nobody puts it back. */
async function stampOf(path: string, { dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): Promise<string> {
  return [await realpath(path).catch(() => path), dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

const unread = 'unread';
const large = BigInt(limits.fileBytesMax);

async function contentHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  return pipeline(createReadStream(path), hash).then(
    () => hash.digest('hex'),
    () => unread,
  );
}

/**
 * What of a command may be a file that it starts or reads, also within a text for another shell, and in a folder that it goes to first. Not
 * what it only writes to: a hook that keeps a list would ask again after each time.
 */
function namedFiles(command: string, folder: string): readonly string[] {
  const words: string[] = [];
  for (const [, written, word = ''] of command.matchAll(writtenOrWord)) {
    const read = written === undefined || command.includes('\\') ? (written ?? word) : '';
    words.push(read, ...read.replace(/["']/g, '').split(/[\s`;|&()<>=,]+/));
  }
  const folders = [...command.matchAll(goesTo)].slice(0, foldersMax).map(([, to = '']) => pathOf(to, folder));
  const paths = [...new Set(words)]
    .filter((word) => word !== '')
    .flatMap((word) => [folder, ...folders].map((one) => pathOf(word, one, folder)));
  return [...new Set(paths)].sort();
}

/** As a shell tells them apart, but for `\`: where one stands, nothing counts as written to. */
const writtenOrWord =
  /(?<!<)(?:&|\d)?>>?[|&]?\s*((?:"[^"]*"|'[^']*'|[^\s"';|&()<>])+)|((?:"[^"]*"|'[^']*'|[^\s"';|&()<>])+)/g;
const goesTo = /(?:\bcd|\bpushd|-C)\s+((?:"[^"]*"|'[^']*'|[^\s"';|&()<>])+)/g;
const foldersMax = 4;

/** As the shell would read it. */
function pathOf(word: string, from: string, project = from): string {
  const plain = word
    .replace(/["']/g, '')
    .replace(/\$\{?(?:CLAUDE|JOURNEYMAN)_PROJECT_DIR\}?/g, () => project)
    .replace(/^(?:~|\$\{?HOME\}?)(?=[/\\]|$)/, () => homedir());
  return isAbsolute(plain) ? plain : resolve(join(from, plain));
}
