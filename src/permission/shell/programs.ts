/** Programs whose danger lies in their words: what of them destroys, sends, publishes, or runs a program. */
import { isProtected, isSecret } from '../names.ts';
import type { Command, Word } from './line.ts';
import { isFed } from './places.ts';

/** Why these words are dangerous for this program; null: they are not, or it is not known here. */
export function programDanger(program: string, args: readonly Word[], fed: Command['fed']): string | null {
  const texts = args.map(({ text }) => text);
  const operands = texts.filter((text) => !text.startsWith('-'));
  const [sub = '', second = ''] = operands;
  const has = (...options: readonly string[]): boolean =>
    texts.some((text) => options.includes(text.replace(/=[\s\S]*$/, '')));
  const letter = (letters: string): boolean =>
    texts.some((text) => /^-[A-Za-z0-9]+$/.test(text) && Array.from(letters).some((one) => text.includes(one)));
  const long = (name: string): boolean =>
    texts.some(
      (text) => /^--\w/.test(text) && text.length > 2 && `--${name}`.startsWith(text.replace(/=[\s\S]*$/, '')),
    );
  const is = (...words: readonly string[]): boolean => words.includes(sub);
  const unknown = args.some(({ dynamic, glob }) => dynamic || glob);

  if (
    /^(?:publish|unpublish|deploy|yank|release)$/.test(sub) ||
    (is('run', 'run-script', 'exec') && /^(?:publish|deploy|release)(?:$|:)/.test(second))
  )
    return 'it publishes';
  if (scripted.has(program) && texts.some((text, i) => namesScript(text, texts[i + 1])))
    return `${program} runs whatever it is fed`;
  if (archivers.has(program) && readsNamesAsOptions(args))
    return 'a file that is named like an option may run a program';
  if (/^(?:login|machine|hostname|timedate|locale|network|resolve|bus|home|boot|portable|userdb)ctl$/.test(program))
    return /^(?:list.*|show.*|.*status|tree|introspect|get-.*|query|)$/.test(sub)
      ? null
      : 'it changes sessions, services or the system';
  switch (program) {
    case 'rm':
      return letter('rRf') ||
        long('recursive') ||
        long('force') ||
        unknown ||
        has('--no-preserve-root') ||
        operands.some((one) => /^(?:\.{1,2}|\/|~|\*)\/?$/.test(one))
        ? 'it deletes files for good'
        : null;
    case 'rmdir':
    case 'unlink':
      return unknown ? 'it deletes what is not known' : null;
    case 'mv':
    case 'cp':
      return operands.at(-1) === '/dev/null' ? 'it deletes files for good' : null;
    case 'find':
    case 'fd':
      return has('-delete') ? 'it deletes files for good' : null;
    case 'chmod':
      return letter('R') ||
        long('recursive') ||
        operands.some((one) => /[+=][rwxXt]*s|^[2467]\d{3}$|^0?777$|^a?\+rwx|^o\+\w*w/.test(one))
        ? 'it changes who may do what'
        : null;
    case 'chown':
    case 'chgrp':
    case 'setfacl':
    case 'chattr':
      return letter('R') || long('recursive') || operands.some((one) => /^root/.test(one))
        ? 'it changes who may do what'
        : null;
    case 'kill':
      return operands.some((one) => /^(?:0|1)$/.test(one)) ||
        texts.filter((text) => /^-\d+$/.test(text)).length > 1 ||
        has('-1') ||
        unknown
        ? 'it ends other processes'
        : null;
    case 'crontab':
      return has('-l') && operands.length === 0 ? null : 'it makes something run later';
    case 'systemctl':
      return is(
        'status',
        'show',
        'is-active',
        'is-enabled',
        'is-failed',
        'list-units',
        'list-unit-files',
        'list-timers',
        'cat',
      )
        ? null
        : 'it changes services';
    case 'sysctl':
      return letter('wp') || operands.some((one) => one.includes('=')) ? 'it changes the system' : null;
    case 'printenv':
      return operands.length === 0 ||
        operands.some((one) => !/^(?:PATH|HOME|USER|SHELL|LANG|PWD|TERM|LC_\w+|CI|NODE_ENV|TZ|EDITOR)$/.test(one))
        ? 'it prints variables, secrets too'
        : null;
    case 'set':
      return texts.length === 0 || operands.includes('history') ? 'it prints every variable, or hides traces' : null;
    case 'export':
    case 'declare':
    case 'typeset':
    case 'local':
    case 'readonly':
      return operands.length === 0 ? 'it prints every variable, secrets too' : null;
    case 'unset':
      return operands.some((one) => /^HIST/.test(one)) ? 'it hides traces' : null;
    case 'mapfile':
    case 'readarray':
      return letter('C') ? 'an option runs a command' : null;
    case 'printf':
      return letter('v') && operands.some((one) => /[[$`]/.test(one)) ? 'the name that it sets is evaluated' : null;
    case 'test':
    case '[':
    case '[[':
    case 'let':
      return texts.some((text) => /\[.*(?:\$\(|`)/.test(text)) ? 'an index is evaluated' : null;
    case 'curl':
      return texts.some((text) => /^-[a-zA-Z]*[dFTKX]/.test(text)) ||
        has(
          '--data',
          '--data-raw',
          '--data-binary',
          '--data-urlencode',
          '--data-ascii',
          '--json',
          '--form',
          '--form-string',
          '--upload-file',
          '--request',
          '--config',
          '--netrc',
          '--netrc-file',
          '--user',
          '-u',
          '-n',
          '-b',
          '--cookie',
          '--oauth2-bearer',
          '--proxy',
          '-x',
          '--unix-socket',
        ) ||
        unknown ||
        (has('-H', '--header') && texts.some((text) => /auth|token|key|cookie/i.test(text)))
        ? 'it sends data'
        : null;
    case 'wget':
    case 'aria2c':
    case 'http':
    case 'https':
    case 'xh':
      return texts.some((text) =>
        /^--(?:post|body|method|exec|input-file|config|use-askpass|header=auth|user|password)/i.test(text),
      ) ||
        letter('ei') ||
        is('POST', 'PUT', 'DELETE', 'PATCH') ||
        unknown
        ? 'it sends data'
        : null;
    case 'openssl':
      return is('s_client', 's_server', 's_time', 'ocsp', 'pkcs12', 'rsa', 'pkey', 'genrsa', 'genpkey', 'ca')
        ? 'it opens a channel to the network or handles keys'
        : null;
    case 'gpg':
      return has('--verify', '--list-keys', '-k', '--version', '--fingerprint') ? null : 'it handles keys and secrets';
    case 'rsync':
      return letter('e') ||
        texts.some((text) => /^--(?:del|remove|rsh|rsync-path)/.test(text)) ||
        operands.some((one) => /^[^/]*:/.test(one))
        ? 'it deletes, or sends to another machine'
        : null;
    case 'tar':
    case 'gtar':
    case 'bsdtar':
      return texts.some((text) => /^-[a-zA-Z]*[IF]/.test(text)) || letter('P') || long('absolute-names')
        ? 'an option runs a program or writes anywhere'
        : null;
    case 'zip':
      return has('-TT', '-m', '-mm', '-T') ? 'an option runs a program or deletes' : null;
    case 'man':
      return texts.some((text) => /^-[a-zA-Z]*[HPC]/.test(text)) ? 'an option runs a program' : null;
    case 'less':
    case 'more':
    case 'most':
      return texts.some((text) => /^\+|^-[kKoO]|^--(?:lesskey|log)/.test(text))
        ? 'a start-up command can run a program'
        : null;
    case 'vi':
    case 'vim':
    case 'nvim':
    case 'view':
    case 'ex':
    case 'ed':
    case 'emacs':
    case 'nano':
      return texts.some((text) =>
        /^\+|^-(?:c|S|s|u|l|f)$|^-[cSu].|^--(?:cmd|eval|load|funcall|execute|batch|script)/.test(text),
      ) || fed !== null
        ? 'it runs commands of its own'
        : null;
    case 'awk':
    case 'gawk':
    case 'mawk':
    case 'nawk':
      return texts.some((text) =>
        /system\s*\(|getline|\|\s*"|"\s*\||\|&|ENVIRON|@load|\|\s*[a-z]\w*\s*[;}]|\/inet\//.test(text),
      ) || texts.some((text) => /^-[el@i]|^--(?:load|exec|include)/.test(text))
        ? 'its program runs commands'
        : null;
    case 'sed':
    case 'gsed':
      return texts.some(sedRuns) ? 'its script runs commands' : null;
    case 'jq':
      return texts.some((text) => /\$ENV|\benv\b/.test(text)) ? 'it prints variables, secrets too' : null;
    case 'docker':
    case 'podman':
    case 'nerdctl':
    case 'docker-compose':
      return operands
        .slice(0, 3)
        .some((one) =>
          /^(?:prune|rm|rmi|remove|push|login|kill|down|commit|exec|import|load|save|cp|secret|swarm|plugin|context)$/.test(
            one,
          ),
        ) ||
        has('--privileged', '--pid', '--volumes', '--cap-add', '--device') ||
        texts.some(
          (text, i) =>
            /^(?:-v|--volume|--mount)/.test(text) &&
            /(?:^|=|,)(?:\/(?::|$)|~|\/(?:etc|var|root|home)\b)|docker\.sock/.test(
              text.startsWith('-') && text.includes('=') ? text : (texts[i + 1] ?? ''),
            ),
        )
        ? 'it deletes, publishes, or runs in another container'
        : null;
    case 'kubectl':
    case 'oc':
    case 'helm':
    case 'k9s':
      return is(
        'get',
        'describe',
        'logs',
        'version',
        'explain',
        'top',
        'api-resources',
        'list',
        'status',
        'history',
        'template',
        'lint',
      ) &&
        !operands.some((one) => /secret/i.test(one)) &&
        !has('--raw')
        ? null
        : 'it acts on a cluster or shows secrets';
    case 'terraform':
    case 'tofu':
    case 'terragrunt':
      return is('plan', 'validate', 'fmt', 'init', 'version', 'providers', 'graph') && !has('-destroy')
        ? null
        : 'it changes what runs elsewhere';
    case 'npm':
    case 'pnpm':
    case 'yarn':
    case 'bun':
      if (
        is(
          'owner',
          'access',
          'team',
          'token',
          'login',
          'adduser',
          'logout',
          'set',
          'set-script',
          'dist-tag',
          'deprecate',
          'star',
          'edit',
          'hook',
          'org',
          'profile',
        )
      )
        return 'it publishes, or changes accounts or settings';
      if (is('config', 'c') && !['get', 'list', 'ls', ''].includes(second)) return 'settings decide what scripts run';
      if (is('pkg') && second !== 'get') return 'scripts of the package run later';
      return is('global') || has('-g', '--global') || texts.includes('--location=global')
        ? 'it installs programs for the user'
        : null;
    case 'pip':
    case 'pip3':
    case 'conda':
    case 'gem':
    case 'cargo':
    case 'poetry':
    case 'uv':
    case 'go':
    case 'dotnet':
    case 'mvn':
    case 'composer':
      return (is('config') && second !== 'list' && second !== 'get') ||
        is('push', 'login', 'logout', 'owner', 'signin', 'adduser', 'upload') ||
        (has('--config') && texts.some((text) => /=/.test(text) && !text.startsWith('--'))) ||
        (program === 'go' && is('env') && has('-w', '-u')) ||
        (texts.some((text) => /^(?:nuget)$/.test(text)) && texts.includes('push'))
        ? 'it publishes, or settings decide what runs'
        : null;
    case 'gh':
    case 'glab':
    case 'hub':
      return /^(?:pr|issue|mr|run|ci|repo|release|workflow|gist|label|cache|search|status|browse)$/.test(sub) &&
        /^(?:list|view|status|diff|checks|checkout|clone|watch|prs|issues|code|commits|repos|)$/.test(second)
        ? null
        : 'it acts on a repository elsewhere or shows secrets';
    case 'apt':
    case 'apt-get':
    case 'yum':
    case 'dnf':
    case 'pacman':
    case 'apk':
    case 'zypper':
    case 'snap':
    case 'dpkg':
    case 'rpm':
    case 'choco':
    case 'winget':
      return is('list', 'show', 'search', 'info', 'policy') || has('-l', '-L', '-s', '-qa')
        ? null
        : 'it changes what is installed in the system';
    case 'brew':
      return is('uninstall', 'remove', 'rm', 'services', 'cleanup', 'autoremove', 'untap', 'tap')
        ? 'it changes what is installed or runs'
        : null;
    case 'psql':
    case 'mysql':
    case 'mysqladmin':
    case 'mariadb':
    case 'sqlite3':
    case 'sqlite':
    case 'mongo':
    case 'mongosh':
    case 'redis-cli':
    case 'duckdb':
    case 'sqlcmd':
    case 'clickhouse-client':
    case 'cqlsh':
      return texts.some((text) =>
        /\b(?:drop|truncate|delete|flushall|flushdb|shutdown|alter|dropdatabase|remove|grant|update)\b|^[.\\](?:shell|system|load|import|output|once|!|copy)|\\!|writefile|load_extension|into\s+outfile/i.test(
          text,
        ),
      ) || texts.some((text) => /^--(?:password|init-command)|^-cmd$/.test(text))
        ? 'it deletes or changes data, or runs a program'
        : null;
    case 'defaults':
    case 'xattr':
    case 'gsettings':
    case 'dconf':
      return is('read', 'list', 'get', 'domains') ? null : 'it changes settings of the system';
    case 'code':
    case 'code-insiders':
    case 'cursor':
    case 'codium':
      return has(
        '--open-url',
        '--install-extension',
        '--uninstall-extension',
        '--extensions-dir',
        '--user-data-dir',
        '--add-mcp',
        '--disable-workspace-trust',
      ) || operands.some((one) => one.includes('://'))
        ? 'it changes or steers the editor'
        : null;
    case 'date':
      return has('-s') || long('set') ? 'it sets the clock' : null;
    case 'invoke-webrequest':
    case 'iwr':
      return texts.some((text) => /^-(?:m|b|inf|form|c|h)/i.test(text)) || args.some(({ dynamic }) => dynamic)
        ? 'it sends data'
        : null;
    case 'setcontent':
    case 'foreach-object':
    case '%':
      return null;
    case 'ulimit':
    default:
      return null;
  }
}

/** Their option `-f` names a script. */
const scripted = new Set(['make', 'gmake', 'sed', 'gsed', 'awk', 'gawk', 'mawk', 'nawk']);

function namesScript(text: string, next: string | undefined): boolean {
  const given = /^-[A-Za-z]*f(.*)$/s.exec(text)?.[1] ?? /^--(?:file|makefile)=(.*)$/s.exec(text)?.[1];
  const isApart = given === '' || text === '--file' || text === '--makefile';
  return isFed(isApart ? (next ?? '') : (given ?? ''));
}

/** They take options that run programs wherever they stand. */
const archivers = new Set(['tar', 'gtar', 'bsdtar', 'zip', 'rsync', '7z', '7za', '7zr']);

/** A lone wild card stands for any name, `--use-compress-program=…` too. */
function readsNamesAsOptions(args: readonly Word[]): boolean {
  const end = args.findIndex(({ text }) => text === '--');
  return (end < 0 ? args : args.slice(0, end)).some(({ raw }) => /^[*?]+$/.test(raw));
}

/** `e` runs what is matched, as a command or as a flag. */
function sedRuns(text: string): boolean {
  if (/^-/.test(text) && !/^-[neErsz]*e./.test(text)) return false;
  const flag = /s([^\w\s\\])(?:\\[\s\S]|(?!\1)[^\\])*\1(?:\\[\s\S]|(?!\1)[^\\])*\1[gpiImM\d]*e/.test(text);
  return flag || /(?:^|[;{}\n\d$!]|\/[IM]?)\s*e(?:\s|$|;)/.test(text.replace(/^-\w*e/, ''));
}

/** Why the text of a program is dangerous: it starts programs, deletes, reaches the network, prints the environment. */
export function codeDanger(code: string): string | null {
  if (
    /`|\b(?:system|exec\w*|popen\w*|spawn\w*|fork|subprocess|child_process|shell_exec|passthru|proc_open|eval|unlink\w*|rmtree|rmdir\w*|rm|rmSync|remove\w*|removedirs|delete\w*|environ\w*|getenv|ENV|env|socket\w*|urlopen|urllib\d*|requests?|https?|fetch|net|ctypes|cffi|importlib|__import__|compile|mkfifo|chmod\w*|kill|setuid|pty|ptrace|Process|Command|Net|open3|qx|syscall|atob|fromCharCode|b64decode|unpack|pickle|marshal|XMLHttpRequest|WebSocket|do\s+shell\s+script|load|dlopen)\b|%ENV|\$ENV|process\s*\.\s*(?:env|binding)|globalThis|constructor|\[['"]\w+['"]\s*\+|`/.test(
      code,
    )
  )
    return 'its code starts programs, deletes, reaches the network or prints variables';
  const named = code.match(/[\w./~\\-]{3,}/g)?.find((word) => isSecret(word) || isProtected(word));
  return named === undefined ? null : `its code names ${named}`;
}
