import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { editorRipgrep, findRipgrep, packageRipgrep, ripgrepSearch } from '../../src/workspace/search.ts';
import { never, thrownBy } from '../contract/contract.ts';
import { searchContract } from '../contract/search.ts';
import { tempFolder } from '../support/tempFolder.ts';

const rgPath = (): string => findRipgrep(packageRipgrep(import.meta.url));
const query = {
  pattern: 'needle',
  regex: false,
  caseSensitive: false,
  path: null,
  glob: null,
  contextLines: 0,
  matchesMax: 100,
};

describe('search by ripgrep', () => {
  it.each(searchContract)('$name', (contract) =>
    contract.run(async (texts) => ripgrepSearch({ rgPath, folders: [await tempFolder(texts)] })),
  );

  it('does not follow a link out of the workspace', async () => {
    const folder = await tempFolder();
    await symlink('/etc', join(folder, 'etc'));
    const search = ripgrepSearch({ rgPath, folders: [folder] });
    expect((await thrownBy(search.text({ ...query, path: 'etc' }, never))).code).toBe('denied');
    expect((await thrownBy(search.text({ ...query, glob: 'etc/**' }, never))).code).toBe('denied');
  });

  it('ends at once when stopped in the middle', async () => {
    const stop = new AbortController();
    const search = ripgrepSearch({ rgPath, folders: [await tempFolder({ 'a.ts': 'needle' })] });
    const work = search.text(query, stop.signal);
    stop.abort(new DOMException('stopped', 'AbortError'));
    expect((await thrownBy(work)).message).toBe('stopped');
  });
});

describe('finding ripgrep', () => {
  it('takes the first candidate that is there, then the PATH', async () => {
    const folder = await tempFolder();
    const real = rgPath();
    expect(findRipgrep([join(folder, 'rg'), real], '')).toBe(real);
    expect(findRipgrep([], join(real, '..'))).toBe(real);
  });

  it('says what to install', () => {
    expect(() => findRipgrep([], '')).toThrow('Install ripgrep so that `rg` is on the PATH');
  });

  it('knows where editors keep theirs', () => {
    expect(editorRipgrep('/app')).toContain(
      join('/app', 'node_modules', '@vscode', 'ripgrep', 'bin', process.platform === 'win32' ? 'rg.exe' : 'rg'),
    );
  });
});
