/** Does a line reach the network by the names of what it starts? Rather once too often: it only costs a question, after untrusted text. */
import { readBash } from './bash.ts';
import { lastPart, type Word } from './line.ts';

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

/**
 * Does all that a line reaches stand on the loopback, as it is written? `curl -s localhost:3000/health`. It counts only where a sandbox sees to
 * it that nothing else is there.
 */
export function staysHere(line: string): boolean {
  if (line.length > charsMax || namesNetwork(unsaid(line).replace(talking, ' '))) return false;
  return readBash(line).commands.every(({ words, text }) => {
    const at = words.findIndex((word) => talkers.has(lastPart(word.text)));
    return at < 0 ? !namesNetwork(unsaid(text)) : talksHere(words.slice(at + 1));
  });
}

/** The line with its calls of `fetch` for servers on the loopback made into nothing, quotes in step: what else it does is judged. */
export function withoutOwnFetch(line: string): string {
  return line.replace(ownFetch, '(0');
}

const own = String.raw`(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?`;
const ownUrl = new RegExp(String.raw`\bhttps?://${own}(?=$|[/?#\s'"),;|&\\])`, 'gi');
const ownAddress = new RegExp(String.raw`^(?:https?://)?${own}(?:[/?#]\S*)?$`, 'i');
const ownFetch = new RegExp(String.raw`\bfetch\(\s*(\\?['"])https?://${own}(?:/[\w./%=?-]*)?\1\s*(?=[,)])`, 'g');

function unsaid(text: string): string {
  return text.replace(ownUrl, '');
}

/** Programs that are given addresses to talk to. */
const talkers: ReadonlySet<string> = new Set(['curl', 'wget', 'http', 'https', 'xh']);
const talking = new RegExp(programs([...talkers].join(' ')).source, 'gi');

/** `args` of one of them: an address at least, and none elsewhere. What follows an option may be its value. */
function talksHere(args: readonly Word[]): boolean {
  const isHere = ({ text }: Word): boolean => ownAddress.test(text);
  const isPlain = ({ text }: Word, i: number): boolean =>
    !text.startsWith('-') && args[i - 1]?.text.startsWith('-') !== true;
  return args.some(isHere) && args.every((word, i) => isHere(word) || !(isPlain(word, i) || word.text.includes('://')));
}

/** Where a command begins: at the start of the line or of a part, behind quotes, or behind what starts another. */
function programs(names: string): RegExp {
  const starters = 'sudo|doas|env|time|timeout|nohup|nice|xargs|command|exec|then|do|else|if|elif|while|until|!';
  const begin = `(?:^|[;|&(\`\\n"'{]|(?:^|[\\s;|&(])(?:${starters})\\s(?:[^;|&\\n]*?\\s)?)\\s*`;
  return new RegExp(
    `${begin}(?:[^\\s;|&]*[/\\\\])?(?:${names.replaceAll(' ', '|')})(?:\\.exe)?(?=$|[\\s'")\`;|&])`,
    'i',
  );
}
