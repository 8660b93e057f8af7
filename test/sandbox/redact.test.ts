import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact, redactor } from '../../src/sandbox/redact.ts';

/** No complete token stands in this file: each is put together here, as `EXAMPLE` and what its alphabet allows. */
const mixed = 'EXAMPLEr4Jq9Kc2Zt7Wm5Xv8Yb3Nd6Hf1Lg0Ps4Ru9Tj2Qe7Aw5Ci8';
const hexes = '3f9a0c5e7b1d4826af03c9e85d7124b60f8e2a91c47d5b3e60a9f2c81d74e5b30a6c9f8e';
const cut = '';
const m = (length: number): string => mixed.slice(0, length);
const h = (length: number): string => hexes.slice(0, length);
const pem = (name: string, end = '\n'): string =>
  [`-----BEGIN ${name}-----`, `MIIE${mixed}${mixed}`.slice(0, 64), `Zq${mixed}`, 'x9A=', `-----END ${name}-----`].join(
    end,
  );

const whole: readonly (readonly [text: string, secret: string])[] = [
  // Tokens by their form
  ...[
    `gh${cut}p_${m(36)}`,
    `github_${cut}pat_${m(22)}_${m(50)}`,
    `gl${cut}pat-${m(20)}`,
    `AK${cut}IAEXAMPLE234567ABC`,
    `AI${cut}za${m(35)}`,
    `xox${cut}b-1234567890-1234567890123-${m(24)}`,
    `sk_${cut}live_${m(24)}`,
    `sk-${cut}ant-api03-${m(50)}`,
    `sk-${cut}proj-${m(50)}`,
    `sk-${h(32)}`,
    `np${cut}m_${m(36)}`,
    `S${cut}G.${m(22)}.${m(43)}`,
    `SK${h(32)}`,
    `do${cut}p_v1_${h(64)}`,
    `ey${cut}JhbGciOiJIUzI1NiJ9.ey${cut}JzdWIiOiJFWEFNUExFIn0.${m(43)}`,
    `12345678:AA${m(33)}`,
    `dp.${cut}st.prod.${m(40)}`,
    `AGE-SECRET-${cut}KEY-1${m(50).toUpperCase()}`,
  ].map((token) => [token, token] as const),
  // Named, in every notation
  ...[
    (value: string) => `API_KEY=${value}`,
    (value: string) => `export GITHUB_TOKEN='${value}'`,
    (value: string) => `  "apiKey": "${value}",`,
    (value: string) => `client_secret: ${value}\n`,
    (value: string) => `secretKey = "${value}"`,
    (value: string) => `const accessToken: string = '${value}';`,
    (value: string) => `X-Api-Key: ${value}`,
    (value: string) => `Authorization: Bearer ${value}`,
    (value: string) => `curl -H "PRIVATE-TOKEN: ${value}" https://example.invalid`,
    (value: string) => `tool --api-key ${value} --verbose`,
    (value: string) => `tool --token=${value}`,
    (value: string) => `?access_token=${value}&page=2`,
    (value: string) => `{\\"token\\":\\"${value}\\"}`,
    (value: string) => `<apiKey>${value}</apiKey>`,
    (value: string) => `ENV SECRET_KEY ${value}`,
    (value: string) => `- name: DB_TOKEN\n  value: ${value}`,
    (value: string) => `token = process.env.TOKEN ?? '${value}'`,
    (value: string) => `["--token", "${value}"]`,
    (value: string) => `client.setApiKey("${value}")`,
    (value: string) => `the token is ${value}.`,
    (value: string) => `   12\tAPI_TOKEN=${value}`,
    (value: string) => `src/.env:3:API_TOKEN=${value}`,
    (value: string) => `+STRIPE_KEY=${value}`,
    (value: string) => `secret: |\n  ${value}\n  ${value}\nother: 1`,
    (value: string) => `log: "a\\nAPI_KEY=${value}\\nb"`,
  ].map((form) => [form(m(32)), m(32)] as const),
  ...[
    (value: string) => `DB_PASSWORD=${value}`,
    (value: string) => `password: ${value}`,
    (value: string) => `"password": "${value}"`,
    (value: string) => `spring.datasource.password=${value}`,
    (value: string) => `Server=db;User Id=app;Password=${value};Encrypt=true`,
    (value: string) => `postgres://app:${value}@db.example.invalid:5432/x`,
    (value: string) => `machine example.invalid\n  login u\n  password ${value}`,
    (value: string) => `mysql -u root -p${value} shop`,
    (value: string) => `curl -u admin:${value} https://example.invalid`,
    (value: string) => `sshpass -p ${value} ssh host`,
    (value: string) => `db.example.invalid:5432:shop:app:${value}`,
    (value: string) => `$env:DB_PASSWORD = "${value}"`,
    (value: string) => `connect(user='u', password='${value}')`,
  ].map((form) => [form('EXAMPLE-hunter2!x'), 'EXAMPLE-hunter2!x'] as const),
  ['DB_PASSWORD=EXAMPLE-x1', 'EXAMPLE-x1'],
  // Blocks
  ...['RSA PRIVATE KEY', 'PRIVATE KEY', 'OPENSSH PRIVATE KEY', 'EC PRIVATE KEY', 'PGP PRIVATE KEY BLOCK'].map(
    (name) => [pem(name), `MIIE${mixed}`.slice(0, 40)] as const,
  ),
  [`{"private_key": ${JSON.stringify(pem('PRIVATE KEY'))}}`, `MIIE${mixed}`.slice(0, 40)],
  [pem('PRIVATE KEY', '\n   12\t'), `MIIE${mixed}`.slice(0, 40)],
  [pem('RSA PRIVATE KEY').split('\n').slice(0, 3).join('\n'), `MIIE${mixed}`.slice(0, 40)],
  [
    `tls.key: ${Buffer.from(pem('PRIVATE KEY')).toString('base64')}`,
    Buffer.from(mixed).toString('base64').slice(0, 40),
  ],
  [`{"kty":"EC","x":"${m(43)}","d":"${h(43)}"}`, h(43)],
];

const kept: readonly string[] = [
  'expect(token).toHaveLength(36)',
  'API_KEY=<your-key>',
  'API_KEY=${API_KEY}',
  'API_KEY=$(pass show api)',
  'API_KEY=your-api-key-here',
  'API_KEY=xxxxxxxxxxxxxxxx',
  'PASSWORD=changeme',
  'const apiKey = process.env.API_KEY;',
  'token = os.environ["GITHUB_TOKEN"]',
  'password: string;',
  'password?: string | null',
  'const token = await tokens.next(previousToken);',
  'if (password === other.password) throw new Error("The passwords differ")',
  '"max_tokens": 4096',
  'token_count: 123456789012345',
  'PASSWORD_MIN_LENGTH=12',
  'TOKEN_URL=https://login.example.invalid/oauth2/token',
  'The password must be at least 8 characters long.',
  'password: "Enter your password"',
  '"forgotPassword": "Forgot your password?"',
  "secretName: 'my-app-secret'",
  'token: ${{ secrets.GITHUB_TOKEN }}',
  'public_key = "EXAMPLEr4Jq9Kc2Zt7Wm5Xv8Yb3Nd6Hf1"',
  'primary_key: 8f14e45fceea167a',
  'idempotency-key: 7f9c24e8-3b12-4fef-9a0d-6f3f5c2d1e00',
  '"integrity": "sha512-EXAMPLEr4Jq9Kc2Zt7Wm5Xv8Yb3Nd6Hf1Lg0Ps4Ru9Tj2Qe7Aw5Ci8=="',
  'commit 8f14e45fceea167a5a36dedd4bea2543c9d1a0b3',
  'image@sha256:3f9a0c5e7b1d4826af03c9e85d7124b60f8e2a91c47d5b3e60a9f2c81d74e5b3',
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLEr4Jq9Kc2Zt7Wm5Xv8Yb3Nd6Hf1Lg user@host',
  '-----BEGIN CERTIFICATE-----\nMIIEEXAMPLEr4Jq9Kc2Zt7Wm5Xv8Yb3Nd6Hf1Lg0Ps4Ru9Tj2Qe7Aw5Ci8\n-----END CERTIFICATE-----',
  "if (text.includes('-----BEGIN PRIVATE KEY-----')) return 'pem';",
  'https://example.invalid:8080/a@b',
  'https://user@example.invalid/r.git',
  'git@example.invalid:owner/repository.git',
  'postgres://${USER}:${PASSWORD}@db/x',
  'class="sk-circle-fade-dot"',
  'function getPassword(user: User): Promise<string> {',
  'return jwt.verify(token, secret, { algorithms: ["RS256"] });',
  'password = self.get_password()',
  'const { token, secret } = config;',
  '[redacted: password]',
];

describe('redact', () => {
  it.each(whole)('leaves nothing of the secret: %j', (text, secret) => {
    const clean = redact(text, []);
    expect(clean).toContain('[redacted: ');
    expect(pieces(secret).filter((piece) => clean.includes(piece))).toEqual([]);
  });

  it.each(kept)('changes nothing where no secret is: %j', (text) => {
    expect(redact(text, [])).toBe(text);
  });

  it('says what stood there, and leaves what is around it', () => {
    expect(redact(`a\nDB_PASSWORD=EXAMPLE-hunter2 # old\nurl: redis://u:EXAMPLE-pw1@h/0\n`, [])).toBe(
      'a\nDB_PASSWORD=[redacted: password] # old\nurl: redis://u:[redacted: password]@h/0\n',
    );
  });

  it('knows a known value in every form in which it travels', () => {
    const value = 'EXAMPLE/corr"ect horse+é';
    const known = [{ name: 'DEPLOY_KEY', value }];
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    const forms = [
      value,
      JSON.stringify({ value }),
      JSON.stringify(JSON.stringify({ value })),
      encodeURIComponent(value),
      encodeURIComponent(value).toLowerCase().replace('example', 'EXAMPLE'),
      ...['', 'a', 'ab', 'abc'].map((before) => base64(`${before}${value}tail`)),
      base64(`user:${value}`).replace(/.{10}/g, '$&\n  '),
      base64(value).replaceAll('+', '-').replaceAll('/', '_'),
    ];
    expect(forms.map((form) => redact(form, known)).filter((clean) => !clean.includes('[redacted: DEPLOY_KEY]'))).toEqual([]);
  });

  it('changes nothing a second time, whatever the text', () => {
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 12 }), (parts) => {
        const once = redact(parts.join(''), []);
        expect(redact(once, [])).toBe(once);
      }),
      { numRuns: 300 },
    );
  });

  it('takes time by the length of a text, however it is built', () => {
    const hostile = ['password: ', 'token="', '-----BEGIN PRIVATE KEY-----\n', `ey${cut}J-`, 'a://b:', '\\n"key": \\"', 'A'.repeat(99), 'secret: |\n ', 'Bearer ', ';sig=', 'mysql -p'];
    for (const part of hostile) {
      const text = part.repeat(Math.ceil(200_000 / part.length));
      expect(redact(text, []).length).toBeGreaterThan(0);
    }
  });
}); // prettier-ignore

describe('the stream', () => {
  it('gives what the whole text gives, however it is cut', () => {
    const text = [
      'start',
      `API_KEY=${m(32)}`,
      pem('RSA PRIVATE KEY'),
      `token:\n  "${m(30)}"`,
      `done gh${cut}p_${m(36)} end`,
      'last',
    ].join('\n');
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        let told = '';
        const stream = redactor(() => []).stream((piece) => (told += piece));
        for (let at = 0, i = 0; at < text.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          stream.write(text.slice(at, at + size));
          at += size;
        }
        stream.end();
        expect(told).toBe(redact(text, []));
      }),
      { numRuns: 60 },
    );
  });

  it('tells a finished line at once', () => {
    const told: string[] = [];
    const stream = redactor(() => []).stream((piece) => told.push(piece));
    stream.write('one\ntwo');
    expect(told).toEqual(['one\n']);
  });
});

describe('what a person types', () => {
  it('loses only what is certain', () => {
    const person = redactor(() => [{ name: 'MY_KEY', value: 'EXAMPLE-known-value' }]);
    expect(person.typed(`use gh${cut}p_${m(36)} or EXAMPLE-known-value, password: EXAMPLE-hunter2`)).toBe(
      'use [redacted: GitHub token] or [redacted: MY_KEY], password: EXAMPLE-hunter2',
    );
  });
});

/** 60 % of it in one piece, at least 8 characters. */
function pieces(secret: string): readonly string[] {
  const length = Math.max(8, Math.ceil(secret.length * 0.6));
  return Array.from({ length: secret.length - length + 1 }, (_, at) => secret.slice(at, at + length));
}

const fragment = fc.oneof(
  fc.constantFrom('password', 'token', 'API_KEY', 'secret', 'Authorization', ': ', '=', '"', "'", '\\"', '\n', '  ', ' ', '[redacted: password]', '[redacted', ']', 'https://', 'u:', '@', '/', '|', ',', ';', '(', ')', 'Bearer ', '-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----', '$', '{', '}', '&', '<', '>', '--'),
  fc.constantFrom(m(20), m(36), h(32), 'hunter2', `gh${cut}p_${m(36)}`, `ey${cut}JhbGciOiJI.${m(30)}.${m(20)}`),
  fc.string({ maxLength: 8 }),
); // prettier-ignore
