import { existsSync } from 'node:fs';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { ownerMark } from '../../src/sandbox/processes.ts';
import { clearAbandoned, temporaryFolder } from '../../src/sandbox/temporary.ts';
import { tempFolder } from '../support/tempFolder.ts';

test.skipIf(process.platform !== 'linux')(
  'temporary folders of processes that have ended are cleared with all in them, and nothing else',
  async () => {
    const parent = await tempFolder();
    const [pid = '', start = '', namespace = ''] = ownerMark().split('.');
    const earlier = String(Number(start) - 1);
    const own = temporaryFolder(parent);
    // The number of a living process that was started later than the owner: another one.
    const gone = [`journeyman-tmp-${pid}.${earlier}.${namespace}.AbCdEf`, `journeyman-tmp-99999999.1.${namespace}.x`];
    const kept = [
      basename(own),
      `journeyman-tmp-${pid}.${earlier}.1.x`, // of another container
      'journeyman-tmp-AbCdEf',
      `other-${pid}.${earlier}.${namespace}.x`,
    ];
    for (const name of [...gone, ...kept]) await mkdir(join(parent, name, 'go-build/a'), { recursive: true });
    const elsewhere = await tempFolder();
    await writeFile(join(elsewhere, 'mine'), 'x');
    const link = `journeyman-tmp-${pid}.${earlier}.${namespace}.link`;
    await symlink(elsewhere, join(parent, link));
    await symlink(elsewhere, join(parent, gone[0] ?? '', 'out'));
    await clearAbandoned(parent);
    expect((await readdir(parent)).sort()).toEqual([...kept, link].sort());
    expect(existsSync(join(elsewhere, 'mine'))).toBe(true);
    await clearAbandoned(join(parent, 'not there'));
  },
);

test.skipIf(process.platform === 'win32')(
  'where no start of a process is told, its number alone says whether it lives',
  async () => {
    const parent = await tempFolder();
    const namespace = ownerMark().split('.')[2] ?? '';
    const [gone, lives] = [
      `journeyman-tmp-99999999..${namespace}.x`,
      `journeyman-tmp-${String(process.pid)}..${namespace}.x`,
    ];
    for (const name of [gone, lives]) await mkdir(join(parent, name));
    await clearAbandoned(parent);
    expect(await readdir(parent)).toEqual([lives]);
  },
);
