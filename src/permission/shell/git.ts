/** Git by its subcommands: what only looks, what changes, and what destroys, publishes or runs a program that an option or setting names. */
import type { Word } from './line.ts';

/** Subcommands that only look, with the long options they may have; short ones are letters. Values follow `=` only, or as a word of their own where `…=` stands. */
interface Look {
  readonly letters: string;
  readonly long: readonly string[];
  /** What the words that are no options have to be like; null: any. */
  readonly operands?: (operands: readonly string[], options: readonly string[]) => boolean;
}

const logLong =
  'oneline graph all branches tags remotes decorate no-decorate stat shortstat numstat name-only name-status patch no-patch reverse follow merges no-merges first-parent abbrev-commit no-abbrev-commit date-order topo-order relative-date date= format= pretty= pretty grep= author= committer= since= after= until= before= max-count= skip= abbrev= summary all-match invert-grep regexp-ignore-case extended-regexp fixed-strings perl-regexp no-color color= color word-diff unified= ignore-all-space ignore-space-change ignore-blank-lines cached staged raw check compact-summary dirstat diff-filter= no-renames find-renames full-index minimal patience histogram left-right cherry-pick cherry-mark cherry boundary simplify-by-decoration show-signature no-ext-diff no-textconv no-notes root merge-base quiet text binary shortstat= stat= inter-hunk-context= function-context name-rev no-index'
    .split(' ')
    .filter((name) => name !== 'show-signature' && name !== 'no-index');
const log: Look = { letters: 'pgnsuzcmiEFPMCSGLqwbBabtrU0123456789', long: logLong };

const looks: ReadonlyMap<string, Look> = new Map<string, Look>([
  [
    'status',
    {
      letters: 'sbvzu',
      long: 'short branch porcelain porcelain= long verbose untracked-files untracked-files= ignored ignored= no-renames show-stash ahead-behind no-ahead-behind column'.split(
        ' ',
      ),
    },
  ],
  ['log', log],
  ['show', log],
  ['diff', log],
  ['shortlog', { letters: 'snecw', long: [...logLong, 'summary', 'numbered', 'email', 'group='] }],
  ['whatchanged', log],
  [
    'blame',
    {
      letters: 'LlsetwnfMCpcb',
      long: 'porcelain line-porcelain show-name show-number show-email date= since= abbrev= root incremental color-lines'.split(
        ' ',
      ),
    },
  ],
  [
    'branch',
    {
      letters: 'avrl',
      long: 'list all remotes show-current verbose contains= no-contains= merged no-merged merged= no-merged= points-at= format= sort= column no-column color= no-color ignore-case'.split(
        ' ',
      ),
      operands: (operands, options) => operands.length === 0 || options.some((one) => one === '--list' || one === '-l'),
    },
  ],
  [
    'tag',
    {
      letters: 'ln',
      long: 'list contains= merged= no-merged= points-at= format= sort= column'.split(' '),
      operands: (operands, options) => operands.length === 0 || options.some((one) => one === '--list' || one === '-l'),
    },
  ],
  ['remote', { letters: 'v', long: ['verbose'], operands: ([first]) => first === undefined || first === 'get-url' }],
  ['stash', { letters: 'p', long: ['stat', 'patch'], operands: ([first]) => first === 'list' || first === 'show' }],
  ['worktree', { letters: '', long: ['porcelain'], operands: ([first]) => first === 'list' }],
  ['reflog', { letters: 'n', long: logLong, operands: ([first]) => first === undefined || first === 'show' }],
  [
    'rev-parse',
    {
      letters: 'q',
      long: 'show-toplevel abbrev-ref short short= verify is-inside-work-tree is-bare-repository git-dir absolute-git-dir show-prefix show-cdup symbolic symbolic-full-name quiet git-common-dir'.split(
        ' ',
      ),
    },
  ],
  ['rev-list', { letters: 'n', long: [...logLong, 'count', 'objects'] }],
  ['merge-base', { letters: 'a', long: ['all', 'octopus', 'is-ancestor', 'independent', 'fork-point'] }],
  [
    'ls-files',
    {
      letters: 'cdmoiszt',
      long: 'cached deleted modified others ignored stage exclude-standard full-name error-unmatch unmerged killed'.split(
        ' ',
      ),
    },
  ],
  ['ls-tree', { letters: 'rdtlz', long: 'name-only name-status long full-name full-tree abbrev='.split(' ') }],
  ['cat-file', { letters: 'pets', long: [] }],
  [
    'describe',
    { letters: '', long: 'tags all always dirty long abbrev= match= exact-match first-parent contains'.split(' ') },
  ],
  ['name-rev', { letters: '', long: ['name-only', 'tags', 'always'] }],
  ['check-ignore', { letters: 'vnqz', long: ['verbose', 'non-matching', 'quiet', 'no-index'] }],
  ['check-attr', { letters: 'az', long: ['all', 'cached'] }],
  [
    'grep',
    {
      letters: 'niwlLcEFGPhHvoqpWABCe0123456789',
      long: 'line-number ignore-case word-regexp files-with-matches name-only count extended-regexp fixed-strings perl-regexp cached untracked no-index color color= no-color and or not heading break context= max-depth= all-match quiet'
        .split(' ')
        .filter((name) => name !== 'no-index'),
    },
  ],
  ['count-objects', { letters: 'vH', long: ['verbose', 'human-readable'] }],
  [
    'for-each-ref',
    { letters: '', long: 'format= sort= count= points-at= merged= no-merged= contains= no-contains='.split(' ') },
  ],
  ['show-ref', { letters: 'dqs', long: ['head', 'heads', 'tags', 'verify', 'hash', 'abbrev'] }],
  ['show-branch', { letters: 'ar', long: ['all', 'remotes', 'list'] }],
  ['cherry', { letters: 'v', long: ['abbrev='] }],
  ['diff-tree', log],
  ['var', { letters: '', long: [], operands: () => false }],
  ['version', { letters: '', long: [] }],
]);

/** Does this only look? `words` begins with `git`. */
export function gitLooks(words: readonly Word[]): boolean {
  const texts = words.map(({ text }) => text);
  const at = texts[1] === '--no-pager' || texts[1] === '--no-optional-locks' ? 2 : 1;
  if (words.length === 2 && texts[1] === '--version') return true;
  const look = looks.get(texts[at] ?? '');
  if (!look) return false;
  const rest = texts.slice(at + 1);
  const end = rest.indexOf('--');
  const marked = end < 0 ? rest : rest.slice(0, end);
  const options = marked.filter((text) => text.startsWith('-') && text !== '-');
  const operands = [...marked.filter((text) => !text.startsWith('-')), ...(end < 0 ? [] : rest.slice(end + 1))];
  const allowed = options.every((option) => {
    if (!option.startsWith('--'))
      return Array.from(option.slice(1)).every(
        (letter, i) =>
          look.letters.includes(letter) || (i > 0 && /[\d.,+:/\w%-]/.test(letter) && /^-[nULSGMCABeu]/.test(option)),
      );
    const [, name = '', value] = /^--([^=]*)(=[\s\S]*)?$/.exec(option) ?? [];
    return value === undefined
      ? look.long.includes(name) || look.long.includes(`${name}=`)
      : look.long.includes(`${name}=`);
  });
  return allowed && (look.operands?.(operands, options) ?? true) && !operands.some((text) => text.includes('://'));
}

const programs =
  /^--(?:upload-pack|receive-pack|exec|exec-path|ext-diff|textconv|open-files-in-pager|extcmd|config-env|tool|trailer-cmd|edit-cmd|tree-filter|index-filter|msg-filter|env-filter|commit-filter|parent-filter|tag-name-filter|gpg-program|template|sequence-editor|filters)(?:=|$)/;

/** Why this destroys, publishes, shows secrets or runs what it names; null: it does not. `words` begins with `git`. */
export function gitDanger(words: readonly Word[]): string | null {
  const texts = words.map(({ text }) => text);
  let at = 1;
  for (; at < texts.length; at++) {
    const option = texts[at] ?? '';
    if (!option.startsWith('-')) break;
    if (/^-c/.test(option)) return 'a setting on the command line can run a program';
    if (programs.test(option)) return `${option} can run a program`;
    if (/^(?:-C|--git-dir|--work-tree|--namespace)/.test(option)) {
      const place = option.includes('=') ? option.slice(option.indexOf('=') + 1) : (texts[++at] ?? '');
      if (/^(?:\.\.|\/|~)/.test(place)) return 'settings of another repository can run a program';
    }
  }
  const sub = words[at];
  if (sub === undefined) return null;
  if (sub.dynamic || sub.glob || sub.brace) return 'what git is to do is not known';
  const rest = texts.slice(at + 1);
  const named = rest.find((text) => abbreviatesProgram(text));
  if (named !== undefined) return `${named} can run a program`;
  const has = (...options: readonly string[]): boolean =>
    rest.some((text) => options.includes(text.replace(/=.*$/, '')));
  const letter = (one: string): boolean => rest.some((text) => /^-[A-Za-z]+$/.test(text) && text.includes(one));
  const long = (name: string, shortest: string): boolean =>
    rest.some(
      (text) =>
        text.startsWith('--') && text.length >= shortest.length + 2 && `--${name}`.startsWith(text.replace(/=.*$/, '')),
    );
  const operands = rest.filter((text) => !text.startsWith('-'));
  const forced = letter('f') || long('force', 'f') || has('--force-with-lease', '--force-if-includes');
  switch (sub.text) {
    case 'clean':
      return letter('n') && !forced ? null : 'it deletes files that git does not know';
    case 'reset':
      return long('hard', 'ha') || long('merge', 'mer') || long('keep', 'k') ? 'it discards changes' : null;
    case 'checkout':
    case 'switch':
      if (forced || has('--discard-changes', '--ours', '--theirs', '-p', '--patch', '-B', '-C'))
        return 'it discards changes';
      if (sub.text === 'switch') return null;
      return rest.includes('--') ||
        operands.length > 1 + Number(letter('b')) ||
        operands.some((one) => /^\.|[*/]$|\.\w{1,5}$/.test(one))
        ? 'it discards changes'
        : null;
    case 'restore':
      return has('--staged', '-S') && !has('--worktree', '-W') ? null : 'it discards changes';
    case 'push':
      if (
        forced ||
        has('--mirror', '--delete', '-d', '--prune', '--all', '--no-verify') ||
        operands.some((one) => /^[+:]/.test(one))
      )
        return 'it overwrites or deletes what others have';
      return words.some(({ dynamic }) => dynamic) || operands.some((one) => /:\/\/|^[\w.-]+@/.test(one))
        ? 'it sends to an address in the line'
        : null;
    case 'branch':
      return letter('D') || letter('d') || long('delete', 'd') || forced || letter('M') || letter('C')
        ? 'it deletes or overwrites a branch'
        : null;
    case 'tag':
      return letter('d') || long('delete', 'd') || forced ? 'it deletes or overwrites a tag' : null;
    case 'stash':
      return operands[0] === 'drop' || operands[0] === 'clear' ? 'it deletes stashed changes' : null;
    case 'worktree':
      return operands[0] === 'remove' || operands[0] === 'prune' ? 'it deletes a work tree' : null;
    case 'remote':
      return ['add', 'set-url', 'remove', 'rm', 'rename'].includes(operands[0] ?? '')
        ? 'it changes where later pushes go'
        : null;
    case 'reflog':
      return operands[0] === 'expire' || operands[0] === 'delete' ? 'it deletes what would bring work back' : null;
    case 'gc':
    case 'prune':
    case 'repack':
      return sub.text === 'prune' || long('prune', 'p') || letter('d') ? 'it deletes what would bring work back' : null;
    case 'submodule':
      return operands[0] === 'foreach' || operands[0] === 'deinit' || operands[0] === 'add'
        ? 'it runs a command in, or removes, submodules'
        : null;
    case 'config':
      return operands.length > 1 ||
        has(
          '--global',
          '--system',
          '--add',
          '--unset',
          '--unset-all',
          '--replace-all',
          '--edit',
          '-e',
          '--file',
          '-f',
          '--list',
          '-l',
        ) ||
        rest.length !== operands.length
        ? /^(?:user\.(?:name|email)|init\.defaultbranch)$/i.test(operands[0] ?? '') && rest.length === operands.length
          ? null
          : 'settings of git can run programs and hold secrets'
        : null;
    case 'rebase':
      return letter('x') ? 'it runs a command at each commit' : null;
    case 'bisect':
      return operands[0] === 'run' ? 'it runs a command at each commit' : null;
    case 'update-ref':
    case 'symbolic-ref':
      return letter('d') || has('--stdin') || operands.length > 1 ? 'it changes references directly' : null;
    case 'ls-remote':
    case 'fetch':
    case 'clone':
    case 'pull':
      return words.some(({ dynamic }) => dynamic) ||
        (letter('u') && sub.text !== 'fetch') ||
        operands.some((one) => one.startsWith('ext::')) ||
        (sub.text === 'ls-remote' && operands.some((one) => one.includes('://')))
        ? 'it sends or runs what stands in the line'
        : null;
    case 'grep':
      return rest.some((text) => /^-\w*O/.test(text)) || has('--no-index')
        ? 'an option can run a program or reads beyond the repository'
        : null;
    case 'rm':
      return 'it deletes files';
    case 'difftool':
    case 'mergetool':
    case 'send-email':
    case 'imap-send':
    case 'daemon':
    case 'instaweb':
    case 'p4':
    case 'svn':
    case 'hook':
    case 'maintenance':
    case 'credential':
    case 'credential-store':
    case 'credential-cache':
    case 'filter-branch':
    case 'filter-repo':
    case 'fast-import':
    case 'replace':
    case 'update-index':
    case 'update-server-info':
    case 'shell':
    case 'lfs':
      return sub.text === 'lfs' && ['ls-files', 'status', 'env'].includes(operands[0] ?? '')
        ? null
        : `git ${sub.text} rewrites history, runs programs or shows secrets`;
    default:
      return null;
  }
}

/** Git takes long options shortened: `--upl` is `--upload-pack`. */
function abbreviatesProgram(text: string): boolean {
  if (!text.startsWith('--')) return false;
  if (programs.test(text)) return true;
  const name = text.replace(/=[\s\S]*$/, '');
  return (
    name.length >= 5 &&
    [
      '--upload-pack',
      '--receive-pack',
      '--ext-diff',
      '--textconv',
      '--open-files-in-pager',
      '--extcmd',
      '--tree-filter',
      '--index-filter',
    ].some((full) => full.startsWith(name) && name !== '--text')
  );
}
