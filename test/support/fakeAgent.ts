/** An agent of fakes: a log in memory, time that stands still, tools that do what a test says. */
import { noBudget, noBudgets, type Budget, type Budgets } from '../../src/core/budget.ts';
import type { ChangeSet, Hunk } from '../../src/core/change.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Model } from '../../src/core/model.ts';
import type { Decision, Effect } from '../../src/core/permission.ts';
import type { Plan } from '../../src/core/plan.ts';
import type { Approval, ApprovalNews, Approver, Files } from '../../src/core/ports.ts';
import type { Tool, ToolIo, ToolResult } from '../../src/core/tool.ts';
import { memoryLog } from '../../src/log/memoryLog.ts';
import { fakeBlobs, noCheckpoints } from './fakeKeeping.ts';
import type { Agent } from '../../src/session/agent.ts';
import { fakeClock } from './events.ts';

export function fakeAgent(model: Model, tools: readonly Tool[] = [], parts: Partial<Agent> = {}): Agent {
  const clock = parts.clock ?? fakeClock();
  let ids = 0;
  return {
    log: memoryLog(clock),
    model,
    tools,
    files: fakeFiles,
    blobs: fakeBlobs(),
    checkpoints: noCheckpoints,
    approver: fakeApprover(),
    clock,
    newId: () => `id-${String(++ids)}`,
    limits: { replyTokensMax: 1000, contextTokens: 6000 },
    ...parts,
  };
}

/** Of a turn. */
export function limitsOf(turn: Partial<Budget>): Budgets {
  return { ...noBudgets, turn: { ...noBudget, ...turn } };
}

const unused = (): never => {
  throw new Error('not used in this test');
};
const locate: Files['locate'] = (path) => ({
  path,
  absolute: `/w/${path}`,
  inside: !path.startsWith('/') && !path.startsWith('..'),
});
const fakeFiles: Files = {
  folders: ['/w'],
  locate,
  leadsTo: (path) => [locate(path)],
  read: unused,
  list: unused,
  apply: unused,
  tidy: unused,
};

type Answer = Decision | ((approval: Approval, news: ApprovalNews, signal: AbortSignal) => Promise<Decision>);

/** Nobody listens to what is said while a question waits. */
export const noNews: ApprovalNews = { hunk: () => undefined, rebased: () => undefined };

/** Gives the answers in turn; fails when asked more often. `asked` keeps the questions. */
export function fakeApprover(...answers: readonly Answer[]): Approver & { readonly asked: Approval[] } {
  const asked: Approval[] = [];
  return {
    asked,
    ask(approval, news, signal) {
      asked.push(approval);
      const answer = answers[asked.length - 1];
      if (answer === undefined) throw new Error(`nobody expected question ${String(asked.length)}`);
      return typeof answer === 'function' ? answer(approval, news, signal) : Promise.resolve(answer);
    },
  };
}

interface FakeInput {
  readonly target: string;
}
const schema: JsonObject = {
  type: 'object',
  properties: { target: { type: 'string' } },
  required: ['target'],
  additionalProperties: true,
};

export function fakeTool(
  name: string,
  effect: Effect,
  run: (input: FakeInput, io: ToolIo) => Promise<ToolResult> | ToolResult,
): Tool<FakeInput> {
  return {
    name,
    description: name,
    schema,
    timeoutMs: 60_000,
    parse: (input) => input as unknown as FakeInput,
    resources: ({ target }) => [{ effect, target }],
    run: (input, io) => Promise.resolve(run(input, io)),
  };
}

export const look = fakeTool('look', 'read', ({ target }) => ({ status: 'ok', text: `saw ${target}` }));

/** `input.target` is the command line; ends with exit code 0 unless it says `fail`. */
export const command: Tool<FakeInput> = {
  ...fakeTool('run_command', 'execute', ({ target }) => ({
    status: 'ok',
    text: `ran ${target}`,
    detail: {
      kind: 'command',
      exitCode: target.includes('fail') ? 1 : 0,
      timedOut: false,
      outputBytes: 0,
      outputLines: 0,
    },
  })),
  schema: { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] },
  parse: (input) => ({ target: (input as { command: string }).command }),
};

export function hunk(id: string): Hunk {
  return { id, startLine: 1, removed: ['old'], added: ['new'], before: [], after: [] };
}

/** Proposes two hunks in `target` and applies what was accepted. */
export const edit: Tool<FakeInput> = {
  ...fakeTool('edit', 'write', (_input, { accepted }) => {
    const applied = accepted ?? [];
    const files = applied.map(({ path }) => ({ path, afterHash: 'after', saved: true }));
    return {
      status: 'ok',
      text: `applied ${String(applied.flatMap(({ hunks }) => hunks).length)}`,
      detail: { kind: 'edit', applied, files },
    };
  }),
  propose: ({ target }, call): Promise<ChangeSet> =>
    Promise.resolve([{ path: target, beforeHash: 'before', hunks: [hunk(`${call}:1.1`), hunk(`${call}:1.2`)] }]),
};

export const plan: Tool<Plan> = {
  name: 'update_plan',
  description: 'plan',
  schema: { type: 'object', properties: { items: {}, doneWhen: {} } },
  timeoutMs: 1000,
  parse: (input) => input as unknown as Plan,
  resources: () => [{ effect: 'plan', target: 'plan' }],
  run: (input) => Promise.resolve({ status: 'ok', text: 'noted', detail: { kind: 'plan', plan: input } }),
};
