/** The parser and the grammars it is fed with: started once in a thread, each grammar loaded when it is first asked for. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Language as TreeSitterLanguage, Parser, type Edit, type Tree } from 'web-tree-sitter';
import { withUnitInput } from './parserInput.ts';

/** What the parser's memory and functions are reached by; its arrays are replaced whenever the memory grows. */
export interface ParserModule {
  HEAPU8: Uint8Array;
  HEAPU16: Uint16Array;
  HEAPU32: Uint32Array;
}

export interface Grammar {
  readonly language: TreeSitterLanguage;
  readonly parser: Parser;
}

export interface Grammars {
  readonly module: ParserModule;
  /** By the name of its file without `.wasm`; null when it cannot be loaded. */
  load(name: string): Grammar | null;
}

let started: Promise<ParserModule> | null = null;
const loaded = new Map<string, Grammar | null>();

/** `folder` holds `web-tree-sitter.wasm` and the grammars. There is one parser in a thread, whatever the folder of the second call. */
export async function startGrammars(folder: string): Promise<Grammars> {
  const module = await (started ??= start(folder));
  return {
    module,
    load(name) {
      let grammar = loaded.get(name);
      if (grammar === undefined) loaded.set(name, (grammar = read(path.join(folder, `${name}.wasm`))));
      return grammar;
    },
  };
}

/** The tree of the text, which whoever asked for it deletes; null when the parser gives up. */
export function parse(
  grammar: Grammar,
  text: string,
  before?: { readonly tree: Tree; readonly edit: Edit },
): Tree | null {
  before?.tree.edit(before.edit);
  try {
    return grammar.parser.parse(text, before?.tree ?? null);
  } catch {
    grammar.parser.reset();
    return null;
  }
}

/** Node has it, its types name it in part. */
const wasm = (globalThis as unknown as { readonly WebAssembly: WebAssemblyHere }).WebAssembly;

interface WebAssemblyHere {
  readonly Module: new (bytes: Uint8Array) => WebAssembly.Module;
  readonly Instance: new (module: WebAssembly.Module, imports: object) => { readonly exports: object };
}

/** All of it at once, in this thread: what is compiled in the background may wait for long on a busy machine. */
async function start(folder: string): Promise<ParserModule> {
  const compiled = new wasm.Module(readFileSync(path.join(folder, 'web-tree-sitter.wasm')));
  const module: Partial<ParserModule> & Record<string, unknown> = {
    instantiateWasm(imports: object, done: (instance: object, module: object) => void) {
      const instance = new wasm.Instance(compiled, withUnitInput(imports, module));
      done(instance, compiled);
      return instance.exports;
    },
  };
  await Parser.init(module);
  return module as ParserModule;
}

function read(file: string): Grammar | null {
  try {
    const language = TreeSitterLanguage.loadSync(new wasm.Module(readFileSync(file)));
    const parser = new Parser().setLanguage(language);
    return { language, parser };
  } catch {
    return null;
  }
}
