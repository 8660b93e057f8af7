/** Does a line reach the network by the names of what it starts? Rather once too often: it only costs a question, after untrusted text. */

/** Programs that are for that. */
const reaching =
  'curl wget aria2c http https xh ftp sftp tftp lftp ssh scp rsync nc ncat netcat socat telnet ping ping6 dig nslookup host whois gh glab hub aws gcloud az gsutil kubectl oc helm doctl heroku flyctl vercel netlify twine s3cmd rclone npx pnpx bunx uvx pipx apt apt-get dnf yum apk brew pacman zypper snap choco winget invoke-webrequest iwr invoke-restmethod irm start-bitstransfer';

/** Those that reach it with one of these words. */
const withWords: readonly (readonly [programs: string, words: string])[] = [
  ['git', 'clone fetch pull push ls-remote submodule remote archive svn send-email request-pull lfs'],
  [
    'npm pnpm yarn bun',
    'install i ci add update upgrade up publish view info show search audit outdated exec dlx x create init login whoami ping fund link',
  ],
  [
    'pip pip3 uv poetry pipenv conda mamba python python3',
    'install download add sync lock update search publish upload',
  ],
  ['cargo', 'install add update fetch publish search vendor'],
  ['go', 'get install mod'],
  ['gem bundle composer dotnet nuget', 'install update add restore push fetch require'],
  ['docker podman nerdctl docker-compose', 'pull push build run login compose create'],
  ['deno', 'run install add cache'],
];

/** Those whose output is text that anybody may have written. */
const fetching =
  'curl wget http https xh nc ncat netcat socat telnet gh glab hub invoke-webrequest iwr invoke-restmethod irm lynx w3m links elinks';

/** Of a longer line it is taken for granted: nobody looks through it. */
const charsMax = 4000;

const named = programs(reaching);
const fetched = programs(fetching);
const worded = withWords.map(
  ([programs, words]) =>
    new RegExp(
      `(?:^|[^\\w.-])(?:${programs.replaceAll(' ', '|')})(?:\\.exe)?\\s[^;|&\\n]*?(?<=[\\s'"])(?:${words.replaceAll(' ', '|')})(?=$|[\\s'")\`;|&])`,
      'i',
    ),
);

export function fetchesText(line: string): boolean {
  return line.length > charsMax || fetched.test(line);
}

export function namesNetwork(line: string): boolean {
  if (line.length > charsMax) return true;
  if (/\b[a-z][a-z0-9+.-]*:\/\/|\/dev\/(?:tcp|udp)\//i.test(line)) return true;
  return named.test(line) || worded.some((one) => one.test(line)) || /(?:^|[;|&\n]\s*)yarn\s*(?:$|[;|&\n])/.test(line);
}

/** Where a command begins: at the start of the line or of a part, behind quotes, or behind what starts another. */
function programs(names: string): RegExp {
  const starters = 'sudo|doas|env|time|timeout|nohup|nice|xargs|command|exec|then|do|else|if|while|!';
  const begin = `(?:^|[;|&(\`\\n"'{]|(?:^|[\\s;|&(])(?:${starters})\\s(?:[^;|&\\n]*?\\s)?)\\s*`;
  return new RegExp(
    `${begin}(?:[^\\s;|&]*[/\\\\])?(?:${names.replaceAll(' ', '|')})(?:\\.exe)?(?=$|[\\s'")\`;|&])`,
    'i',
  );
}
