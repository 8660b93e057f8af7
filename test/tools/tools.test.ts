/** What the model reads of each tool, word for word. */
import { describe, expect, it } from 'vitest';
import { pickHunks } from '../../src/core/change.ts';
import type { Json } from '../../src/core/json.ts';
import { limits } from '../../src/core/limits.ts';
import type { CommandEnd, Search, Shell, TextMatch, TextQuery } from '../../src/core/ports.ts';
import type { ToolResult } from '../../src/core/tool.ts';
import { createTools } from '../../src/tools/catalogue.ts';
import { changeFile } from '../../src/workspace/diff.ts';
import { hashText } from '../../src/workspace/files.ts';
import { failed, prepareCall, runCall } from '../../src/tools/run.ts';
import { memoryFiles, type MemoryFiles } from '../support/memoryFiles.ts';

const never = new AbortController().signal;
const noSearch: Search = { text: async () => ({ matches: [], truncated: false }) };
const noShell: Shell = { name: 'bash', run: () => Promise.reject(new Error('no command here')) };

interface World {
  readonly files: MemoryFiles;
  readonly search?: Search;
  readonly shell?: Shell;
  /** Hunks taken of a proposal, by number; absent: all. */
  readonly accept?: readonly number[];
  readonly signal?: AbortSignal;
}

async function call(
  { files, search = noSearch, shell = noShell, accept, signal = never }: World,
  name: string,
  input: Json,
): Promise<ToolResult> {
  const prepared = prepareCall(createTools({ files, search, shell }), name, input);
  if (!prepared.ok) return prepared.result;
  try {
    const proposed = (await prepared.tool.propose?.(prepared.input, 'call', signal)) ?? null;
    const ids =
      accept?.map((n) => `call:1.${String(n)}`) ?? proposed?.flatMap(({ hunks }) => hunks.map(({ id }) => id)) ?? [];
    const accepted = proposed === null ? null : pickHunks(proposed, new Set(ids));
    return await runCall(prepared.tool, prepared.input, {
      session: 's',
      call: 'call',
      proposed,
      accepted,
      onOutput: () => undefined,
      signal,
    });
  } catch (thrown) {
    return failed(thrown, signal);
  }
}

async function text(world: World, name: string, input: Json): Promise<string> {
  const result = await call(world, name, input);
  return result.status === 'ok'
    ? result.text
    : `${result.status}${result.status === 'error' ? ` ${result.code}` : ''}: ${result.text}`;
}

describe('the tools as the model is told of them', () => {
  const tools = createTools({ files: memoryFiles({}), search: noSearch, shell: noShell });

  it('stand in a fixed order', () => {
    expect(tools.map(({ name }) => name)).toEqual([
      'read_file',
      'list_files',
      'search_text',
      'edit_file',
      'write_file',
      'delete_file',
      'move_file',
      'run_command',
      'read_output',
      'send_input',
      'stop_command',
      'update_plan',
      'recall',
    ]);
  });

  it('cost at most 1,800 tokens', () => {
    const specs = tools.map(({ name, description, schema }) => ({ name, description, input_schema: schema }));
    expect(JSON.stringify(specs).length / 4).toBeLessThan(1800);
  });

  it('are called with what they would touch', () => {
    const touched = (name: string, input: Json): unknown => {
      const prepared = prepareCall(tools, name, input);
      return prepared.ok ? prepared.tool.resources(prepared.input) : prepared.result;
    };
    expect(touched('read_file', { path: './src/../a.ts' })).toEqual([{ effect: 'read', target: 'a.ts' }]);
    expect(touched('list_files', {})).toEqual([{ effect: 'read', target: '.' }]);
    expect(touched('search_text', { pattern: 'x', path: '/etc' })).toEqual([{ effect: 'read', target: '/etc' }]);
    expect(touched('edit_file', { path: 'a.ts', edits: [{ old_text: 'a', new_text: 'b' }] })).toEqual([
      { effect: 'write', target: 'a.ts' },
    ]);
    expect(touched('write_file', { path: 'a.ts', content: '' })).toEqual([{ effect: 'write', target: 'a.ts' }]);
    expect(touched('delete_file', { path: './.env' })).toEqual([{ effect: 'write', target: '.env' }]);
    expect(touched('move_file', { path: 'a.ts', to: 'src/../package.json' })).toEqual([
      { effect: 'write', target: 'a.ts' },
      { effect: 'write', target: 'package.json' },
    ]);
    expect(touched('run_command', { command: 'npm test' })).toEqual([{ effect: 'execute', target: 'npm test' }]);
    expect(touched('run_command', { command: 'npm test', cwd: 'packages/a' })).toEqual([
      { effect: 'execute', target: 'npm test' },
      { effect: 'read', target: 'packages/a' },
    ]);
    expect(touched('update_plan', { items: [{ text: 'a', state: 'todo' }] })).toEqual([
      { effect: 'plan', target: 'plan' },
    ]);
  });
});

describe('a call that does not fit', () => {
  const world = { files: memoryFiles({ 'a.ts': 'a\n' }) };

  it.each([
    [
      'reed_file',
      {},
      'There is no tool reed_file. The tools are read_file, list_files, search_text, edit_file, write_file, delete_file, move_file, run_command, read_output, send_input, stop_command, update_plan, recall.',
    ],
    [
      'read_file',
      '{"path": "a',
      'The input of read_file is not a JSON object; it may have been cut off. Send the call again, in smaller pieces if it was long.',
    ],
    [
      'read_file',
      {},
      'The input of read_file does not fit; nothing was done. Mend it and call again:\nInstance does not have required property "path".',
    ],
    [
      'read_file',
      { path: 'a.ts', start_line: '4', limit: 10 },
      'The input of read_file does not fit; nothing was done. Mend it and call again:\nstart_line: Instance type "string" is invalid. Expected "integer".\nlimit: not an input of read_file, which takes path, start_line, end_line.',
    ],
    ['read_file', { path: 'a.ts', start_line: 4, end_line: 2 }, 'end_line 2 is before start_line 4.'],
    ['read_file', { path: '' }, 'The path is empty or holds a NUL. Name a file or folder relative to the workspace.'],
    ['run_command', { command: '  ' }, 'The command is empty or holds a NUL.'],
    ['write_file', { path: 'src/', content: '' }, 'src/ names a folder. Name the file to write.'],
    ['move_file', { path: 'a.ts', to: 'src/' }, 'src/ names a folder. Name the new file, as in src/name.'],
    ['move_file', { path: 'a.ts', to: './a.ts' }, 'path and to both name a.ts; there is nothing to move.'],
    [
      'edit_file',
      { path: 'a.ts', edits: [{ old_text: 'a', new_text: 'a' }] },
      'The edit has the same old_text and new_text. Leave it out, or say what should change.',
    ],
  ])('%s %j', async (name, input, words) => {
    expect(await call(world, name, input)).toEqual({ status: 'error', code: 'invalid_input', text: words });
  });
});

describe('read_file', () => {
  const many = Array.from({ length: 5000 }, (_, i) => `line ${String(i + 1)}`).join('\n');
  const files = memoryFiles(
    {
      'a.ts': 'one\r\n\ttwo\n\nfour',
      'empty.ts': '',
      'open.ts': 'x\n',
      'many.txt': many,
      'long.js': `${'x'.repeat(5000)}\nend\n`,
      'wide.txt': `${'y'.repeat(1900)}\n`.repeat(50),
    },
    { unsaved: ['open.ts'] },
  );

  it.each([
    [{ path: 'a.ts' }, '1\tone\n2\t\ttwo\n3\t\n4\tfour'],
    [{ path: 'a.ts', start_line: 2, end_line: 3 }, '2\t\ttwo\n3\t\n[lines 2-3 of 4]'],
    [{ path: 'a.ts', start_line: 3, end_line: 99 }, '3\t\n4\tfour\n[lines 3-4 of 4]'],
    [{ path: 'empty.ts' }, 'empty.ts is empty.'],
    [{ path: 'open.ts' }, '1\tx\n[not saved yet: commands see the older text on disk]'],
    [{ path: 'long.js' }, `1\t${'x'.repeat(limits.lineChars)}[3000 more characters]\n2\tend`],
    [{ path: 'a.ts', start_line: 5 }, 'error invalid_input: a.ts has 4 lines; start_line 5 is past its end.'],
    [{ path: 'b.ts' }, 'error not_found: b.ts does not exist. Near names: a.ts.'],
  ])('%j', async (input, words) => {
    expect(await text({ files }, 'read_file', input)).toBe(words);
  });

  it('cuts a long file and says how to go on', async () => {
    const lines = (await text({ files }, 'read_file', { path: 'many.txt' })).split('\n');
    expect([lines.length, lines.at(-2), lines.at(-1)]).toEqual([
      2001,
      '2000\tline 2000',
      '[lines 1-2000 of 5000; go on with start_line 2001]',
    ]);
    const wide = await text({ files }, 'read_file', { path: 'wide.txt' });
    expect(wide.length).toBeLessThan(limits.resultChars);
    expect(wide.split('\n').at(-1)).toBe('[lines 1-15 of 50; go on with start_line 16]');
  });

  it('tells panel and report what was read', async () => {
    expect(await call({ files }, 'read_file', { path: './a.ts', end_line: 2 })).toMatchObject({
      detail: { kind: 'read', path: 'a.ts', lines: 2 },
    });
  });
});

describe('list_files', () => {
  const files = memoryFiles({
    'src/core/deep/a.ts': '',
    'src/b.ts': '',
    'big.json': 'x'.repeat(250_000),
    'z/.gitignore': '*',
  });

  it.each([
    [{}, 'big.json (250 kB)\nsrc/\n  b.ts\n  core/\nz/'],
    [{ depth: 1 }, 'big.json (250 kB)\nsrc/\nz/'],
    [{ path: 'src', depth: 3 }, 'b.ts\ncore/\n  deep/\n    a.ts'],
    [{ path: 'z' }, 'z holds nothing, or only what ignore files hide.'],
    [{ path: 'big.json' }, 'error invalid_input: big.json is a file. Read it with read_file.'],
  ])('%j', async (input, words) => {
    expect(await text({ files }, 'list_files', input)).toBe(words);
  });

  it('says when it was cut', async () => {
    const full = memoryFiles(Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`f${String(i)}`, ''])));
    expect((await text({ files: full }, 'list_files', {})).split('\n').at(-1)).toBe(
      '[cut at 500 entries; name a folder below, or a smaller depth]',
    );
  });
});

describe('search_text', () => {
  const match = (path: string, line: number, words: string, context = false): TextMatch => ({
    path,
    line,
    text: words,
    context,
  });
  /** Answers only to queries that are not case sensitive when `anyCaseOnly`. */
  const search = (matches: readonly TextMatch[], truncated = false, anyCaseOnly = false): Search => ({
    text: async (query: TextQuery) =>
      anyCaseOnly && query.caseSensitive ? { matches: [], truncated: false } : { matches, truncated },
  });
  const files = memoryFiles({});

  it('groups matches by file', async () => {
    const found = search([
      match('src/a.ts', 3, '  before', true),
      match('src/a.ts', 4, '  x = 1'),
      match('src/b.ts', 9, 'x'),
    ]);
    expect(await call({ files, search: found }, 'search_text', { pattern: 'x' })).toEqual({
      status: 'ok',
      text: 'src/a.ts\n3-  before\n4:  x = 1\nsrc/b.ts\n9:x',
      detail: { kind: 'search', matches: 2, files: 2 },
    });
  });

  it('finds other cases when the case given stands nowhere, and says so', async () => {
    expect(
      await text({ files, search: search([match('a.ts', 1, 'X')], false, true) }, 'search_text', { pattern: 'x' }),
    ).toBe('a.ts\n1:X\n[these differ in case from the pattern; none has its case]');
  });

  it('shows nothing of files that hold secrets unless one was named', async () => {
    const found = search([match('.env', 1, 'KEY=x'), match('a.ts', 1, 'KEY')]);
    expect(await text({ files, search: found }, 'search_text', { pattern: 'KEY' })).toBe(
      'a.ts\n1:KEY\n[not shown, since they look like they hold secrets: .env; search in one of them to ask for it]',
    );
    const one = search([match('.env', 1, 'KEY=x')]);
    expect(await text({ files, search: one }, 'search_text', { pattern: 'KEY' })).toBe(
      'No match, in any case.\n[not shown, since they look like they hold secrets: .env; search in one of them to ask for it]',
    );
    expect(await text({ files, search: one }, 'search_text', { pattern: 'KEY', path: '.env' })).toBe('.env\n1:KEY=x');
  });

  it('says what to do when there is too much or nothing', async () => {
    expect(await text({ files, search: search([match('a.ts', 1, 'x')], true) }, 'search_text', { pattern: 'x' })).toBe(
      'a.ts\n1:x\n[only a part of all matches; narrow it by path, glob or a longer pattern]',
    );
    const wide = Array.from({ length: 200 }, (_, i) => match(`f${String(i)}.ts`, 1, 'x'.repeat(300)));
    const cut = await text({ files, search: search(wide) }, 'search_text', { pattern: 'x' });
    expect(cut.length).toBeLessThan(limits.resultChars);
    expect(cut).toMatch(/\n\[only a part of all matches; .*\]$/);
    expect(await text({ files }, 'search_text', { pattern: 'x', path: 'src', glob: '*.ts' })).toBe(
      'No match in src in files *.ts, in any case.',
    );
    expect(await text({ files }, 'search_text', { pattern: 'foo|bar' })).toBe(
      'No match, in any case. The pattern was taken as plain text; set regex if it is one.',
    );
  });
});

describe('edit_file', () => {
  it('never takes a marker for the secret that it stands for', async () => {
    const world = { files: memoryFiles({ 'a.env': 'KEY=EXAMPLE\nB=1\n' }) };
    const edit = (old_text: string, new_text: string): Promise<string> =>
      text(world, 'edit_file', { path: 'a.env', edits: [{ old_text, new_text }] });
    const why =
      'which only stands in place of a secret that you are not shown; in a.env stands the secret itself. Nothing was written. Change the lines around it with edit_file and leave that one out; if the secret itself has to change, ask the user to do it.';
    expect(await edit('KEY=[redacted: key]\nB=1', 'B=2')).toBe(
      `error invalid_input: old_text holds [redacted: key], ${why}`,
    );
    expect(await edit('B=1', 'KEY=[redacted: key]')).toBe(
      `error invalid_input: new_text holds [redacted: key], ${why}`,
    );
    expect(await text(world, 'write_file', { path: 'a.env', content: 'KEY=[redacted: key]\n' })).toBe(
      `error invalid_input: content holds [redacted: key], ${why}`,
    );
  });

  const source = 'import a;\n\nfunction one() {\n\treturn 1;\n}\n\nfunction two() {\n\treturn 2;\n}\n';
  const world = (accept?: readonly number[]): World => ({
    files: memoryFiles({ 'a.ts': source }),
    ...(accept ? { accept } : {}),
  });
  const three: Json = {
    path: 'a.ts',
    edits: [
      { old_text: 'import a;', new_text: 'import a;\nimport b;' },
      { old_text: 'return 1;', new_text: 'return 10;' },
      { old_text: 'return 2;', new_text: 'return 20;' },
    ],
  };

  it('makes all edits of a call and says where', async () => {
    const all = world();
    expect(await text(all, 'edit_file', three)).toBe('Applied 3 changes to a.ts: lines 2, 5, 9.');
    expect(all.files.texts.get('a.ts')).toBe(
      source
        .replace('import a;', 'import a;\nimport b;')
        .replace('return 1', 'return 10')
        .replace('return 2', 'return 20'),
    );
  });

  it('writes exactly what was accepted and names the rest', async () => {
    const some = world([2]);
    expect(await text(some, 'edit_file', three)).toBe(
      'Applied 1 of 3 changes to a.ts: line 4. Not applied: change 1.1 (line 2), change 1.3 (line 8).',
    );
    expect(some.files.texts.get('a.ts')).toBe(source.replace('return 1', 'return 10'));
  });

  it('replaces all places when told to, and removes', async () => {
    const all = world();
    expect(
      await text(all, 'edit_file', {
        path: 'a.ts',
        edits: [{ old_text: '\treturn', new_text: '\treturn  ', replace_all: true }],
      }),
    ).toBe('Applied 2 changes to a.ts: lines 4, 8.');
    expect(await text(all, 'edit_file', { path: 'a.ts', edits: [{ old_text: 'import a;\n\n', new_text: '' }] })).toBe(
      'Applied 1 change to a.ts: line 1 (removed).',
    );
  });

  it('says when commands do not see the change yet', async () => {
    const files = memoryFiles({ 'a.ts': 'a\n' }, { unsaved: ['a.ts'] });
    expect(await text({ files }, 'edit_file', { path: 'a.ts', edits: [{ old_text: 'a', new_text: 'b' }] })).toBe(
      'Applied 1 change to a.ts: line 1.\nNot saved yet: commands see the older text on disk.',
    );
  });

  it.each([
    ['a\r\nb\r\n', 'a\nb', 'a\nx\nb', 'a\r\nx\r\nb\r\n'],
    ['a\r\nb\nc\r\n', 'a\nb\nc', 'a\nb2\nc', 'a\r\nb2\nc\r\n'],
    ['a\nb\n', 'a\r\nb', 'x\r\ny', 'x\ny\n'],
    ['a$&b', '$&', '$1', 'a$1b'],
    ['a(b)*c\r\n', '(b)*', 'd', 'adc\r\n'],
  ])('keeps line ends and takes texts literally: %j', async (before, old_text, new_text, after) => {
    const files = memoryFiles({ 'a.ts': before });
    await call({ files }, 'edit_file', { path: 'a.ts', edits: [{ old_text, new_text }] });
    expect(files.texts.get('a.ts')).toBe(after);
  });

  it.each([
    [
      'return 3;',
      'error conflict: The edit of a.ts: old_text is not in the file; nothing was written. The nearest is at line 4; take old_text from there:\n\treturn 1;',
    ],
    [
      'function one() {\n    return 1;\n}',
      'error conflict: The edit of a.ts: old_text is not in the file; nothing was written. It differs from lines 3-5 only in blanks: the file indents with tabs, old_text with spaces. The file holds:\nfunction one() {\n\treturn 1;\n}',
    ],
    [
      'function two() {\n\treturn two;\n}',
      'error conflict: The edit of a.ts: old_text is not in the file; nothing was written. The nearest is at lines 7-9; take old_text from there:\nfunction two() {\n\treturn 2;\n}',
    ],
    [
      '4\t\treturn 1;',
      'error conflict: The edit of a.ts: old_text is not in the file; nothing was written. It begins with the line numbers of read_file: leave them out.',
    ],
    [
      'Zürich',
      'error conflict: The edit of a.ts: old_text is not in the file; nothing was written. Nothing in the file comes near it. Read the file again.',
    ],
    [
      'return',
      'error conflict: The edit of a.ts: old_text stands there 2 times, at lines 4, 8; nothing was written. Add lines around it until it stands once, or set replace_all.',
    ],
  ])('helps to mend an edit of %j', async (old_text, words) => {
    const one = world();
    expect(await text(one, 'edit_file', { path: 'a.ts', edits: [{ old_text, new_text: 'new' }] })).toBe(words);
    expect(one.files.texts.get('a.ts')).toBe(source);
  });

  it('names the edit that failed and says when it was made before', async () => {
    const edits = [
      { old_text: 'import a;', new_text: 'import c;' },
      { old_text: 'return 0;', new_text: 'return 1;' },
    ];
    expect(await text(world(), 'edit_file', { path: 'a.ts', edits })).toBe(
      'error conflict: Edit 2 of 2 of a.ts: old_text is not in the file; nothing was written. new_text stands there already, at line 4: this edit may have been made before. The nearest is at line 4; take old_text from there:\n\treturn 1;',
    );
  });

  it('shows nothing of a file that holds secrets', async () => {
    const files = memoryFiles({ '.env': 'TOKEN=abc\n' });
    expect(
      await text({ files }, 'edit_file', { path: '.env', edits: [{ old_text: 'TOKEN=x', new_text: 'TOKEN=y' }] }),
    ).toBe(
      'error conflict: The edit of .env: old_text is not in the file; nothing was written. Its text cannot be shown here; read it with read_file.',
    );
  });

  it('keeps what the user wrote between proposal and decision', async () => {
    const files = memoryFiles({ 'a.ts': 'a\n' });
    const prepared = prepareCall(createTools({ files, search: noSearch, shell: noShell }), 'edit_file', {
      path: 'a.ts',
      edits: [{ old_text: 'a', new_text: 'b' }],
    });
    if (!prepared.ok) throw new Error(prepared.result.text);
    const proposed = (await prepared.tool.propose?.(prepared.input, 'call', never)) ?? null;
    files.texts.set('a.ts', 'typed meanwhile\n');
    expect(
      await runCall(prepared.tool, prepared.input, {
        session: 's',
        call: 'call',
        proposed,
        accepted: proposed,
        onOutput: () => undefined,
        signal: never,
      }),
    ).toEqual({
      status: 'error',
      code: 'conflict',
      text: 'a.ts changed since it was read; nothing was written. Read it again and redo the change on the new text.',
    });
    expect(files.texts.get('a.ts')).toBe('typed meanwhile\n');
  });
});

describe('write_file', () => {
  it('creates, and replaces what differs', async () => {
    const files = memoryFiles({ 'a.ts': 'one\r\ntwo\r\n' });
    expect(await text({ files }, 'write_file', { path: 'new/b.ts', content: 'x\ny\n' })).toBe(
      'Created new/b.ts, 2 lines.',
    );
    expect(await text({ files }, 'write_file', { path: 'a.ts', content: 'one\n2\n' })).toBe(
      'Applied 1 change to a.ts: line 2.',
    );
    expect(Object.fromEntries(files.texts)).toEqual({ 'a.ts': 'one\r\n2\r\n', 'new/b.ts': 'x\ny\n' });
    expect(await text({ files }, 'write_file', { path: 'a.ts', content: 'one\n2\n' })).toBe(
      'error invalid_input: a.ts holds exactly this text already; there is nothing to write.',
    );
  });
});

describe('delete_file and move_file', () => {
  const world = (): World => ({
    files: memoryFiles({ 'a.ts': 'one\ntwo\n', 'b.ts': 'b', 'data.bin': 'a\0b', 'src/c.ts': '' }),
  });

  it.each([
    ['delete_file', { path: 'a.ts' }, 'Deleted a.ts, 2 lines.', ['b.ts', 'data.bin', 'src/c.ts']],
    ['delete_file', { path: 'src/c.ts' }, 'Deleted src/c.ts, 0 lines.', ['a.ts', 'b.ts', 'data.bin']],
    [
      'move_file',
      { path: 'a.ts', to: 'lib/a.ts' },
      'Moved a.ts to lib/a.ts.',
      ['b.ts', 'data.bin', 'lib/a.ts', 'src/c.ts'],
    ],
  ])('%s %j', async (name, input, words, left) => {
    const { files } = world();
    expect([await text({ files }, name, input), [...files.texts.keys()].sort()]).toEqual([words, left]);
  });

  it.each([
    ['delete_file', { path: 'd.ts' }, 'not_found: d.ts does not exist. Near names: a.ts, b.ts.'],
    [
      'delete_file',
      { path: 'src' },
      'invalid_input: src is a folder. Only plain text files can be deleted with this tool; use a command if the task asks for it.',
    ],
    [
      'move_file',
      { path: 'data.bin', to: 'x.bin' },
      'invalid_input: data.bin is a binary file, not text. Only plain text files can be moved with this tool; use a command if the task asks for it.',
    ],
    [
      'move_file',
      { path: 'a.ts', to: 'b.ts' },
      'conflict: b.ts exists already; nothing was moved. Choose another name, or move or delete that file first.',
    ],
    [
      'move_file',
      { path: 'a.ts', to: 'data.bin' },
      'conflict: data.bin exists already; nothing was moved. Choose another name, or move or delete that file first.',
    ],
  ])('%s %j: %s', async (name, input, words) => {
    const { files } = world();
    const before = [...files.texts];
    expect([await text({ files }, name, input), [...files.texts]]).toEqual([`error ${words}`, before]);
  });

  it('do nothing where the person took nothing of it', async () => {
    const { files } = world();
    expect(await text({ files, accept: [] }, 'delete_file', { path: 'a.ts' })).toBe('a.ts was not deleted.');
    expect(files.texts.get('a.ts')).toBe('one\ntwo\n');
  });

  it('tell the review what goes', async () => {
    const { files } = world();
    const proposed = async (name: string, input: Json): Promise<unknown> => {
      const prepared = prepareCall(createTools({ files, search: noSearch, shell: noShell }), name, input);
      return prepared.ok ? prepared.tool.propose?.(prepared.input, 'call', never) : prepared.result;
    };
    const hunk = { id: 'call:1.1', startLine: 1, removed: [], added: [], before: [], after: [] };
    expect(await proposed('delete_file', { path: 'a.ts' })).toEqual([
      {
        path: 'a.ts',
        beforeHash: hashText('one\ntwo\n'),
        hunks: [{ ...hunk, removed: ['one', 'two', ''] }],
        fate: { kind: 'deleted' },
      },
    ]);
    expect(await proposed('move_file', { path: 'b.ts', to: 'c.ts' })).toEqual([
      { path: 'b.ts', beforeHash: hashText('b'), hunks: [hunk], fate: { kind: 'moved', to: 'c.ts' } },
    ]);
  });
});

describe('what saving changed', () => {
  const savedAs = async (after: string): Promise<string> => {
    const files = memoryFiles({ 'a.ts': 'a(1);\nb\nc\nd\ne\n' });
    const saving: MemoryFiles = {
      ...files,
      async apply(changes, signal) {
        const [applied] = await files.apply(changes, signal);
        const written = await files.read('a.ts', signal);
        files.texts.set('a.ts', after);
        const { hunks: formatted } = changeFile('a.ts', written, after, 'saved');
        return [{ path: 'a.ts', saved: true, ...applied, afterHash: hashText(after), formatted }];
      },
    };
    return text({ files: saving }, 'edit_file', { path: 'a.ts', edits: [{ old_text: 'a(1);', new_text: 'a( 2 )' }] });
  };

  it('is told with the lines that stand there now', async () => {
    expect(await savedAs('a(2);\nb\nC\nX\nd\n')).toBe(
      `Applied 1 change to a.ts: line 1.
Saving it changed a.ts further, as the user's settings say (formatting): lines 1, 3-4, 6 (removed). There it now reads:
1\ta(2);
3\tC
4\tX
6\t[lines removed before this one]`,
    );
  });

  it('is only named where it is long', async () => {
    const long = Array.from({ length: limits.formattedLines + 1 }, (_, i) => `x${String(i)}`).join('\n');
    expect(await savedAs(`a( 2 )\nb\n${long}\nc\nd\nE\n`)).toBe(
      `Applied 1 change to a.ts: line 1.
Saving it changed a.ts further, as the user's settings say (formatting): lines 3-43, 46.
Read lines 3-43, 46 before you edit there.`,
    );
  });
});

describe('run_command', () => {
  const ended: CommandEnd = {
    exitCode: 0,
    signal: null,
    timedOut: false,
    output: '',
    outputBytes: 0,
    outputLines: 0,
    ms: 40,
    held: 'none',
  };
  const shell = (end: Partial<CommandEnd>): Shell => ({ name: 'bash', run: async () => ({ ...ended, ...end }) });
  const files = memoryFiles({});

  it.each([
    [{ output: 'ok\n' }, 'ok\n[exit code 0]'],
    [{}, '[no output, exit code 0]'],
    [{ output: 'bad', exitCode: 1, ms: 34_200 }, 'bad\n[exit code 1, 34 s]'],
    [{ exitCode: null, signal: 'SIGSEGV' }, '[no output, ended by SIGSEGV]'],
    [
      { output: 'x\n', exitCode: null, signal: 'SIGTERM', timedOut: true },
      'x\n[still running after 5 s: it was ended with all it had started; give a larger timeout_s, or none, if it needs longer]',
    ],
  ])('%j', async (end, words) => {
    expect(await text({ files, shell: shell(end) }, 'run_command', { command: 'x', timeout_s: 5 })).toBe(words);
  });

  it('takes a failing command as information', async () => {
    expect(
      await call(
        { files, shell: shell({ exitCode: 1, outputBytes: 4, outputLines: 1, output: 'bad\n' }) },
        'run_command',
        { command: 'x' },
      ),
    ).toEqual({
      status: 'ok',
      text: 'bad\n[exit code 1]',
      detail: { kind: 'command', exitCode: 1, timedOut: false, outputBytes: 4, outputLines: 1, held: 'none' },
    });
  });

  it('runs in its folder, with its time', async () => {
    const asked: unknown[] = [];
    const listening: Shell = { name: 'bash', run: async (command) => (asked.push(command), ended) };
    await call({ files, shell: listening }, 'run_command', { command: 'a' });
    await call({ files, shell: listening }, 'run_command', { command: 'b', cwd: 'sub', timeout_s: 7 });
    expect(asked).toEqual([
      { session: 's', line: 'a', cwd: '/project', timeoutMs: null, onStart: expect.any(Function) as unknown },
      { session: 's', line: 'b', cwd: '/project/sub', timeoutMs: 7000, onStart: expect.any(Function) as unknown },
    ]);
  });

  it('says what is known of a command that was stopped', async () => {
    const stop = new AbortController();
    const stopping: Shell = {
      name: 'bash',
      run: async () => {
        stop.abort();
        return { ...ended, exitCode: null, signal: 'SIGTERM', output: 'half\n', ms: 2100 };
      },
    };
    expect(await text({ files, shell: stopping, signal: stop.signal }, 'run_command', { command: 'x' })).toBe(
      'interrupted: half\n[stopped by the user after 2.1 s; what it did until then is done]',
    );
  });
});

describe('update_plan', () => {
  it('gives the plan and nothing else', async () => {
    const input = {
      items: [
        { text: 'Read', state: 'doing', detail: 'src/a.ts', extra: 1 },
        { text: 'Write', state: 'todo' },
      ],
      done_when: ['npm test passes'],
    };
    expect(await call({ files: memoryFiles({}) }, 'update_plan', input)).toEqual({
      status: 'ok',
      text: 'The user sees the plan.',
      detail: {
        kind: 'plan',
        plan: {
          items: [
            { text: 'Read', state: 'doing', detail: 'src/a.ts' },
            { text: 'Write', state: 'todo' },
          ],
          doneWhen: ['npm test passes'],
        },
      },
    });
  });
});

describe('an edit whose end was not seen', () => {
  const settle = async (
    text: string | Record<string, string | null> | null,
    name: string,
    input: Json,
    hunks?: readonly number[],
  ) => {
    const files = memoryFiles({ 'a.ts': 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n' });
    const prepared = prepareCall(createTools({ files, search: noSearch, shell: noShell }), name, input);
    if (!prepared.ok) throw new Error(prepared.result.text);
    const proposed = (await prepared.tool.propose?.(prepared.input, 'call', never)) ?? [];
    const ids =
      hunks?.map((n) => `call:1.${String(n)}`) ?? proposed.flatMap((change) => change.hunks.map(({ id }) => id));
    if (typeof text === 'string') files.texts.set(proposed[0]?.path ?? '', text);
    else
      for (const [path, now] of Object.entries(text ?? {}))
        if (now === null) files.texts.delete(path);
        else files.texts.set(path, now);
    const io = { session: 's', call: 'call', proposed, accepted: pickHunks(proposed, new Set(ids)), signal: never };
    return prepared.tool.settle?.(prepared.input, io);
  };
  const two = { path: 'a.ts', edits: [{ old_text: 'one', new_text: '1' }, { old_text: 'seven', new_text: '7\n8' }] }; // prettier-ignore

  it('is not done while the file is as it was', async () => {
    expect(await settle(null, 'edit_file', two)).toBe('not_done');
    expect(await settle(null, 'write_file', { path: 'b.ts', content: 'new\n' })).toBe('not_done');
  });

  it('is done when it stands in the file, with the same result as ever', async () => {
    expect(await settle('1\ntwo\nthree\nfour\nfive\nsix\n7\n8\n', 'edit_file', two)).toMatchObject({
      status: 'ok',
      text: 'Applied 2 changes to a.ts: lines 1, 7-8.',
    });
    expect(await settle('one\ntwo\nthree\nfour\nfive\nsix\n7\n8\n', 'edit_file', two, [2])).toMatchObject({
      status: 'ok',
      text: 'Applied 1 of 2 changes to a.ts: lines 7-8. Not applied: change 1.1 (line 1).',
    });
    expect(await settle('new\n', 'write_file', { path: 'b.ts', content: 'new\n' })).toMatchObject({
      status: 'ok',
      text: 'Created b.ts, 1 line.',
    });
  });

  it('is told by where the file is', async () => {
    const old = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n';
    const move = { path: 'a.ts', to: 'src/a.ts' };
    expect(await settle(null, 'delete_file', { path: 'a.ts' })).toBe('not_done');
    expect(await settle(null, 'move_file', move)).toBe('not_done');
    expect(await settle({ 'a.ts': null }, 'delete_file', { path: 'a.ts' })).toMatchObject({
      status: 'ok',
      text: 'Deleted a.ts, 7 lines.',
      detail: { files: [{ path: 'a.ts', afterHash: hashText(''), saved: true }] },
    });
    expect(await settle({ 'a.ts': null, 'src/a.ts': old }, 'move_file', move)).toMatchObject({
      status: 'ok',
      text: 'Moved a.ts to src/a.ts.',
      detail: {
        files: [
          { path: 'a.ts', afterHash: hashText(''), saved: true },
          { path: 'src/a.ts', afterHash: hashText(old), saved: true },
        ],
      },
    });
    const both =
      'Its end was not seen. The files were compared:\na.ts: not moved as it should be. Look at it and at src/a.ts.';
    expect(await settle({ 'src/a.ts': old }, 'move_file', move)).toEqual({ status: 'interrupted', text: both });
    expect(await settle({ 'a.ts': null }, 'move_file', move)).toEqual({ status: 'interrupted', text: both });
  });

  it('is interrupted when the file is neither', async () => {
    expect(await settle('1\nmine\n', 'edit_file', two)).toMatchObject({
      status: 'interrupted',
      text: expect.stringContaining('somebody else') as string,
    });
  });
});
