/** What a task is about: the selection, else the definition around the cursor, else the file; and the problems there. */
import * as vscode from 'vscode';
import type { Attachment } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import type { Clock, Files } from '../core/ports.ts';
import { problemOf } from './problems.ts';

export interface Subject {
  /** For a sentence: "`upload` in `src/a.ts:41-96`". */
  readonly name: string;
  readonly attachments: readonly Attachment[];
}

/** null: nothing is selected. */
export function selectionOf(files: Files, editor: vscode.TextEditor | undefined): Attachment | null {
  if (!editor || editor.selection.isEmpty) return null;
  const { document, selection } = editor;
  return { kind: 'selection', label: labelOf(files, document, selection), text: textOf(document, selection) };
}

/** null: no editor of text is active. */
export async function subjectAtCursor(files: Files, clock: Clock): Promise<Subject | null> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return null;
  const { document, selection } = editor;
  const selected = selectionOf(files, editor);
  if (selected) return { name: `the lines \`${selected.label}\``, attachments: [selected] };
  const symbol = await symbolAt(document, selection.active, clock);
  if (symbol) {
    const label = labelOf(files, document, symbol.range);
    const text = textOf(document, symbol.range);
    return { name: `\`${symbol.name}\` in \`${label}\``, attachments: [{ kind: 'selection', label, text }] };
  }
  const name = nameOf(files, document);
  return {
    name: `\`${name}\``,
    attachments: [{ kind: 'file', label: name, text: whole(document.getText(), limits.attachedChars) }],
  };
}

/** Files that were picked in a list; of many the last ones go along by name only. */
export async function subjectOfFiles(files: Files, uris: readonly vscode.Uri[]): Promise<Subject> {
  const attachments: Attachment[] = [];
  let left: number = limits.attachedChars;
  const { signal } = new AbortController();
  for (const uri of uris) {
    if (left <= 0) break;
    const file = await files.read(uri.fsPath, signal);
    const text = whole(file.text, left);
    left -= text.length;
    attachments.push({ kind: 'file', label: file.path, text });
  }
  return { name: listed(uris.map((uri) => `\`${files.locate(uri.fsPath).path}\``)), attachments };
}

/** Problems of a document on the lines of a range; without one, those at the cursor, else the next ones after it. */
export function problemsAt(document: vscode.TextDocument, range: vscode.Range): readonly vscode.Diagnostic[] {
  const all = vscode.languages.getDiagnostics(document.uri).filter((one) => problemOf(one) !== null);
  const on = (first: number, last: number): readonly vscode.Diagnostic[] =>
    all.filter((one) => one.range.start.line <= last && one.range.end.line >= first);
  const here = on(range.start.line, range.end.line);
  if (here.length > 0) return here;
  const lines = all.map((one) => one.range.start.line).sort((a, b) => a - b);
  const next = lines.find((line) => line > range.end.line) ?? lines[0];
  return next === undefined ? [] : all.filter((one) => one.range.start.line === next);
}

/** Each with the lines around it; `lines` says them in one line each. */
export function problemsSubject(
  files: Files,
  document: vscode.TextDocument,
  diagnostics: readonly vscode.Diagnostic[],
): { readonly lines: readonly string[]; readonly attachments: readonly Attachment[] } {
  const told = diagnostics.slice(0, limits.problemsPerFile).map((diagnostic) => {
    const line = diagnostic.range.start.line;
    const label = `${nameOf(files, document)}:${String(line + 1)}`;
    const { source } = problemOf(diagnostic) ?? {};
    const message = diagnostic.message.slice(0, limits.lineChars);
    const said = `${message}${source === undefined ? '' : ` (${source})`}`;
    return { label, said, line };
  });
  return {
    lines: told.map(({ label, said }) => `\`${label}\`: ${said.replace(/\s+/g, ' ')}`),
    attachments: told.slice(0, limits.attachmentsMax).map(({ label, said, line }) => ({
      kind: 'problem',
      label,
      text: `${said}\n\n${around(document, line)}`,
    })),
  };
}

/** Where the editor knows no names within a moment, the file stands for them. */
async function symbolAt(
  document: vscode.TextDocument,
  position: vscode.Position,
  clock: Clock,
): Promise<{ readonly name: string; readonly range: vscode.Range } | null> {
  const over = new AbortController();
  const late = clock.sleep(limits.symbolsMs, over.signal).then(
    () => undefined,
    () => undefined,
  );
  const asked = vscode.commands.executeCommand<
    readonly (vscode.DocumentSymbol | vscode.SymbolInformation)[] | undefined
  >('vscode.executeDocumentSymbolProvider', document.uri);
  const found = await Promise.race([asked, late]);
  over.abort();
  const outer = containing(found ?? [], position);
  return outer.findLast(({ kind }) => definitions.has(kind)) ?? outer[0] ?? null;
}

/** Outermost first. */
function containing(
  symbols: readonly (vscode.DocumentSymbol | vscode.SymbolInformation)[],
  position: vscode.Position,
): readonly { readonly name: string; readonly kind: vscode.SymbolKind; readonly range: vscode.Range }[] {
  return symbols.flatMap((symbol) => {
    const range = 'range' in symbol ? symbol.range : symbol.location.range;
    if (!range.contains(position)) return [];
    const { name, kind } = symbol;
    return [{ name, kind, range }, ...('children' in symbol ? containing(symbol.children, position) : [])];
  });
}

const { SymbolKind: kinds } = vscode;
/** What a person would call by its name: not a variable within a function. */
const definitions: ReadonlySet<vscode.SymbolKind> = new Set([
  kinds.Function,
  kinds.Method,
  kinds.Constructor,
  kinds.Class,
  kinds.Interface,
  kinds.Struct,
  kinds.Enum,
  kinds.Namespace,
  kinds.Module,
]);

/** Some lines before and after, numbered; the one that it is about is marked. */
function around(document: vscode.TextDocument, line: number): string {
  const first = Math.max(0, line - contextLines);
  const last = Math.min(document.lineCount - 1, line + contextLines);
  return Array.from({ length: last - first + 1 }, (_, at) => {
    const number = first + at;
    const text = document.lineAt(number).text.slice(0, limits.searchLineChars);
    return `${number === line ? '>' : ' '} ${String(number + 1)}: ${text}`;
  }).join('\n');
}

const contextLines = 5;

function labelOf(files: Files, document: vscode.TextDocument, range: vscode.Range): string {
  const { start, end } = range;
  const last = end.character === 0 && end.line > start.line ? end.line : end.line + 1;
  const first = start.line + 1;
  return `${nameOf(files, document)}:${first === last ? String(first) : `${String(first)}-${String(last)}`}`;
}

function nameOf(files: Files, { uri }: vscode.TextDocument): string {
  return uri.scheme === 'file' ? files.locate(uri.fsPath).path : uri.path;
}

function textOf(document: vscode.TextDocument, range: vscode.Range): string {
  return whole(document.getText(range), limits.attachedChars);
}

/** Says so where it is cut: the model can read the rest. */
export function whole(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  return `${text.slice(0, charsMax)}\n[cut here: ${String(text.length - charsMax)} more characters stand in the file]`;
}

/** `a`, `b` and 3 more */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, namesMax);
  const rest = names.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${String(rest)} more`;
  return names.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`;
}

const namesMax = 10;
