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
    case 'sessions':
      return (await import('./cli/sessions.ts')).sessionsCommand(command.options);
    case 'log':
      return (await import('./cli/log.ts')).logCommand(command.options);
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
