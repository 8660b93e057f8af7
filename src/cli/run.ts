/** `journeyman run`: one task, one report, one exit code. */
import { systemClock } from '../agent.ts';
import { guideFiles, guideHome } from '../memory/guideFiles.ts';
import { tighter } from '../memory/promptFiles.ts';
import { slashMessage } from '../memory/slash.ts';
import { isSecret } from '../permission/names.ts';
import { parseRule } from '../permission/rules.ts';
import { readEnvironment } from '../session/environment.ts';
import { Sessions } from '../session/sessions.ts';
import { nodeFiles } from '../workspace/files.ts';
import type { RunOptions } from './arguments.ts';
import { assemble, workspaceFolder } from './assembly.ts';
import { openIndex } from './codeIndex.ts';
import { chooseModel } from './model.ts';
import { personOf } from './person.ts';
import { drive } from './runner.ts';
import { mustHold } from './sandbox.ts';

export async function runCommand(options: RunOptions): Promise<number> {
  const { output, workspace } = options;
  const rules = (['allow', 'ask', 'deny'] as const).flatMap((action) =>
    options[action].map((text) => parseRule(text, action, 'cli')),
  );
  const folder = await workspaceFolder(workspace);
  const { signal } = new AbortController();
  const guides = guideFiles({ files: nodeFiles([folder]), home: guideHome(), isTrusted: () => true, isSecret });
  const slash = await slashMessage(guides, options.task, signal);
  const { text: task, model } = slash ?? { text: options.task, model: null };
  const mode = tighter(options.mode, slash?.mode ?? null);
  const chosen = await chooseModel(options.model ?? model, process.env, options.models.firstByteMs, signal);
  const person = personOf(options);
  const index = openIndex([folder]);
  const { agent, files, shell, sandbox } = assemble([folder], chosen, person.approver, options, index);
  try {
    await mustHold(sandbox, mode, signal);
    const { attended } = person;
    const place = { files, shell: shell.name, attended, guides: agent.guides, clock: systemClock };
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
