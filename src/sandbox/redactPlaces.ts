/** Secrets that are known by where they stand: in addresses, behind `Bearer`, in options that are no names. */
import { isFiller, isRandom, isReference } from './redactNames.ts';
import { isBasic } from './redactValues.ts';
import type { Found } from './redact.ts';

export function findPlaced(text: string): readonly Found[] {
  return [...findInAddresses(text), ...findByForm(text)];
}

/** `scheme://user:password@host`; also a token in place of the user. */
function findInAddresses(text: string): readonly Found[] {
  if (!text.includes('/')) return [];
  const found: Found[] = [];
  for (const { 0: all, index } of text.matchAll(/:\\{0,2}\/\\{0,2}\/[^\s"'`<>\\]{1,2048}/g)) {
    const start = all.indexOf('/', all.indexOf('/') + 1) + 1;
    const user = userPart(all.slice(start));
    if (user === null) continue;
    const colon = user.indexOf(':');
    const secret = colon < 0 ? user : user.slice(colon + 1);
    const counts = colon < 0 ? isRandom(secret, 20) : isPassword(secret);
    if (counts) found.push({ start: index + start + (colon < 0 ? 0 : colon + 1), end: index + start + user.length, what: colon < 0 ? 'token' : 'password' }); // prettier-ignore
  }
  return found;
}

/** What stands before the `@` of an address. A `/` in it was meant to be escaped, and is not after a port. */
function userPart(rest: string): string | null {
  const slash = rest.search(/[/?#]/);
  const host = slash < 0 ? rest : rest.slice(0, slash);
  if (host.includes('@')) return host.slice(0, host.lastIndexOf('@'));
  const at = rest.indexOf('@');
  const colon = host.indexOf(':');
  if (at < 0 || colon < 0 || /^\d{0,5}$/.test(host.slice(colon + 1)) || host.startsWith('[')) return null;
  return rest.slice(0, at);
}

function isPassword(value: string): boolean {
  return (
    value.length >= 3 &&
    !isFiller(value) &&
    !isReference(value) &&
    !/^\[redacted/.test(value) &&
    !/^(?:\d{1,5}|\{.*|\*+|:.*|%s|\$.*)$/.test(value)
  );
}

interface Form {
  readonly form: RegExp;
  readonly what: string;
  readonly counts: (value: string) => boolean;
}

const given = (value: string): boolean =>
  value.length >= 4 && !isFiller(value) && !isReference(value) && !value.startsWith('[redacted');

/** The last group is the secret; each ends with it. */
const forms: readonly Form[] = [
  { form: /(?<![\w-])Bearer(?:[ \t]{1,4}|%20|\+)["']?([A-Za-z0-9._~+/=-]{12,8192})/gi, what: 'token', counts: (value) => isRandom(value, 12) && !isFiller(value) },
  { form: /(?<![\w-])Basic(?:[ \t]{1,4}|%20)([A-Za-z0-9+/_-]{8,4096}={0,2})/gi, what: 'password', counts: isBasic },
  { form: /[?&;](?:sig|signature|x-amz-signature|x-goog-signature|x-amz-credential|code|hash|auth|sv_sig|st|jwt|ticket|session|sessionid|sid|key)=([A-Za-z0-9%+/_.~=-]{16,4096})/gi, what: 'signature', counts: (value) => isRandom(value, 24) || (/%[0-9A-F]{2}/i.test(value) && isRandom(value.replace(/%[0-9A-F]{2}/gi, '+'), 20)) },
  { form: /(?<![\w-])(?:curl|http|https|wget|xh)[ \t](?:[^\n]{0,400}?[ \t])?(?:-u[ \t]{0,4}|--user(?:[ \t]|=)|--proxy-user(?:[ \t]|=)|-a[ \t]|--auth(?:[ \t]|=))["']?[^\s:"'@]{0,128}:([^\s"']{4,256})/g, what: 'password', counts: given },
  { form: /(?<![\w-])sshpass[ \t]{1,4}-p[ \t]{0,4}["']?([^\s"']{3,256})/g, what: 'password', counts: given },
  { form: /(?<![\w-])(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump|mycli)[ \t](?:[^\n|;]{0,300}?[ \t])?-p["']?([^\s"']{4,256})/g, what: 'password', counts: given },
  { form: /(?<![\w-])redis-cli[ \t](?:[^\n|;]{0,300}?[ \t])?-a[ \t]{1,4}["']?([^\s"']{4,256})/g, what: 'password', counts: given },
  { form: /(?<![\w-])(?:docker|podman|helm|az|skopeo|buildah)[ \t][^\n|;]{0,200}?login[ \t](?:[^\n|;]{0,300}?[ \t])?-p[ \t]{1,4}["']?([^\s"']{4,256})/g, what: 'password', counts: given },
  { form: /(?<![\w-])(?:sqlcmd|bcp)[ \t](?:[^\n|;]{0,300}?[ \t])?-P[ \t]{0,4}["']?([^\s"']{4,256})/g, what: 'password', counts: given },
  { form: /(?<![\w-])htpasswd[ \t]+-\w*b\w*[ \t]+(?:\S{1,200}[ \t]+){1,2}["']?([^\s"']{4,256})/g, what: 'password', counts: given },
  { form: /(?:^|\n)[\w.*-]{1,253}:(?:\d{1,5}|\*):[^:\s]{1,128}:[^:\s]{1,128}:(\S{4,256})(?=\r?(?:\n|$))/g, what: 'password', counts: given },
  { form: /ConvertTo-SecureString[ \t]+(?:-String[ \t]+)?["']([^"'\n]{4,256})/gi, what: 'password', counts: given },
  { form: /-pass(?:in|out)?[ \t]+["']?pass:([^\s"']{4,256})/g, what: 'password', counts: given },
]; // prettier-ignore

function findByForm(text: string): readonly Found[] {
  return forms.flatMap(({ form, what, counts }) =>
    [...text.matchAll(form)].flatMap(({ 0: all, 1: value = '', index }) => {
      const end = index + all.length;
      return counts(value) ? [{ start: end - value.length, end, what }] : [];
    }),
  );
}
