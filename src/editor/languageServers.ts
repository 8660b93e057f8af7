/** What the language servers of this editor say of code, asked without opening a tab; null where none speaks, or not soon enough. */
import * as vscode from 'vscode';
import { limits } from '../core/limits.ts';
import type { CodePlace, Files, LanguageServers } from '../core/ports.ts';
import type { Definition, SymbolKind } from '../core/symbols.ts';

export function editorLanguageServers(
  files: Pick<Files, 'locate'>,
  limitMs: number = limits.languageServerMs,
): LanguageServers {
  return {
    async references({ path, line, column }, signal) {
      const document = await open(files, path);
      if (document === null) return null;
      const at = document.validatePosition(new vscode.Position(line - 1, column));
      const found = await ask<readonly vscode.Location[]>(
        'vscode.executeReferenceProvider',
        [document.uri, at],
        limitMs,
        signal,
      );
      const places = (found ?? []).flatMap(({ uri, range }): readonly CodePlace[] => {
        const where = uri.scheme === 'file' ? files.locate(uri.fsPath) : null;
        if (where?.inside !== true) return [];
        return [{ path: where.path, line: range.start.line + 1, column: range.start.character }];
      });
      // One that knows the name tells at least where it is declared: no answer means that nobody knows it.
      return (found ?? []).length === 0 ? null : { name: languageName(document), places };
    },
    async outline(path, signal) {
      const document = await open(files, path);
      if (document === null) return null;
      type Found = readonly (vscode.DocumentSymbol | vscode.SymbolInformation)[];
      const found = await ask<Found>('vscode.executeDocumentSymbolProvider', [document.uri], limitMs, signal);
      if (found === null || found.length === 0) return null;
      const name = files.locate(document.uri.fsPath).path;
      return { name: languageName(document), definitions: definitionsOf(document, name, found) };
    },
  };
}

/** null: it is gone, no text, or not of this workspace. */
async function open(files: Pick<Files, 'locate'>, path: string): Promise<vscode.TextDocument | null> {
  const { absolute, inside } = files.locate(path);
  if (!inside) return null;
  try {
    return await vscode.workspace.openTextDocument(vscode.Uri.file(absolute));
  } catch {
    return null; // whoever asked says what they know without it
  }
}

/** null: nobody answered, or not within the limit. Throws the signal's reason. */
async function ask<T>(
  command: string,
  args: readonly unknown[],
  limitMs: number,
  signal: AbortSignal,
): Promise<T | null> {
  signal.throwIfAborted();
  const late = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  const found = await Promise.race([
    Promise.resolve(vscode.commands.executeCommand<T | undefined>(command, ...args)).then(
      (answer) => answer ?? null,
      () => null, // a server that fails speaks for nothing
    ),
    new Promise<null>((resolve) => late.addEventListener('abort', () => resolve(null), { once: true })),
  ]);
  signal.throwIfAborted();
  return found;
}

/** `TypeScript` for `typescript`: servers do not tell their own names. */
function languageName({ languageId }: vscode.TextDocument): string {
  for (const { packageJSON } of vscode.extensions.all) {
    const { contributes } = packageJSON as {
      contributes?: { languages?: readonly { id?: string; aliases?: readonly string[] }[] };
    };
    const alias = contributes?.languages?.find(({ id }) => id === languageId)?.aliases?.[0];
    if (alias !== undefined) return alias;
  }
  return languageId;
}

function definitionsOf(
  document: vscode.TextDocument,
  path: string,
  symbols: readonly (vscode.DocumentSymbol | vscode.SymbolInformation)[],
  around = '',
): readonly Definition[] {
  return symbols.flatMap((symbol) => {
    const nested = 'children' in symbol;
    const range = nested ? symbol.range : symbol.location.range;
    const at = nested ? symbol.selectionRange.start : range.start;
    const outer = nested || symbol.containerName === '' ? around : symbol.containerName;
    const qualified = outer === '' ? symbol.name : `${outer}.${symbol.name}`;
    const kind = kinds.get(symbol.kind);
    const inner = nested ? definitionsOf(document, path, symbol.children, qualified) : [];
    if (kind === undefined) return inner;
    const own: Definition = {
      path,
      startLine: range.start.line + 1,
      endLine: range.end.line + 1,
      name: symbol.name,
      kind,
      qualified,
      nameLine: at.line + 1,
      nameColumn: at.character,
      signature: document.lineAt(at.line).text.trim().slice(0, limits.searchLineChars),
      doc: '',
    };
    return [own, ...inner];
  });
}

const { SymbolKind: k } = vscode;
const kinds: ReadonlyMap<vscode.SymbolKind, SymbolKind> = new Map([
  [k.File, 'module'],
  [k.Module, 'module'],
  [k.Namespace, 'module'],
  [k.Package, 'module'],
  [k.Class, 'class'],
  [k.Struct, 'class'],
  [k.Method, 'method'],
  [k.Constructor, 'method'],
  [k.Operator, 'method'],
  [k.Property, 'field'],
  [k.Field, 'field'],
  [k.Event, 'field'],
  [k.Enum, 'enum'],
  [k.EnumMember, 'constant'],
  [k.Interface, 'interface'],
  [k.TypeParameter, 'type'],
  [k.Function, 'function'],
  [k.Constant, 'constant'],
  [k.Variable, 'variable'],
  [k.Object, 'variable'],
  [k.Array, 'variable'],
  [k.String, 'heading'],
  [k.Key, 'key'],
]);
