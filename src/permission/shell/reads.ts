/** Commands that only look: for each the options it may have, spelled whole, and what its other words have to be like. Whatever is not here writes. */
import { gitLooks } from './git.ts';
import type { Command, Word } from './line.ts';
import { reachesSecrets } from './places.ts';
import { looksByScript } from './scripts.ts';

interface Reads {
  /** Short options without a value. */
  readonly letters: string;
  /** Short options with one: in the same word, or the next. */
  readonly valued?: string;
  /** Long options; `name=` takes a value, in the same word or the next; `name?=` in the same word or none. */
  readonly long?: string;
  /** Which of its words are files: all (default), all but the first, none. */
  readonly files?: 'all' | 'rest' | 'none';
  readonly operandsMax?: number;
  /** Its first word, where that decides whether the others are run. */
  readonly begins?: RegExp;
  /** Prints no content of files: a wild card may meet any name. */
  readonly namesOnly?: boolean;
  /** What else has to hold. */
  readonly also?: (operands: readonly string[], options: readonly Option[]) => boolean;
}
interface Option {
  readonly name: string;
  readonly value: string | null;
}

const sums: Reads = { letters: 'bt', long: 'binary text tag zero' };
const info: Reads = { letters: '', files: 'none', operandsMax: 0 };
const grep: Reads = {
  letters: 'EFGPivwxcLlqsonHhabTZzUyIr0123456789',
  valued: 'eABCm',
  long: 'recursive include= exclude= exclude-dir= extended-regexp fixed-strings basic-regexp perl-regexp ignore-case no-ignore-case invert-match word-regexp line-regexp count files-without-match files-with-matches quiet silent no-messages only-matching line-number with-filename no-filename byte-offset text null null-data regexp= after-context= before-context= context= max-count= color?= colour?= label= line-buffered',
  files: 'rest',
  // Below a folder that is named: the whole workspace holds files that nobody means.
  also: (operands, options) =>
    !options.some(({ name }) => name === 'r' || name === 'recursive') ||
    (operands.length > 1 &&
      operands
        .slice(1)
        .every((path) => /^(?:\.\/)?[^./~*?[][^*?[]*$/.test(path) && !/(?:^|\/)\.\.?(?:\/|$)/.test(path.slice(2)))),
};

const table: ReadonlyMap<string, Reads> = new Map<string, Reads>([
  ['true', { letters: '', files: 'none' }],
  ['false', { letters: '', files: 'none' }],
  [':', { letters: '', files: 'none' }],
  ['pwd', { letters: 'LP', operandsMax: 0 }],
  ['cd', { letters: 'LP', operandsMax: 1, namesOnly: true, also: (operands) => operands.length === 1 && operands[0] !== "-" }],
  ['ls', { letters: 'aAbBcCdfFgGhHiIklLmnNopqQrRsStuUvxXZ1', long: 'all almost-all author directory classify?= color?= full-time group-directories-first human-readable si inode numeric-uid-gid reverse recursive size sort= time= time-style= width= zero hide= ignore= block-size= hyperlink?= indicator-style= no-group quote-name literal dereference', valued: 'wT', namesOnly: true }],
  ['cat', { letters: 'AbeEnstTuv', long: 'show-all number-nonblank show-ends number squeeze-blank show-tabs show-nonprinting' }],
  ['tac', { letters: 'br', valued: 's', long: 'before regex separator=' }],
  ['rev', { letters: '' }],
  ['nl', { letters: 'p', valued: 'bdfhilnsvw', long: 'body-numbering= number-width= number-format= number-separator=' }],
  ['head', { letters: 'qvz0123456789', valued: 'nc', long: 'lines= bytes= quiet silent verbose zero-terminated' }],
  ['tail', { letters: 'qvz0123456789', valued: 'nc', long: 'lines= bytes= quiet silent verbose zero-terminated', also: (operands) => !operands.some((one) => /^\+\d*[a-z]*f/.test(one)) }],
  ['wc', { letters: 'clmwL', long: 'bytes chars lines words max-line-length total=', namesOnly: true }],
  ['sort', { letters: 'bdfgiMhnRrVcCmsuz', valued: 'ktS', long: 'ignore-leading-blanks dictionary-order ignore-case general-numeric-sort month-sort human-numeric-sort numeric-sort reverse version-sort check?= merge stable unique zero-terminated key= field-separator= sort= parallel= buffer-size= random-sort' }],
  ['uniq', { letters: 'cdDiuz', valued: 'fsw', long: 'count repeated all-repeated?= ignore-case unique zero-terminated skip-fields= skip-chars= check-chars= group?=', operandsMax: 1 }],
  ['cut', { letters: 'nsz', valued: 'bcdf', long: 'bytes= characters= delimiter= fields= complement only-delimited output-delimiter= zero-terminated' }],
  ['paste', { letters: 'sz', valued: 'd', long: 'delimiters= serial zero-terminated' }],
  ['join', { letters: 'iz', valued: 'aejotv12', long: 'ignore-case header check-order nocheck-order zero-terminated' }],
  ['tr', { letters: 'cCdst', long: 'complement delete squeeze-repeats truncate-set1', files: 'none' }],
  ['comm', { letters: '123z', long: 'check-order nocheck-order output-delimiter= total zero-terminated' }],
  ['diff', { letters: 'abBcdeEinNpqstTuwyZ0123456789', valued: 'UCWI', long: 'brief report-identical-files unified?= context?= side-by-side ignore-case ignore-all-space ignore-space-change ignore-blank-lines ignore-trailing-space text color?= width= minimal suppress-common-lines left-column new-file expand-tabs' }],
  ['cmp', { letters: 'bls', valued: 'in', long: 'print-bytes verbose quiet silent bytes= ignore-initial=' }],
  ['fold', { letters: 'bs0123456789', valued: 'w', long: 'bytes spaces width=' }],
  ['fmt', { letters: 'cstu0123456789', valued: 'wpg', long: 'crown-margin split-only tagged-paragraph uniform-spacing width= prefix= goal=' }],
  ['expand', { letters: 'i', valued: 't', long: 'initial tabs=' }],
  ['unexpand', { letters: 'a', valued: 't', long: 'all first-only tabs=' }],
  ['column', { letters: 'texJ', valued: 'sonNHRETWc', long: 'table separator= output-separator= table-columns= json output-width= fillrows' }],
  ['pr', { letters: 'adfFmrtTW0123456789', valued: 'hlow' }],
  ['seq', { letters: 'w', valued: 'fs', long: 'equal-width format= separator=', files: 'none' }],
  ['echo', { letters: 'neE', files: 'none' }],
  ['printf', { letters: '', files: 'none', also: (operands, options) => operands.length > 0 && options.length === 0 }],
  ['date', { letters: 'uR', valued: 'dI', long: 'utc universal date= rfc-email iso-8601?= rfc-3339= debug', files: 'none', operandsMax: 1, also: (operands) => operands.every((one) => one.startsWith('+')) }],
  ['cal', { letters: '13jmswy', files: 'none', operandsMax: 2 }],
  ['uptime', { ...info, letters: 'ps', long: 'pretty since' }],
  ['free', { ...info, letters: 'bkmghtlwv', long: 'bytes kibi mebi gibi human total wide si' }],
  ['nproc', { ...info, long: 'all ignore=' }],
  ['uname', { ...info, letters: 'asnrvmpio', long: 'all kernel-name nodename kernel-release kernel-version machine processor operating-system' }],
  ['hostname', { ...info, letters: 'fsdiI', long: 'fqdn short domain ip-address all-ip-addresses' }],
  ['arch', info],
  ['whoami', info],
  ['logname', info],
  ['users', info],
  ['tty', { ...info, letters: 's' }],
  ['id', { letters: 'gGnruz', long: 'group groups name real user zero', files: 'none', operandsMax: 1 }],
  ['groups', { letters: '', files: 'none', operandsMax: 1 }],
  ['who', { ...info, letters: 'abdHlmpqrstTu' }],
  ['lscpu', { ...info, letters: 'abcJep', long: 'all extended?= json parse?=' }],
  ['lsblk', { ...info, letters: 'abdfilmpSt' }],
  ['vmstat', { letters: 'asSwt', files: 'none', also: (operands) => operands.length === 0 }],
  ['getconf', { letters: 'a', files: 'none', operandsMax: 1 }],
  ['locale', { letters: 'amck', files: 'none', operandsMax: 1 }],
  ['basename', { letters: 'az', valued: 's', long: 'multiple suffix= zero', files: 'none' }],
  ['dirname', { letters: 'z', long: 'zero', files: 'none' }],
  ['realpath', { letters: 'eLmPqsz', long: 'canonicalize-existing canonicalize-missing logical physical quiet no-symlinks strip zero relative-to= relative-base=', namesOnly: true }],
  ['readlink', { letters: 'efmnqsvz', long: 'canonicalize canonicalize-existing canonicalize-missing no-newline quiet silent verbose zero', namesOnly: true }],
  ['stat', { letters: 'Lftx', valued: 'c', long: 'dereference file-system format= printf= terse cached=', namesOnly: true }],
  ['file', { letters: 'bhikLNrsvz0', long: 'brief mime mime-type mime-encoding dereference no-dereference', namesOnly: true }],
  ['du', { letters: 'aBbcDhHklLmPsSx0', valued: 'dt', long: 'all apparent-size bytes total max-depth= human-readable si summarize one-file-system separate-dirs exclude= threshold= time', namesOnly: true }],
  ['df', { letters: 'ahHiklmPTx', long: 'all human-readable si inodes local portability print-type total type= exclude-type= block-size=', namesOnly: true }],
  ['tree', { letters: 'adfixlpsughDFqNQrtcUvnCAS', valued: 'LIPT', long: 'noreport dirsfirst filelimit= du si inodes device prune gitignore metafirst charset= sort= ignore-case matchdirs filesfirst', namesOnly: true }],
  ['grep', grep],
  ['egrep', grep],
  ['fgrep', grep],
  ['rg', { letters: 'cFhHiIlnNopqsSvwxPUV0', valued: 'eABCgtTmMdrj', long: 'count count-matches fixed-strings files files-with-matches files-without-match heading no-heading ignore-case case-sensitive smart-case invert-match line-number no-line-number line-regexp word-regexp only-matching quiet multiline multiline-dotall pcre2 vimgrep with-filename no-filename type= type-not= glob= iglob= regexp= after-context= before-context= context= max-count= max-depth= max-columns= sort= sortr= color= colors= replace= stats trim json column no-messages null max-filesize= threads= type-list version', files: 'rest' }],
  ['which', { letters: 'as', files: 'none' }],
  ['type', { letters: 'afptP', files: 'none' }],
  ['whereis', { letters: 'bmsu', files: 'none' }],
  ['command', { letters: 'vV', files: 'none', begins: /^-[vV]$/ }],
  ['md5sum', sums], ['sha1sum', sums], ['sha224sum', sums], ['sha256sum', sums], ['sha384sum', sums], ['sha512sum', sums], ['b2sum', sums],
  ['md5', { letters: 'qr' }],
  ['shasum', { letters: 'bt', valued: 'a', long: 'algorithm= binary text' }],
  ['cksum', { letters: '' }],
  ['sum', { letters: 'rs' }],
  ['base64', { letters: 'd', valued: 'w', long: 'decode wrap=', operandsMax: 1 }],
  ['base32', { letters: 'd', valued: 'w', long: 'decode wrap=', operandsMax: 1 }],
  ['od', { letters: 'abcdfhilosvx', valued: 'AjNtw', long: 'address-radix= skip-bytes= read-bytes= format= output-duplicates width?=' }],
  ['hexdump', { letters: 'bcCdovx', valued: 'ns', long: 'canonical no-squeezing length= skip=' }],
  ['xxd', { letters: 'abeiuEpC', valued: 'cglos', operandsMax: 1 }],
  ['strings', { letters: 'afow', valued: 'nte', long: 'all bytes= radix= encoding= print-file-name' }],
  ['sleep', { letters: '', files: 'none', operandsMax: 1, also: ([time]) => /^\d{1,2}(?:\.\d+)?s?$/.test(time ?? '') }],
  ['tsort', { letters: '', operandsMax: 1 }],
  ['factor', { letters: '', files: 'none' }],
  ['numfmt', { letters: 'd', valued: '', long: 'to= from= suffix= padding= field= format= header?= grouping round= delimiter=', files: 'none' }],
]); // prettier-ignore

/** Programs that only say their version when that is all they are asked. */
const versioned = new Set([
  'node',
  'python',
  'python3',
  'bash',
  'git',
  'rg',
  'jq',
  'grep',
  'ls',
  'sed',
  'tar',
  'make',
  'gcc',
  'clang',
]);

/**
 * The paths that a command reads where it only looks, or why it may not run without a question. `git`: it only looks as long as no
 * setting of the repository starts a program.
 */
export type Reading = { readonly paths: readonly string[]; readonly git?: true } | { readonly not: string };

export function readingOf({ words, assignments, fed }: Command): Reading {
  const [name, ...args] = words;
  if (name === undefined || assignments.length > 0) return { not: 'it sets a variable' };
  if (fed === 'text') return { not: 'it is fed from the line or a file' };
  if (name.glob && name.raw !== '[') return { not: 'its name holds a wild card' };
  if (words.some((word) => word.dynamic || word.brace)) return { not: 'what it gets is not known' };
  if (name.raw.includes('/') || name.home) return { not: 'it is a program by its place' };
  const texts = args.map(({ text }) => text);
  if (versioned.has(name.text) && args.length === 1 && texts[0] === '--version') return { paths: [] };
  if ((name.text === 'node' || name.text === 'python3') && args.length === 1 && /^-[vV]$/.test(texts[0] ?? ''))
    return name.text === 'node' ? { paths: [] } : texts[0] === '-V' ? { paths: [] } : unknown(name);
  if (name.text === 'git')
    return gitLooks(words) && !args.some(reachesSecrets) ? { paths: [], git: true } : unknown(name);
  const scripted = looksByScript(name.text, args);
  if (scripted !== null)
    return 'paths' in scripted && args.some(reachesSecrets) ? { not: 'a wild card may mean a secret' } : scripted;
  const reads = table.get(name.text);
  if (!reads || reads.begins?.test(texts[0] ?? '') === false) return unknown(name);
  return byTable(name.text, reads, args);
}

/** They have options that write or run: a file that is named like one is taken for it. */
const optionsAct = new Set(['sort', 'rg', 'tree', 'file']);

function unknown({ text }: Word): Reading {
  return { not: `\`${text}\` is not one of the commands that only look` };
}

function byTable(name: string, reads: Reads, args: readonly Word[]): Reading {
  const { letters, valued = '', long = '', files = 'all', operandsMax = Infinity, also } = reads;
  const names = long.split(' ');
  const options: Option[] = [];
  const operands: Word[] = [];
  /** What a shell's own `echo` or `printf` is given is text, but for the options that stand first. */
  const isText = name === 'echo' || name === 'printf';
  for (let i = 0; i < args.length; i++) {
    const word = args[i];
    if (word === undefined) break;
    const { text } = word;
    if (text === '--' && !(name === 'echo')) {
      operands.push(...args.slice(i + 1));
      break;
    }
    const isOption =
      text.startsWith('-') && text !== '-' && !(isText && (operands.length > 0 || !/^-[neEv]/.test(text)));
    if (!isOption) {
      if (optionsAct.has(name) && word.glob && /^[*?[]/.test(word.raw))
        return { not: 'a wild card may stand for a name that is read as an option' };
      operands.push(word);
      continue;
    }
    if (word.glob) return { not: `an option of ${name} holds a wild card` };
    if (text.startsWith('--')) {
      const [, option = '', value] = /^--([^=]*)(?:=([\s\S]*))?$/.exec(text) ?? [];
      const bare = names.includes(option);
      const taking = names.includes(`${option}=`);
      const maybe = names.includes(`${option}?=`);
      if (value === undefined ? !bare && !taking && !maybe : !taking && !maybe)
        return { not: `${text} of ${name} is not known to only look` };
      options.push({ name: option, value: value ?? (taking ? (args[++i]?.text ?? '') : null) });
      continue;
    }
    for (let j = 1; j < text.length; j++) {
      const letter = text[j] ?? '';
      if (valued.includes(letter)) {
        options.push({ name: letter, value: text.slice(j + 1) || (args[++i]?.text ?? '') });
        break;
      }
      if (!letters.includes(letter)) return { not: `-${letter} of ${name} is not known to only look` };
      options.push({ name: letter, value: null });
    }
  }
  const texts = operands.map(({ text }) => text);
  if (texts.length > operandsMax || also?.(texts, options) === false)
    return { not: `${name} is not known to only look with these words` };
  const hasPattern = options.some((option) => ['e', 'regexp', 'files'].includes(option.name));
  const paths = files === 'none' ? [] : files === 'rest' && !hasPattern ? operands.slice(1) : operands;
  if (reads.namesOnly !== true && paths.some(reachesSecrets)) return { not: 'a wild card may mean a secret' };
  return { paths: paths.map(({ text }) => text).filter((text) => text !== '-') };
}
