/**
 * A session of many kinds of steps with a world that tells repetitions: real tools on files in memory, a shell that writes down what it
 * ran, a model whose next reply depends on the conversation alone.
 */
import type { Event } from '../../src/core/event.ts';
import type { Model, Prompt, Reply } from '../../src/core/model.ts';
import type { Approver, Blobs, EventLog, Shell } from '../../src/core/ports.ts';
import type { Agent } from '../../src/session/agent.ts';
import { createTools } from '../../src/tools/catalogue.ts';
import { fakeAgent } from './fakeAgent.ts';
import { fakeBlobs } from './fakeKeeping.ts';
import { call, calls, text } from './fakeModel.ts';
import { memoryFiles, type MemoryFiles } from './memoryFiles.ts';

export interface World {
  readonly files: MemoryFiles;
  /** Lines that the shell has run, in order. */
  readonly ran: string[];
  /** How often each reply was given, by its place. */
  readonly asked: number[];
  readonly spools: Map<string, string>;
}

export function newWorld(): World {
  return {
    files: memoryFiles({ 'a.txt': 'one\ntwo\nthree\n', 'b.txt': 'x\n', 'c.txt': 'c\n' }),
    ran: [],
    asked: [],
    spools: new Map(),
  };
}

const edit = (id: string, path: string, from: string, to: string) =>
  call('edit_file', { path, edits: [{ old_text: from, new_text: to }] }, id);
const run = (id: string, command: string) => call('run_command', { command }, id);
const read = (id: string, path: string) => call('read_file', { path }, id);

export const script: readonly Reply[] = [
  calls(read('r1', 'a.txt'), read('r2', 'b.txt'), read('r3', 'none.txt')),
  calls(edit('e1', 'a.txt', 'two', '2'), run('c1', 'make one')),
  calls(call('write_file', { path: 'new.txt', content: 'fresh\n' }, 'w1'), edit('e2', 'a.txt', 'three', '3')),
  calls(run('c2', 'npm test'), read('r4', 'new.txt'), edit('e3', 'b.txt', 'x', 'y')),
  text('All done.'),
];

/** Answers with the reply of the script that comes next, counted by the replies in the prompt. */
export function scriptModel(world: World, replies: readonly Reply[] = script): Model {
  return {
    reply(prompt: Prompt) {
      const at = prompt.messages.filter(({ role }) => role === 'assistant').length;
      world.asked[at] = (world.asked[at] ?? 0) + 1;
      const reply = replies[at];
      return reply ? Promise.resolve(reply) : Promise.reject(new Error(`no reply ${String(at)}`));
    },
    list: () => Promise.resolve([]),
    costUsd: () => 0.01,
  };
}

export const saysYes: Approver = {
  ask: () => Promise.resolve({ action: 'allow', by: { kind: 'user' } }),
};

export function worldShell(world: World): Shell {
  return {
    name: 'bash',
    run({ line }, onOutput) {
      world.ran.push(line);
      onOutput(`ran ${line}\n`);
      const output = `ran ${line}\n`;
      return Promise.resolve({
        exitCode: 0,
        signal: null,
        timedOut: false,
        output,
        outputBytes: output.length,
        outputLines: 1,
        ms: 1,
        held: 'none',
      });
    },
  };
}

export function worldAgent(world: World, log?: EventLog, parts: Partial<Agent> = {}): Agent {
  const blobs: Blobs = fakeBlobs(world.spools);
  const search = { text: () => Promise.reject(new Error('not used')) };
  const tools = createTools({ files: world.files, search, shell: worldShell(world) });
  return fakeAgent(parts.model ?? scriptModel(world), tools, {
    files: world.files,
    blobs,
    approver: saysYes,
    ...(log ? { log } : {}),
    ...parts,
  });
}

/** What happened, without what differs from life to life. */
export function gist(events: readonly Event[]): readonly unknown[] {
  const told = new Set([
    'tool.decided',
    'tool.finished',
    'change.applied',
    'model.responded',
    'turn.ended',
    'turn.started',
  ]);
  return events
    .filter(({ type }) => told.has(type))
    .map((event) => {
      if (event.type === 'tool.finished') return [event.type, event.call, event.result];
      if (event.type === 'turn.ended') {
        const { outcome } = event;
        const evidence = 'evidence' in outcome ? outcome.evidence.map((one) => [one.text, one.passed, one.stale]) : [];
        return [event.type, { ...outcome, evidence }];
      }
      if (event.type === 'model.responded') return [event.type, event.reply];
      return 'call' in event ? [event.type, event.call] : [event.type];
    });
}
