/** One session while it runs at the command line, whoever began it: shown, steered, ended, reported. */
import { countLines } from '../core/change.ts';
import { JourneymanError, toError } from '../core/error.ts';
import type { Event } from '../core/event.ts';
import { heldFor } from '../session/budget.ts';
import type { LiveSession } from '../session/sessions.ts';
import type { TurnEnd } from '../session/turn.ts';
import type { Output } from './arguments.ts';
import { carryOut, type Control } from './control.ts';
import { exitCodeOf, exitCodes } from './exit.ts';
import type { Hears, Person } from './person.ts';
import { lineOf, outcomeWords, totalsWords, withoutControls } from './words.ts';

/** Why a session rests although its work has no end yet. */
type Rest = 'signal' | 'question' | 'pause' | 'budget' | 'stall';

/** What a run begins with. */
export interface Beginning {
  /** Begun just now: what is in its log already was not shown to anybody. */
  readonly isNew?: true;
  /** Before anybody is heard. */
  readonly prepare?: () => Promise<void>;
  readonly begin: () => Promise<TurnEnd | null>;
}

/** Closes the session at the end, and gives the exit code. */
export async function drive(
  session: LiveSession,
  { isNew, prepare, begin }: Beginning,
  person: Person,
  output: Output,
): Promise<number> {
  const show = printer(output, person, session.events);
  if (isNew) for (const event of session.events) show(event);
  session.onEvents((events) => {
    for (const event of events) show(event);
  });

  let rest: Rest | null = null;
  let wish: 'resume' | 'leave' | 'conclude' | null = null;
  let gone = !person.attended;
  let wake: () => void = () => undefined;
  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => (closed ??= session.close());
  const suspend = (why: Rest): void => {
    rest ??= why;
    close().catch(() => undefined); // awaited at the end
    wake();
  };
  const resting = (): Rest | null => rest;
  const stop = (): void => {
    if (session.running) session.stop();
    else wish = 'leave';
    wake();
  };
  const interrupt = (): void => {
    process.off('SIGINT', interrupt); // a second one ends the process as it is
    stop();
  };
  const hangUp = (): void => {
    suspend('signal');
  };

  const hear = async (control: Control): Promise<void> => {
    switch (control.type) {
      case 'pause':
        return session.pause();
      case 'resume':
        if (!session.state.paused) person.tell({ type: 'note', message: 'It is not paused.' });
        else if (session.running) await session.resume();
        else wish = 'resume';
        {
          wake();
          return;
        }
      case 'stop': {
        stop();
        return;
      }
      case 'go_on':
      case 'conclude': {
        if (!session.state.paused || session.running) {
          person.tell({ type: 'note', message: 'It is not paused.' });
          return;
        }
        if (control.type === 'go_on') {
          const { add, hint } = control;
          if (add) await session.addBudget(add.scope, add.unit, add.amount);
          if (hint !== undefined) await session.send(hint, [], true);
        }
        wish = control.type === 'go_on' ? 'resume' : 'conclude';
        wake();
        return;
      }
      default:
        return carryOut(control, session, person.asks);
    }
  };
  let heard = Promise.resolve();
  const hears: Hears = {
    control(control) {
      // One after the other, in the order in which they were said.
      heard = heard
        .then(() => hear(control))
        .catch((thrown: unknown) => {
          const { message } = toError(thrown);
          person.tell({ type: 'error', message, line: JSON.stringify(control).slice(0, 200) });
        });
    },
    gone() {
      gone = true;
      wake();
    },
    waits() {
      suspend('question');
    },
  };
  const nextWish = async (): Promise<typeof wish> => {
    person.tell({ type: 'paused', message: pausedWords(session) });
    for (;;) {
      await heard;
      const wished = wish;
      wish = null;
      if (wished !== null || gone || rest !== null) return wished;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };

  process.stdout.on('error', hangUp); // nobody reads any more
  try {
    await prepare?.();
    person.listen(session, hears);
    process.on('SIGINT', interrupt).on('SIGTERM', hangUp).on('SIGHUP', hangUp);
    let end = await begin();
    while (end !== null && resting() === null) {
      await heard;
      const { paused, queue } = session.state;
      if (end.kind === 'held' || (end.kind === 'done' && paused && queue.length > 0)) {
        const wished = await nextWish();
        if (wished === 'resume') end = await session.resume();
        else if (wished === 'leave') {
          await session.leave();
          break;
        } else if (wished === 'conclude' || (!person.attended && heldFor(session.state) !== null)) {
          await session.conclude();
          break;
        } else rest ??= restOf(session);
      } else if (end.kind === 'done' && queue.length > 0) {
        end = await session.resume(); // said while it came to its end
      } else break;
    }
    const why = resting();
    const ended = await session.endCommands();
    return why === null ? tellEnd(session, ended, person, output) : tellRest(session, why, person, output);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', hangUp).off('SIGHUP', hangUp);
    person.close();
    await close();
    process.stdout.off('error', hangUp);
  }
}

/** A question is printed by who asks it, where somebody is asked. */
function printer(output: Output, person: Person, before: readonly Event[]): (event: Event) => void {
  if (output === 'json') return () => undefined;
  if (output === 'ndjson') {
    return (event) => {
      person.print(`${JSON.stringify(event)}\n`);
    };
  }
  const calls = new Map<string, string>();
  for (const event of before) lineOf(event, calls); // what goes on now may have been asked for then
  return (event) => {
    const line = lineOf(event, calls);
    if (line === null || (person.showsQuestions && event.type === 'approval.requested')) return;
    person.print(`${withoutControls(line)}\n`);
  };
}

/** `ended`: lines of commands that ran in the background until now. */
function tellEnd(session: LiveSession, ended: readonly string[], person: Person, output: Output): number {
  const report = { ...reportOf(session), ...(ended.length > 0 && { ended }) };
  const { usage, costUsd, ms, steps, outcome, exitCode } = report;
  if (output !== 'text') person.print(`${JSON.stringify(report)}\n`);
  else {
    person.print(
      `\n${outcomeWords(outcome)}\n${totalsWords(usage, costUsd, ms, steps)} · session ${session.id}\n${endedWords(ended)}${waitingWords(session)}`,
    );
  }
  return exitCode;
}

function endedWords(lines: readonly string[]): string {
  return lines.map((line) => `Ended with the run: ${withoutControls(line.replaceAll('\n', ' ⏎ '))}\n`).join('');
}

function waitingWords({ id, state: { queue } }: LiveSession): string {
  if (queue.length === 0) return '';
  const messages = queue.length === 1 ? '1 message waits' : `${String(queue.length)} messages wait`;
  return `${messages}: journeyman resume ${id}\n`;
}

/** The last line of `--output json` and `ndjson`: of the last turn, with the changes of the whole session. */
function reportOf({ id, events }: LiveSession) {
  const end = events.findLast((event) => event.type === 'turn.ended');
  if (end === undefined) throw new JourneymanError('bug', 'The turn has no end.');
  const changed = new Map<string, { added: number; removed: number }>();
  for (const event of events) {
    if (event.type !== 'change.applied') continue;
    for (const change of event.changes) {
      const before = changed.get(change.path) ?? { added: 0, removed: 0 };
      const { added, removed } = countLines([change]);
      changed.set(change.path, { added: before.added + added, removed: before.removed + removed });
    }
  }
  const { outcome, usage, costUsd, ms, step: steps } = end;
  const exitCode = exitCodeOf(
    outcome,
    events.filter(({ turn }) => turn === end.turn),
  );
  const changes = [...changed].map(([path, lines]) => ({ path, ...lines }));
  return { type: 'report', session: id, exitCode, outcome, changes, steps, usage, costUsd, ms } as const;
}

function pausedWords({ state }: LiveSession): string {
  const why = heldFor(state);
  if (why === null) return 'Paused.';
  const how =
    why.code === 'stalled'
      ? '/resume lets it go on, /steer TEXT and /resume give it a hint, /finish ends it with a report.'
      : '/more AMOUNT adds to it and goes on, /finish ends it with a report.';
  return `Paused: ${why.message} ${how}`;
}

function restOf({ state }: LiveSession): Rest {
  const why = heldFor(state);
  return why === null ? 'pause' : why.code === 'stalled' ? 'stall' : 'budget';
}

const restWords: Readonly<Record<Rest, string>> = {
  signal: 'Suspended before the end',
  question: 'Suspended: a question waits for you',
  pause: 'Paused',
  budget: 'Paused: a budget is used',
  stall: 'Paused: it was going in circles',
};

const restCodes: Readonly<Record<Rest, number>> = {
  signal: exitCodes.interrupted,
  question: exitCodes.needsPerson,
  pause: exitCodes.interrupted,
  budget: exitCodes.budget,
  stall: exitCodes.partial,
};

function tellRest({ id }: LiveSession, rest: Rest, person: Person, output: Output): number {
  const exitCode = restCodes[rest];
  const message = `${restWords[rest]}. "journeyman resume ${id}" goes on where it was.`;
  if (output === 'text') person.print(`\n${message}\n`);
  else person.print(`${JSON.stringify({ type: 'suspended', session: id, exitCode, why: rest, message })}\n`);
  return exitCode;
}
