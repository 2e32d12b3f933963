import { PartFailed, SetupError } from '@defter/embedded';
import { type Command, UsageError } from './command.js';
import { aboutFailedPart } from './failed-part.js';
import { COMMANDS, help, helpLines } from './command-list.js';

/** Runs what stands after `./defter`. The exit code: 0 done, 1 failed, 2 wrong use. */
export async function runCommandLine([name = 'help', ...args]: readonly string[]): Promise<number> {
  if (['help', '--help', '-h'].includes(name)) {
    help();
    return 0;
  }
  const command = COMMANDS.find((candidate) => candidate.name === name);
  try {
    if (command === undefined) throw new UsageError(`there is no command ${name}; ./defter help lists them`);
    if (args.includes('--help') || args.includes('-h')) {
      for (const line of helpLines(command)) console.log(line);
      return 0;
    }
    return await command.run(args);
  } catch (error) {
    return report(error, command);
  }
}

function report(error: unknown, command: Command | undefined): number {
  const misused = error instanceof UsageError || isFlagError(error);
  if (misused) console.error(command === undefined ? error.message : `${error.message}\n  ${command.usage}`);
  else if (error instanceof PartFailed) console.error(aboutFailedPart(error));
  else console.error(error instanceof SetupError ? error.message : error);
  return misused ? 2 : 1;
}

/** What node:util's parseArgs throws at an unknown flag, also one of another realm (Jest). */
function isFlagError(error: unknown): error is Error {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  return String(error.code).startsWith('ERR_PARSE_ARGS');
}
