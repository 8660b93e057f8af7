/** The commands of the command line called in this process: what they print, and runs on the sample project by the practice model. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { RunOptions } from '../../src/cli/arguments.ts';
import { defaultBudgets } from '../../src/core/budget.ts';
import { runCommand } from '../../src/cli/run.ts';
import { tempFolder } from '../support/tempFolder.ts';

export interface Printed {
  /** All since the last call. */
  take(): string;
}

/** For one test: sessions of its own, and standard output caught. */
export async function ownCli(): Promise<Printed> {
  let printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  vi.stubEnv('JOURNEYMAN_HOME', await tempFolder());
  return {
    take() {
      const all = printed;
      printed = '';
      return all;
    },
  };
}

export async function run(options: Partial<RunOptions>): Promise<{ exitCode: number; workspace: string }> {
  const workspace = await tempFolder();
  cpSync(join(import.meta.dirname, '../../media/sample'), workspace, { recursive: true });
  const defaults = {
    task: 'Heavy parcels are quoted too low',
    output: 'json',
    mode: 'ask',
    allow: [],
    ask: [],
    deny: [],
    budgets: defaultBudgets,
    questionMs: null,
    sandbox: true,
    models: { effort: null, routes: {}, fallbackModel: null, firstByteMs: null },
    model: 'practice',
    input: 'terminal',
    whenAlone: 'suspend',
  } as const;
  const exitCode = await runCommand({ ...defaults, workspace, ...options });
  return { exitCode, workspace };
}
