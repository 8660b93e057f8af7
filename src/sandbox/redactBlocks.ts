/** Keys that come as blocks: PEM and its relatives, PuTTY's files, JSON web keys, and such a block in base64. */
import type { Found } from './redact.ts';

const begin = /-{4,5} ?BEGIN (?:[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?|OpenVPN Static key V1) ?-{4,5}/g;
/** What a block may be long: keys of 16,384 bits, and rings of PGP keys. */
const blockCharsMax = 64 * 1024;

export function findBlocks(text: string): readonly Found[] {
  return [...findPem(text), ...findPutty(text), ...findWebKeys(text), ...findEncoded(text)];
}

/** Where a block begins whose end has not come yet; null: none does. */
export function openBlockAt(text: string): number | null {
  const last = [...text.matchAll(begin)].at(-1);
  if (!last) return null;
  const body = last.index + last[0].length;
  return endOf(text, body) === null && isBody(text.slice(body, body + blockCharsMax), true) ? last.index : null;
}

function findPem(text: string): readonly Found[] {
  if (!text.includes('BEGIN')) return [];
  const found: Found[] = [];
  let done = 0;
  for (const { 0: head, index } of text.matchAll(begin)) {
    if (index < done) continue;
    const body = index + head.length;
    const end = endOf(text, body);
    const last = end !== null && isBody(text.slice(body, end.start), false) ? end.end : bodyEnd(text, body);
    if (last === null) continue;
    found.push({ start: index, end: last, what: 'private key' });
    done = last;
  }
  return found;
}

function endOf(text: string, from: number): { readonly start: number; readonly end: number } | null {
  const mark = /-{4,5} ?(BEGIN|END [A-Za-z0-9 ]{1,60}-{4,5})/.exec(text.slice(from, from + blockCharsMax));
  if (!mark || mark[1] === 'BEGIN') return null;
  return { start: from + mark.index, end: from + mark.index + mark[0].length };
}

/** Base64 and what may stand between its lines; not the words of a program that only names such blocks. */
function isBody(body: string, unfinished: boolean): boolean {
  if (/[A-Za-z0-9+/=]{48}/.test(body)) return true;
  const bare = body
    .replace(headerLine, '')
    .replace(/\\+[nrt]|^[ \t]*\d{1,6}[\t:|]/gm, '')
    .replace(/[\s"'+,;|>\\`-]/g, '');
  return /^[A-Za-z0-9+/=]*$/.test(bare) && bare.length >= (unfinished ? 0 : 16);
}

const headerLine =
  /^[ \t>|+-]*(?:\d{1,6}\t)?(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset|Subject):[^\n]{0,200}$/gim;

/** The end of a block that lacks its last line: as far as the lines are base64. null: there is no body. */
function bodyEnd(text: string, from: number): number | null {
  const part = text.slice(from, from + blockCharsMax);
  let end: number | null = null;
  let at = 0;
  for (const { 0: separated, 1: line = '' } of part.matchAll(/((?:\\(?!n)|[^\\\n]){0,2000})(?:\\n|\n|$)/g)) {
    const bare = line.replace(/^[\s>|+-]*(?:\d{1,6}[\t:])?/, '').replace(/[\s"'+,;\\`]+/g, '');
    const isHeader = line.search(headerLine) >= 0;
    const isBase64 = /^[A-Za-z0-9+/=]+$/.test(bare) && (bare.length >= 24 || end !== null);
    if (!isBase64 && !isHeader && bare !== '') break;
    if (isBase64) end = from + at + line.trimEnd().length;
    at += separated.length;
    if (separated === '') break;
  }
  return end;
}

function findPutty(text: string): readonly Found[] {
  if (!text.includes('Private-Lines')) return [];
  return [
    ...text.matchAll(/Private-Lines:[ \t]{0,8}\d{1,4}\r?\n((?:[^\n]{0,20}?[A-Za-z0-9+/=]{4,80}\r?(?:\n|$)){1,200})/g),
  ].map(({ 0: all, 1: body = '', index }) => ({
    start: index + all.length - body.length,
    end: index + all.trimEnd().length,
    what: 'private key',
  }));
}

/** The private numbers of a JSON web key. */
function findWebKeys(text: string): readonly Found[] {
  if (!/"kty\\{0,3}"/.test(text)) return [];
  return [...text.matchAll(/"(?:d|p|q|dp|dq|qi|k)\\{0,3}"\s{0,20}:\s{0,20}\\{0,3}"([A-Za-z0-9_-]{16,2000})/g)].map(
    ({ 0: all, 1: value = '', index }) => ({
      start: index + all.length - value.length,
      end: index + all.length,
      what: 'private key',
    }),
  );
}

/** `-----BEGIN`, in base64, as Kubernetes and many pipelines keep such files. */
function findEncoded(text: string): readonly Found[] {
  if (!text.includes('LS0tLS1CRUdJTi')) return [];
  return [...text.matchAll(/LS0tLS1CRUdJTi[A-Za-z0-9+/]{20,65536}={0,2}/g)]
    .filter(({ 0: run }) => Buffer.from(run.slice(0, 80), 'base64').toString('latin1').includes('PRIVATE'))
    .map(({ 0: run, index }) => ({ start: index, end: index + run.length, what: 'private key' }));
}
