import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeFiles } from '../../src/workspace/files.ts';
import { tempFolder } from '../support/tempFolder.ts';

test.skipIf(process.platform === 'win32')(
  'a path of a command leads where its links lead, wild cards included',
  async () => {
    const root = await tempFolder();
    const [folder, out] = [join(root, 'ws'), join(root, 'out')];
    await mkdir(join(folder, 'src'), { recursive: true });
    await mkdir(out);
    await writeFile(join(out, 'secret'), '');
    await writeFile(join(folder, 'src', 'a.ts'), '');
    await symlink('../../out/secret', join(folder, 'src', 'b.ts'));
    await symlink('../out', join(folder, 'linked'));
    await symlink('src/a.ts', join(folder, 'inner'));
    const files = nodeFiles([folder]);
    const led = (path: string): readonly string[] =>
      files.leadsTo(path).map((place) => `${place.inside ? 'in' : 'out'} ${place.path.replace(root, '')}`);
    expect(led('src/a.ts')).toEqual(['in src/a.ts']);
    expect(led('src/b.ts')).toEqual(['in src/b.ts', 'out /out/secret']);
    expect(led('src/*.ts')).toEqual(['in src/*.ts', 'in src', 'out /out/secret']);
    expect(led('lin*/*.md')).toEqual(['in lin*/*.md', 'in .', 'out /out']);
    expect(led('linked/new')).toEqual(['in linked/new', 'out /out/new']);
    expect(led('inner')).toEqual(['in inner', 'in src/a.ts']);
    expect(led('none/x')).toEqual(['in none/x']);
  },
);
