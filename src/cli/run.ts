/** `journeyman run`: one task, one turn, one report, one exit code. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createAgent, systemClock } from '../agent.ts';
import { countLines } from '../core/change.ts';
import { JourneymanError } from '../core/error.ts';
import type { Event } from '../core/event.ts';
import type { Model } from '../core/model.ts';
import { parseRule } from '../permission/rules.ts';
import { plainShell } from '../sandbox/shell.ts';
import { readEnvironment } from '../session/environment.ts';
import { Sessions } from '../session/sessions.ts';
import { nodeFiles } from '../workspace/files.ts';
import { findRipgrep, packageRipgrep, ripgrepSearch } from '../workspace/search.ts';
import type { RunOptions } from './arguments.ts';
import { exitCodeOf } from './exit.ts';
import { chooseModel } from './model.ts';
import { atTerminal, nobody } from './person.ts';
import { storageFolder } from './storage.ts';
import { lineOf, outcomeWords, totalsWords } from './words.ts';

export async function runCommand(options: RunOptions): Promise<number> {
  const { task, output, mode, stepsMax } = options;
  const rules = options.allow.map((text) => parseRule(text, 'allow', 'cli'));
  const stop = new AbortController();
  const files = nodeFiles([await workspaceFolder(options.workspace)]);
  const { model, id }: { model: Model; id: string } = await chooseModel(options.model, process.env, stop.signal);
  const shell = plainShell();
  const hasTerminal = output === 'text' && process.stdin.isTTY && process.stderr.isTTY;
  const agent = createAgent({
    storage: storageFolder(),
    model,
    files,
    search: ripgrepSearch({ rgPath: () => findRipgrep(packageRipgrep(import.meta.filename)), folders: files.folders }),
    shell,
    approver: hasTerminal ? atTerminal() : nobody,
    ...(stepsMax === null ? {} : { limits: { stepsMax } }),
  });
  const environment = await readEnvironment(files, shell.name, hasTerminal, systemClock, stop.signal);
  const session = await new Sessions(agent).create({ environment, mode, model: id, rules });

  const show = printer(output, hasTerminal);
  session.onEvents((events) => {
    for (const event of events) show(event);
  });
  const onSignal = (): void => {
    session.stop(); // the turn ends with a report; a second signal ends the process as it is
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    const outcome = await session.run(task);
    const exitCode = exitCodeOf(outcome, session.events);
    const report = reportOf(session.id, session.events, exitCode);
    if (output === 'text') {
      process.stdout.write(
        `\n${outcomeWords(outcome)}\n${totalsWords(report.usage, report.costUsd, report.ms, report.steps)} · session ${session.id}\n`,
      );
    } else {
      process.stdout.write(`${JSON.stringify(report)}\n`);
    }
    return exitCode;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    await session.close();
  }
}

async function workspaceFolder(path: string): Promise<string> {
  const folder = resolve(path);
  const info = await stat(folder).catch(() => null);
  if (info?.isDirectory()) return folder;
  throw new JourneymanError(
    'invalid_input',
    `The workspace ${folder} ${info ? 'is no folder' : 'does not exist'}. Name the folder to work in with --workspace.`,
  );
}

/** A question is printed by who asks it, where somebody is asked. */
function printer(output: RunOptions['output'], asks: boolean): (event: Event) => void {
  if (output === 'json') return () => undefined;
  if (output === 'ndjson') return (event) => void process.stdout.write(`${JSON.stringify(event)}\n`);
  const calls = new Map<string, string>();
  return (event) => {
    const line = lineOf(event, calls);
    if (line !== null && !(asks && event.type === 'approval.requested')) process.stdout.write(`${line}\n`);
  };
}

/** The last line of `--output json` and `ndjson`. */
function reportOf(session: string, events: readonly Event[], exitCode: number) {
  const end = events.at(-1);
  if (end?.type !== 'turn.ended') throw new JourneymanError('bug', 'The turn has no end.');
  const changed = new Map<string, { added: number; removed: number }>();
  for (const event of events) {
    if (event.type !== 'change.applied') continue;
    for (const change of event.changes) {
      const before = changed.get(change.path) ?? { added: 0, removed: 0 };
      const { added, removed } = countLines([change]);
      changed.set(change.path, { added: before.added + added, removed: before.removed + removed });
    }
  }
  const { outcome, usage, costUsd, ms } = end;
  const files = [...changed].map(([path, lines]) => ({ path, ...lines }));
  return { type: 'report', session, exitCode, outcome, changes: files, steps: end.step, usage, costUsd, ms } as const;
}
