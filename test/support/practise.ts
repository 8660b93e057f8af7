/** The practice model at work on a copy of the sample project: real session, real files, a scripted person. */
import { cp } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { createAgent } from '../../src/agent.ts';
import { pickHunks } from '../../src/core/change.ts';
import type { Event } from '../../src/core/event.ts';
import type { TurnEnd } from '../../src/session/turn.ts';
import type { Decision, Mode } from '../../src/core/permission.ts';
import type { Approval, Shell } from '../../src/core/ports.ts';
import { practiceModel } from '../../src/model/practice.ts';
import { Sessions, type LiveSession } from '../../src/session/sessions.ts';
import { nodeFiles } from '../../src/workspace/files.ts';

const sample = path.resolve(import.meta.dirname, '../../media/sample');

export const yes: Decision = { action: 'allow', by: { kind: 'user' } };
/** Approves a plan: the work goes on in this mode. */
export const go: Decision = { action: 'allow', by: { kind: 'user' }, mode: 'ask' };
export const no = (reason = '', more: { stop?: boolean } = {}): Decision => ({
  action: 'deny',
  by: { kind: 'user' },
  reason,
  ...more,
});

/** Accepts all but these hunks (`1.2`), which are rejected with the reason. */
export function allBut(rejected: Readonly<Record<string, string>>, approval: Approval): Decision {
  if (approval.question.kind !== 'edits') throw new Error('no edits to decide on');
  const { changes } = approval.question;
  const ids = changes.flatMap(({ hunks }) => hunks.map(({ id }) => id));
  const left = (id: string): string | undefined => rejected[id.slice(id.lastIndexOf(':') + 1)];
  const accepted = pickHunks(changes, new Set(ids.filter((id) => left(id) === undefined)));
  const hunks = ids.flatMap((hunk) => {
    const reason = left(hunk);
    return reason === undefined ? [] : [{ hunk, verdict: 'rejected' as const, ...(reason === '' ? {} : { reason }) }];
  });
  return { action: 'allow', by: { kind: 'user' }, accepted, hunks };
}

export interface Practice {
  readonly folder: string;
  readonly session: LiveSession;
  /** Says it, and waits for the end of the turn. */
  say(text: string): Promise<TurnEnd>;
  /** What happened since the last look: one line a call, with what came of it, and each text. */
  seen(): readonly string[];
  read(file: string): string;
}

export async function practise(
  folder: string,
  answer: (approval: Approval) => Decision,
  { mode = 'ask', shell = pretendShell(folder), of = sample }: { mode?: Mode; shell?: Shell; of?: string } = {},
): Promise<Practice> {
  const work = path.join(folder, 'work');
  if (!existsSync(work)) await cp(of, work, { recursive: true });
  const files = nodeFiles([work]);
  const agent = createAgent({
    storage: path.join(folder, 'storage'),
    model: practiceModel({ startMs: 0, pieceMs: 0 }),
    files,
    search: { text: () => Promise.resolve({ matches: [], truncated: false }) },
    shell,
    approver: { ask: (approval) => Promise.resolve(answer(approval)) },
  });
  const environment = {
    folders: [work],
    platform: 'linux',
    shell: 'bash',
    date: '2026-11-21',
    attended: true,
    topLevel: [],
    instructions: [],
  };
  const session = await new Sessions(agent).create({ environment, mode, model: 'practice', rules: [] });
  onTestFinished(() => session.close());
  let looked = 0;
  return {
    folder: work,
    session,
    say: (text) => session.run(text),
    seen: () => {
      const lines = linesOf(session.events, looked);
      looked = session.events.length;
      return lines;
    },
    read: (file) => readFileSync(path.join(work, file), 'utf8'),
  };
}

/** `npm test` as it would end, judged by what the sample's code says; a real run takes a second. */
function pretendShell(folder: string): Shell {
  return {
    name: 'bash',
    run: ({ line }) => {
      const work = path.join(folder, 'work');
      const passes = line.includes('zones')
        ? existsSync(path.join(work, 'test/zones.test.js'))
        : readFileSync(path.join(work, 'src/rates.js'), 'utf8').includes('Math.ceil');
      const output = passes ? 'pass 9' : 'not ok 9 - a started kilogram is charged like a whole one';
      return Promise.resolve({
        exitCode: passes ? 0 : 1,
        signal: null,
        timedOut: false,
        output,
        outputBytes: output.length,
        outputLines: 1,
        ms: 5,
        held: 'none',
      });
    },
  };
}

function linesOf(events: readonly Event[], from: number): readonly string[] {
  const ends = new Map<string, string>();
  for (const event of events) {
    if (event.type !== 'tool.finished') continue;
    const { status, text } = event.result;
    ends.set(event.call, /\[(exit code \d+)/.exec(text)?.[1] ?? status);
  }
  return events.slice(from).flatMap((event) => {
    if (event.type === 'model.responded')
      return event.reply.content.flatMap((block) => (block.type === 'text' ? [block.text] : []));
    if (event.type !== 'tool.requested') return [];
    const { path: file, command } = event.input as { path?: string; command?: string };
    const what = [event.tool, command ?? file ?? ''].join(' ').trim();
    return [`${what}: ${ends.get(event.call) ?? 'no end'}`];
  });
}
