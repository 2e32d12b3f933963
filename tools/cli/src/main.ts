import { SetupError } from '@defter/embedded';
import type { Command } from './command.js';
import { UsageError } from './command.js';
import { COMMANDS, help } from './command-list.js';

const [name = 'help', ...args] = process.argv.slice(2);
const command = COMMANDS.find((candidate) => candidate.name === name);

try {
  if (['help', '--help', '-h'].includes(name)) help();
  else if (command === undefined)
    throw new UsageError(`there is no command ${name}; ./defter help lists them`);
  else process.exitCode = await command.run(args);
} catch (error) {
  process.exitCode = report(error, command);
}
// Handles of ended servers may linger; everything that matters was awaited.
process.exit();

function report(error: unknown, command: Command | undefined): number {
  const misused = error instanceof UsageError || isFlagError(error);
  if (misused) console.error(command === undefined ? error.message : `${error.message}\n  ${command.usage}`);
  else console.error(error instanceof SetupError ? error.message : error);
  return misused ? 2 : 1;
}

/** What node:util's parseArgs throws at an unknown flag. */
function isFlagError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
