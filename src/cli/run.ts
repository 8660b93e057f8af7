/** `journeyman run`: one task, one report, one exit code. */
import { systemClock } from '../agent.ts';
import { parseRule } from '../permission/rules.ts';
import { readEnvironment } from '../session/environment.ts';
import { Sessions } from '../session/sessions.ts';
import type { RunOptions } from './arguments.ts';
import { assemble, workspaceFolder } from './assembly.ts';
import { openIndex } from './codeIndex.ts';
import { chooseModel } from './model.ts';
import { personOf } from './person.ts';
import { drive } from './runner.ts';
import { mustHold } from './sandbox.ts';

export async function runCommand(options: RunOptions): Promise<number> {
  const { task, output, mode, workspace } = options;
  const rules = (['allow', 'ask', 'deny'] as const).flatMap((action) =>
    options[action].map((text) => parseRule(text, action, 'cli')),
  );
  const folder = await workspaceFolder(workspace);
  const { signal } = new AbortController();
  const chosen = await chooseModel(options.model, process.env, options.models.firstByteMs, signal);
  const person = personOf(options);
  const index = openIndex([folder]);
  const { agent, files, shell, sandbox } = assemble([folder], chosen, person.approver, options, index);
  try {
    await mustHold(sandbox, mode, signal);
    const { guides } = agent;
    const place = { files, shell: shell.name, attended: person.attended, guides, clock: systemClock };
    const { environment, faults } = await readEnvironment(place, signal);
    const session = await new Sessions(agent).create({ environment, mode, model: chosen.id, rules, faults });
    const { effort } = options.models;
    if (effort !== null) await session.change({ effort });
    return await drive(session, { isNew: true, begin: () => session.run(task) }, person, output);
  } finally {
    person.close();
    await Promise.all([agent.checkpoints.close(), sandbox.close()]);
    await index?.close();
  }
}
