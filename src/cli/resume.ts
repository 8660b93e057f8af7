/** `journeyman resume`: goes on with a session where it was, or with a further message. */
import { systemClock } from '../agent.ts';
import { JourneymanError } from '../core/error.ts';
import { fileLog } from '../log/fileLog.ts';
import { emptySession, foldAll, type Session } from '../session/fold.ts';
import { Sessions, type LiveSession } from '../session/sessions.ts';
import type { ResumeOptions } from './arguments.ts';
import { assemble, workspaceFolder } from './assembly.ts';
import { chooseSession, eventsOf, modelOf, owning, startOf } from './choose.ts';
import { openIndex } from './codeIndex.ts';
import { chooseModel } from './model.ts';
import { personOf, type Person } from './person.ts';
import { shown } from './questions.ts';
import { drive, type Beginning } from './runner.ts';
import { leaveAuto, mustHold } from './sandbox.ts';
import { storageFolder } from './storage.ts';

export async function resumeCommand(options: ResumeOptions): Promise<number> {
  const { output, mode } = options;
  const log = fileLog(storageFolder(), systemClock);
  const id = await chooseSession(log, options.session, options.session === null ? options.workspace : null);
  const events = await eventsOf(log, id);
  const { message, steer, edit } = options;
  if (message === null) mustHaveWork(foldAll(emptySession, events), id);
  const folders = await Promise.all(startOf(id, events).environment.folders.map(workspaceFolder));
  const named = options.model ?? modelOf(events);
  const chosen = await chooseModel(named, process.env, options.models.firstByteMs, new AbortController().signal);
  const person = personOf(options);
  const index = openIndex(folders);
  const { agent, sandbox } = assemble(folders, chosen, person.approver, options, index);
  const { signal } = new AbortController();
  try {
    await mustHold(sandbox, mode, signal);
    const session = await owning(id, () => new Sessions(agent).open(id));
    const isNext =
      message !== null && (edit !== null || (session.state.turn === null && session.state.queue.length === 0));
    const beginning: Beginning = {
      async prepare() {
        const { effort } = options.models;
        if (options.model !== null || mode !== null || effort !== null) {
          await session.change({
            ...(options.model !== null && { model: options.model }),
            ...(mode !== null && { mode }),
            ...(effort !== null && { effort }),
          });
        }
        const left = await leaveAuto(session, sandbox, signal);
        if (left !== null) person.tell({ type: 'note', message: left });
        await tellCut(session, person, output);
        if (message !== null && !isNext) await session.send(message, [], steer);
      },
      begin: () => {
        if (!isNext) return session.resume();
        return edit === null ? session.run(message) : session.edit(edit, message, []);
      },
    };
    return await drive(session, beginning, person, output);
  } finally {
    person.close();
    await Promise.all([agent.checkpoints.close(), sandbox.close()]);
    await index?.close();
  }
}

function mustHaveWork({ turn, queue }: Session, id: string): void {
  if (turn !== null || queue.length > 0) return;
  throw new JourneymanError(
    'invalid_input',
    `Session ${id} is at its end and nothing waits in it. Say what comes next: journeyman resume ${id} "<message>".`,
  );
}

/** What is known of a turn whose process was ended in its middle, before it goes on. */
async function tellCut(session: LiveSession, person: Person, output: ResumeOptions['output']): Promise<void> {
  const report = await session.cut();
  if (report === null || output === 'json') return;
  if (output === 'ndjson') {
    person.print(`${JSON.stringify({ type: 'recovery', session: session.id, report })}\n`);
    return;
  }
  const at = new Date(report.atMs).toISOString().slice(0, 16).replace('T', ' ');
  const lines = [...report.known, ...report.unknown.map(({ text }) => `! ${text}`)].map(shown);
  person.print(
    `It was cut off in step ${String(report.step)}, ${at} UTC.\n${lines.map((line) => `  ${line}\n`).join('')}`,
  );
}
