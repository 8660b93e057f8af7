/** The command line: the same agent without an editor. Each command loads only what it needs. */
import { JourneymanError, toError } from './core/error.ts';
import { parseCommandLine } from './cli/arguments.ts';
import { exitCodes } from './cli/exit.ts';

/** Set by the build, from package.json. */
declare const JOURNEYMAN_VERSION: string;

async function main(argv: readonly string[]): Promise<number> {
  const command = parseCommandLine(argv);
  switch (command.name) {
    case 'help':
      process.stdout.write(command.text);
      return command.exitCode;
    case 'version':
      process.stdout.write(`${JOURNEYMAN_VERSION}\n`);
      return 0;
    case 'run':
      return (await import('./cli/run.ts')).runCommand(command.options);
    case 'resume':
      return (await import('./cli/resume.ts')).resumeCommand(command.options);
    case 'selectBatch':
      return (await import('./cli/selectBatch.ts')).selectBatch();
    case 'select':
      return (await import('./cli/select.ts')).selectCommand(command.options);
    case 'index':
      return (await import('./cli/index.ts')).indexCommand(command.options);
    case 'audit':
      return (await import('./cli/audit.ts')).auditCommand(command.options);
    case 'modelTest':
      return (await import('./cli/modelTest.ts')).modelTestCommand(command.options);
    case 'redact':
      return (await import('./cli/redact.ts')).redactCommand();
    case 'redactBatch':
      return (await import('./cli/redact.ts')).redactBatch();
    case 'permission':
      return (await import('./cli/permission.ts')).permissionCommand(command.options);
    case 'hooks':
      return (await import('./cli/hooks.ts')).hooksCommand(command.options);
    case 'memory':
      return (await import('./cli/memory.ts')).memoryCommand(command.options);
    case 'rules':
      return (await import('./cli/permission.ts')).rulesCommand(command.options);
    case 'trustRules':
      return (await import('./cli/permission.ts')).trustRulesCommand(command.options);
    case 'permissionBatch':
      return (await import('./cli/permission.ts')).permissionBatch();
    case 'sessions':
      return (await import('./cli/sessions.ts')).sessionsCommand(command.options);
    case 'log':
      return (await import('./cli/log.ts')).logCommand(command.options);
    case 'replay':
      return (await import('./cli/replay.ts')).replayCommand(command.options);
    case 'checkpoints':
      return (await import('./cli/checkpoints.ts')).checkpointsCommand(command.options);
    case 'restore':
      return (await import('./cli/restore.ts')).restoreCommand(command.options);
    case 'fork':
      return (await import('./cli/manage.ts')).forkCommand(command.options);
    case 'rename':
      return (await import('./cli/manage.ts')).renameCommand(command.options);
    case 'close':
      return (await import('./cli/manage.ts')).closeCommand(command.options);
    case 'delete':
      return (await import('./cli/manage.ts')).deleteCommand(command.options);
    case 'export':
      return (await import('./cli/transfer.ts')).exportCommand(command.options);
    case 'import':
      return (await import('./cli/transfer.ts')).importCommand(command.options);
  }
}

main(process.argv.slice(2)).then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (thrown: unknown) => {
    const error = toError(thrown);
    process.stderr.write(`journeyman: ${error.message}\n`);
    if (error.code === 'bug' && thrown instanceof Error && !(thrown instanceof JourneymanError))
      process.stderr.write(`${thrown.stack ?? ''}\n`);
    process.exitCode = exitCodes.error;
  },
);
