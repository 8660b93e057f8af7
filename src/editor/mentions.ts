/** What `@` offers in the composer and in the quick pick, and the text behind each: it attaches nothing that it did not offer. */
import * as vscode from 'vscode';
import type { Attachment } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import type { CodeIndex, Files } from '../core/ports.ts';
import type { CodeRef, Definition } from '../core/symbols.ts';
import { isSecret } from '../permission/names.ts';
import type { Mention } from '../protocol/messages.ts';
import { count } from '../protocol/words.ts';
import { findRepository, uncommitted } from './git.ts';
import { bestFits, fit, foldersOf } from './mentionMatch.ts';
import { openNames } from './names.ts';
import { problemOf } from './problems.ts';
import { selectionOf, whole } from './taskContext.ts';

/** One thing that can be meant; `ref` is what can be pinned of it. */
export interface Offer extends Mention {
  readonly ref: CodeRef | null;
  readonly read: (signal: AbortSignal) => Promise<readonly Attachment[]>;
}

export interface MentionSources {
  readonly files: Files;
  readonly index: CodeIndex;
  /** All files as the tools name them. */
  readonly names: (signal: AbortSignal) => Promise<readonly string[]>;
}

export class Mentions {
  readonly #sources: MentionSources;
  /** What was offered lately, newest last. */
  readonly #offered = new Map<string, Offer>();
  #asking: AbortController | null = null;

  constructor(sources: MentionSources) {
    this.#sources = sources;
  }

  /** A newer question ends an older one: that gets null. */
  async find(letters: string): Promise<{ readonly offers: readonly Offer[]; readonly more: boolean } | null> {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const { index } = this.#sources;
      const [symbols, places] = await Promise.all([
        this.#symbols(letters, asking.signal),
        this.#places(letters, asking.signal),
      ]);
      if (asking.signal.aborted) return null;
      const offers = arrange(letters, symbols, places, this.#here(letters));
      for (const offer of offers) {
        this.#offered.delete(offer.id);
        this.#offered.set(offer.id, offer);
      }
      for (const id of this.#offered.keys()) {
        if (this.#offered.size <= offeredMax) break;
        this.#offered.delete(id);
      }
      const { state } = index.status();
      return { offers, more: state === 'starting' || state === 'indexing' };
    } catch (thrown) {
      if (asking.signal.aborted) return null;
      throw thrown;
    }
  }

  /** null: it was not offered. Throws where it cannot be read any more. */
  async read(id: string): Promise<readonly Attachment[] | null> {
    const offer = this.#offered.get(id);
    return offer ? offer.read(new AbortController().signal) : null;
  }

  async #symbols(letters: string, signal: AbortSignal): Promise<readonly Offer[]> {
    if (letters === '') return [];
    const found = await this.#sources.index.find({ name: letters, path: null, max: limits.mentionsShown }, signal);
    return found.map((definition) => this.#symbol(definition));
  }

  #symbol(definition: Definition): Offer {
    const { path, qualified, name, kind, startLine, endLine } = definition;
    const place = `${path}:${String(startLine)}`;
    return {
      id: `symbol:${place}:${qualified}`,
      kind: 'symbol',
      name,
      label: qualified,
      place,
      note: kind,
      ref: { path, symbol: qualified },
      read: async (signal) => {
        const range = { path, startLine, endLine, version: null };
        const [text] = await this.#sources.index.lines([range], signal);
        const label = `${path}:${String(startLine)}${endLine > startLine ? `-${String(endLine)}` : ''}`;
        if (text === null || text === undefined) return this.#file(path).read(signal); // moved or gone since: its file says what is so
        return [{ kind: 'symbol', label, text: whole(text, limits.attachedChars) }];
      },
    };
  }

  async #places(letters: string, signal: AbortSignal): Promise<readonly Offer[]> {
    const names = letters === '' ? openNames(this.#sources.files) : await this.#sources.names(signal);
    const open = names.filter((name) => !isSecret(name));
    const files = bestFits(open, letters, limits.mentionNames).slice(0, limits.mentionsShown);
    if (letters === '') return files.map((path) => this.#file(path));
    const folders = bestFits(foldersOf(open), letters, limits.mentionNames);
    return [
      ...files.map((path) => this.#file(path)),
      ...folders.slice(0, foldersMax).map((path) => this.#folder(path)),
    ];
  }

  #file(path: string): Offer {
    return {
      ...offerAt('file', path),
      ref: { path, symbol: null },
      read: async (signal) => {
        const { text } = await this.#sources.files.read(path, signal);
        return [{ kind: 'file', label: path, text: whole(text, limits.attachedChars) }];
      },
    };
  }

  #folder(path: string): Offer {
    return {
      ...offerAt('folder', path),
      ref: null,
      read: async (signal) => {
        const { entries, truncated } = await this.#sources.files.list(path, folderDepth, signal);
        const lines = [...entries.map((entry) => entry.path), ...(truncated ? ['…'] : [])];
        return [{ kind: 'file', label: `${path}/`, text: lines.join('\n') }];
      },
    };
  }

  /** What the person is at in the editor. */
  #here(letters: string): readonly Offer[] {
    const { files } = this.#sources;
    const wanted = (name: string): boolean => name.startsWith(letters.toLowerCase());
    const offers: Offer[] = [];
    const selected = selectionOf(files, vscode.window.activeTextEditor);
    if (selected && wanted('selection')) {
      const lines = selected.text.split('\n').length;
      const own = { name: 'selection', label: 'Selection', place: selected.label, note: count(lines, 'line') };
      offers.push({ id: 'selection', kind: 'selection', ...own, ref: null, read: () => Promise.resolve([selected]) });
    }
    const problems = wanted('problems') ? allProblems(files) : [];
    if (problems.length > 0) {
      const own = { name: 'problems', label: 'Problems', place: '', note: String(problems.length) };
      const label = count(problems.length, 'problem').replace('\u00a0', ' ');
      const text = problems.slice(0, limits.problemsPerFile).join('\n');
      const read = (): Promise<readonly Attachment[]> => Promise.resolve([{ kind: 'problem', label, text }]);
      offers.push({ id: 'problems', kind: 'problems', ...own, ref: null, read });
    }
    if (wanted('changes')) {
      const own = { name: 'changes', label: 'My uncommitted changes', place: '', note: '' };
      offers.push({ id: 'changes', kind: 'changes', ...own, ref: null, read: () => changes(files) });
    }
    return offers;
  }
}

/** Symbols and files that fit best first, in turn where they fit alike; then what the person is at. */
function arrange(
  letters: string,
  symbols: readonly Offer[],
  places: readonly Offer[],
  here: readonly Offer[],
): readonly Offer[] {
  const score = ({ label, kind, name }: Offer): number => fit(kind === 'symbol' ? name : label, letters) ?? -1;
  const found = [...symbols, ...places];
  const order = found.map((offer, at) => ({ offer, at, score: score(offer) }));
  const best = order.sort((a, b) => b.score - a.score || a.at - b.at).map(({ offer }) => offer);
  const room = Math.max(0, limits.mentionsShown - here.length);
  return [...best.slice(0, room), ...here];
}

function offerAt(kind: 'file' | 'folder', path: string): Omit<Offer, 'ref' | 'read'> {
  const at = path.lastIndexOf('/');
  const label = path.slice(at + 1);
  const place = path.slice(0, Math.max(0, at));
  return { id: `${kind}:${path}`, kind, name: label.replace(/\s/g, '_'), label, place, note: '' };
}

/** `src/a.ts:4: error: Cannot find name 'b' (ts 2304)` */
function allProblems(files: Files): readonly string[] {
  return vscode.languages.getDiagnostics().flatMap(([uri, diagnostics]) => {
    const { path, inside } = files.locate(uri.fsPath);
    if (uri.scheme !== 'file' || !inside) return [];
    return diagnostics.flatMap((one) => {
      const problem = problemOf(one);
      if (problem === null) return [];
      const { line, severity, message, source } = problem;
      return [`${path}:${String(line)}: ${severity}: ${message}${source === undefined ? '' : ` (${source})`}`];
    });
  });
}

async function changes(files: Files): Promise<readonly Attachment[]> {
  const repository = await findRepository(null);
  const text = repository === null ? '' : await uncommitted(repository, files, false);
  return text === '' ? [] : [{ kind: 'diff', label: 'uncommitted changes', text }];
}

const offeredMax = 200;
const foldersMax = 3;
const folderDepth = 2;
