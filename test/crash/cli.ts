/** The command line as it is shipped, built for a test into a folder of its own, so that no other build changes it meanwhile. */
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

export interface BuiltCli {
  readonly path: string;
  remove(): void;
}

/** A copy of what `npm run build` made. Inside the project: the search program is found from there. */
export function copyOfBuild(): BuiltCli {
  const folder = join(root, 'out', `crash-${String(process.pid)}`);
  mkdirSync(folder, { recursive: true });
  cpSync(join(root, 'dist'), folder, { recursive: true, filter: (path) => !/[/\\]test$/.test(path) });
  return made(folder);
}

/** Built here, for a test that runs without a build. */
export async function freshBuild(): Promise<BuiltCli> {
  const { build } = await import('esbuild');
  const folder = join(root, 'out', `crash-${String(process.pid)}`);
  await build({
    absWorkingDir: root,
    entryPoints: [{ in: 'src/cli.ts', out: 'cli' }],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    define: { 'import.meta.filename': JSON.stringify(join(folder, 'cli.mjs')), JOURNEYMAN_VERSION: '"test"' },
    logLevel: 'warning',
  });
  return { ...made(folder), path: join(folder, 'cli.mjs') };
}

function made(folder: string): BuiltCli {
  return {
    path: join(folder, 'cli.js'),
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
