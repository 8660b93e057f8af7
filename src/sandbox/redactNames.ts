/** Which names name a secret, and which values are none: placeholders, references, types, prose. */

export type SecretKind = 'password' | 'token' | 'key' | 'secret' | 'credentials' | 'authorization' | 'cookie';

/** The words of an identifier, lower case: `dbPassword`, `DB_PASSWORD`, `db-password`. */
export function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((one) => one !== '');
}

/** null: it names something else, though it may hold such a word: `token_count`, `passwordField`, `publicKey`, `primary_key`. */
export function kindOf(name: string): SecretKind | null {
  const words = [...wordsOf(name)];
  while (words.length > 1 && isSuffix(words.at(-1) ?? '')) words.pop();
  const last = (words.at(-1) ?? '').replace(/\d+$/, '');
  const before = words.at(-2) ?? '';
  if (words.some((one) => publicWords.has(one))) return null;
  if (/(?:passw(?:or)?d|passphrase|passcode|passwort|kennwort|contrasena|senha|userpass|dbpass)$/.test(last))
    return 'password';
  if (last === 'pass' || last === 'pwd' || last === 'psk' || (last === 'pw' && words.length > 1)) return 'password';
  if (last === 'phrase' && (before === 'pass' || before === 'seed' || before === 'recovery')) return 'password';
  if (last === 'word' && before === 'pass') return 'password';
  if (/(?:api|secret|access|private|signing|encryption|master|auth|account)key$/.test(last)) return 'key';
  if (/(?:^|[a-z])token$/.test(last)) return notSecretTokens.has(before) || last === 'subtoken' ? null : 'token';
  if (/secret$/.test(last)) return 'secret';
  if (last === 'key' && keyQualifiers.has(before)) return 'key';
  if (/^(?:credential|creds?)s?$/.test(last)) return 'credentials';
  if (last === 'pat' && words.length > 1) return 'token';
  if (last === 'auth' || last === 'authorization') return 'authorization';
  if (last === 'cookie' || last === 'cookies') return 'cookie';
  return null;
}

/** `STRIPE_KEY`: an unknown word before `key`; only a value that looks random counts. */
export function mayNameKey(name: string): boolean {
  const words = wordsOf(name);
  return words.length > 1 && words.at(-1) === 'key' && !words.some((one) => publicWords.has(one) || plainKeys.has(one));
}

/** Nothing but words that stand for a value, or the same few characters again and again: `your-api-key-here`, `xxxx`, `ghp_000…`. */
export function isFiller(value: string): boolean {
  const letters = value.replace(/[^A-Za-z0-9]/g, '');
  if (letters.length === 0) return true;
  const rest = value.replace(/^(?:[a-z0-9]{2,8}[-_]){1,3}/i, '').replace(/[^A-Za-z0-9]/g, '');
  const body = rest.length < 8 ? letters : rest; // behind the prefix of a token
  if (new Set(body.toLowerCase()).size <= 2 || (/(.)\1{11,}/.test(body) && new Set(body).size < 4)) return true;
  if (/^(?:0?123456789|abcdefghij|deadbeef)/i.test(body) && new Set(body).size < 17) return true;
  const words = wordsOf(value);
  return words.every((one) => fillers.has(one) || /^\d{1,2}$/.test(one) || /^x+$/.test(one)) || /^x{4,}/i.test(letters);
}

/** Stands for a value that lies somewhere else: `${VAR}`, `$(cat f)`, `{{ x }}`, `<key>`, `process.env.X`. */
export function isReference(value: string): boolean {
  return reference.test(value) || /^<[^<>]{0,80}>?$/.test(value);
}

/** A sentence: it says something of a secret, and is none. */
export function isProse(value: string): boolean {
  const parts = value.trim().split(/\s+/);
  if (parts.length < 2) return false;
  return /^[\p{Lu}"'(]/u.test(value) || /[.?!:…]$/.test(value) || parts.some((one) => fillers.has(one.toLowerCase()));
}

/** As drawn at random: letters and digits well mixed. */
export function isRandom(value: string, lengthMin = 16): boolean {
  if (value.length < lengthMin || !/^[A-Za-z0-9+/_=.~%!@#$^&*-]+$/.test(value)) return false;
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  if (/^[0-9a-f]+$/i.test(value)) return entropyOf(value) >= 2.5;
  const groups = value.match(/\d+/g)?.length ?? 0;
  if (groups < 3 && isWordy(value)) return false;
  if (/^[a-z]+(?:[-_./][a-z0-9]*)*$/.test(value) && groups < 3) return false; // words in a row, as names of files and hosts
  return entropyOf(value) >= 3.2 && (groups > 1 || (/[a-z]/.test(value) && /[A-Z]/.test(value)));
}

/** Made of words, as names in code are: what is drawn at random changes its case more often. */
export function isWordy(value: string): boolean {
  const parts = value
    .replace(/\d+/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .split(/[^A-Za-z]+/);
  const inWords = parts
    .filter((one) => one.length >= 4 && /[aeiou]/i.test(one) && !/[^aeiouy]{5}/i.test(one))
    .join('').length;
  return inWords >= 0.6 * value.length;
}

/** By how it is built: an object's hash, an identifier, a version. */
export function isHashOrId(value: string): boolean {
  return (
    /^(?:[0-9a-f]{7,8}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$/i.test(value) ||
    /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value) ||
    /^(?:sha\d+|md5)[-:]/i.test(value)
  );
}

function entropyOf(value: string): number {
  const counts = new Map<string, number>();
  for (const one of value) counts.set(one, (counts.get(one) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}

function isSuffix(one: string): boolean {
  return suffixes.has(one) || /^(?:v?\d+)$/.test(one);
}

/** What may follow the word that names it. */
const suffixes = new Set(
  'base value prod production dev development staging stage live sandbox old new current previous backup primary secondary main default plain plaintext raw encoded b64 base64 data test'.split(' '),
); // prettier-ignore
const publicWords = new Set('public publishable pub'.split(' '));
const notSecretTokens = new Set(
  'next page continuation sync eos bos pad unk mask sep cls cancel cancellation start end stop special prev previous max min num total input output prompt completion cached of per design syntax'.split(' '),
); // prettier-ignore
const keyQualifiers = new Set(
  'api secret access private signing sign encryption encrypt decryption master auth account storage shared license licence client ssh webhook admin root deploy jwt session cookie app application server service subscription hmac aes rsa dsa pgp gpg wallet crypt cipher sas bot consumer write read ingest instrumentation security merchant vault function host integration'.split(' '),
); // prettier-ignore
const plainKeys = new Set(
  'foreign primary sort partition cache idempotency index lookup row column map hash dedupe translation message query object bucket s3 shortcut hot arrow group order unique routing registry i18n label field prop react parent child json dict config setting settings storage local websocket fingerprint host known hostkey'.split(' '),
); // prettier-ignore
/** Words that fill the place of a value, and words that only name it. */
const fillers = new Set(
  'your my the a an some any this that our insert enter put replace add change changeme change_me set here todo fixme tbd dummy fake mock sample example examples placeholder test tests testing foo bar baz qux value string str text number boolean bool int null nil none undefined true false yes no on off empty optional required unset redacted hidden masked secret secrets token tokens password passwords passwd pwd pass passphrase key keys apikey api auth authorization bearer basic access refresh client private public app user username name id admin service db database csrf xsrf jwt session cookie login account me it is to be in from with for of and or not at least must should can will env var variable invalid expired missing forgot reset new old confirm wrong incorrect default type field csrftoken accesstoken authtoken here goes real prod dev local hash header oauth oauth2 openid x any object unknown never void'.split(' '),
); // prettier-ignore
const reference =
  /^(?:\$\{|\$\(|\$[A-Za-z_]|\$\$|#\{|\{|%[A-Za-z_]\w*%|%\(|%[sdv]$|process\.env\b|import\.meta|os\.|env[.([]|ENV\[|getenv|System\.|Environment\.|Deno\.env|config[.([]|secrets?\.[A-Za-z]|vars?\.[A-Za-z]|vault:|op:\/\/|ref\+|arn:|file:|!(?:[A-Za-z]+)|@[A-Za-z_]\w*\(|\(|\[|`\$\{|['"]?\*{2,}|\.{3}|…|•)/;
