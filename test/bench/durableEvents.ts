/** Events as a real session has them, as many as asked for: steps of reading, searching, editing and running, in turns of 40 steps. */
import type { FileState } from '../../src/core/checkpoint.ts';
import type { Event, Fact } from '../../src/core/event.ts';
import type { Entry } from '../../src/core/ports.ts';
import type { ToolResult } from '../../src/core/tool.ts';
import { environment } from '../support/events.ts';

const stepsInTurn = 40;
const hash = (n: number): string => n.toString(16).padStart(64, '0');
const source = (lines: number): string =>
  Array.from(
    { length: lines },
    (_, i) => `${String(i + 1)}\t  const value${String(i)} = compute("ä", ${String(i)});`,
  ).join('\n');

export function realisticEvents(session: string, count: number): readonly Event[] {
  return realisticEntries(count).map(({ actor, turn, step, fact }, i): Event => ({
    v: 2,
    session,
    seq: i + 1,
    atMs: 1_795_266_938_963 + i * 250,
    actor,
    turn,
    step,
    ...fact,
  }));
}

export function realisticEntries(count: number): readonly Entry[] {
  const entries: Entry[] = [];
  const add = (turn: number, step: number, ...facts: readonly Fact[]): void => {
    for (const fact of facts) entries.push({ actor: { kind: 'system', room: 'session' }, turn, step, fact });
  };
  add(0, 0, { type: 'session.started', environment, mode: 'edit', model: 'claude-sonnet', rules: [] });
  for (let turn = 1; entries.length < count; turn++) {
    const text = `Message ${String(turn)}: find out why it fails and mend it, then run the tests.`;
    add(turn, 0, { type: 'turn.started', text, attachments: [], message: null });
    for (let step = 1; step <= stepsInTurn; step++) add(turn, step, ...oneStep(turn, step));
    add(turn, stepsInTurn, {
      type: 'turn.ended',
      outcome: { kind: 'done', verified: true, summary: 'It works again.', evidence: [] },
      usage: { input: 20_000, cacheWrite: 900, cacheRead: 400_000, output: 5000 },
      costUsd: 0.21,
      ms: 90_000,
    });
  }
  return entries.slice(0, count);
}

function oneStep(turn: number, step: number): readonly Fact[] {
  const call = `toolu_${String(turn)}a${String(step)}f7e-4d1c-9b`;
  const path = `src/part${String(step % 7)}/file${String(step)}.ts`;
  const kind = (['read_file', 'edit_file', 'run_command'] as const)[step % 3] ?? 'read_file';
  const input = kind === 'run_command' ? { command: 'npm test' } : { path };
  return [
    {
      type: 'model.requested',
      model: 'claude-sonnet',
      promptHash: hash(turn * 100 + step),
      messages: 2 * step,
      attempt: 1,
    },
    {
      type: 'model.responded',
      reply: {
        model: 'claude-sonnet',
        content: [
          { type: 'text', text: `I look at \`${path}\` next, since the test names it.` },
          { type: 'tool_use', id: call, name: kind, input },
        ],
        stop: 'tool_use',
        usage: { input: 500, cacheWrite: 600, cacheRead: 30_000, output: 120 },
      },
      firstByteMs: 800,
      ms: 2400,
      costUsd: 0.0123,
    },
    { type: 'tool.requested', call, tool: kind, input, resources: [{ effect: 'read', target: path }] },
    { type: 'tool.decided', call, decision: { action: 'allow', by: { kind: 'mode', mode: 'edit' } } },
    ...(kind === 'edit_file' ? edited(call, path, step) : []),
    { type: 'tool.started', call, attempt: 'f0534d3d3d40' },
    { type: 'tool.finished', call, result: resultOf(kind, path), ms: 12 },
  ];
}

function edited(call: string, path: string, step: number): readonly Fact[] {
  const before: FileState = { kind: 'file', blob: { hash: hash(step), bytes: 2000 }, mode: 0o644 };
  const after: FileState = { kind: 'file', blob: { hash: hash(step + 1), bytes: 2040 }, mode: 0o644 };
  const hunk = {
    id: `${call}:1.1`,
    startLine: 12,
    removed: ['  return table[weight];'],
    added: ['  const row = table[Math.ceil(weight)];', '  return row;'],
    before: ['', 'export function priceOf(weight: number): number {', '  check(weight);'],
    after: ['}', '', 'export const x = 1;'],
  };
  return [
    { type: 'checkpoint.created', checkpoint: call, call, files: [{ path, state: before }] },
    {
      type: 'change.applied',
      call,
      changes: [{ path, beforeHash: hash(step), hunks: [hunk] }],
      files: [{ path, afterHash: hash(step + 1), saved: true }],
    },
    { type: 'files.changed', call, files: [{ path, before, after }] },
  ];
}

function resultOf(kind: string, path: string): ToolResult {
  switch (kind) {
    case 'read_file':
      return { status: 'ok', text: source(60), detail: { kind: 'read', path, lines: 60 } };
    case 'edit_file':
      return { status: 'ok', text: `${path}: 1 change written.` };
    default:
      return {
        status: 'ok',
        text: ' ✓ passes\n'.repeat(150),
        detail: { kind: 'command', exitCode: 0, timedOut: false, outputBytes: 1800, outputLines: 150 },
      };
  }
}
