import { CHECKOUT } from '@defter/embedded';
import { UsageError } from '../command.js';
import { newProvider } from './new-provider.js';

/** `./defter new provider <name>`: a project for a provider, that says of itself what is missing. */
export const run = async (args: readonly string[]): Promise<number> => {
  const [what, id, ...rest] = args;
  if (what !== 'provider' || id === undefined || rest.length > 0)
    throw new UsageError('new what? There is: new provider <name>');
  const { folder, files } = newProvider(CHECKOUT, id);
  console.log(`${folder} has ${files.length} files. It is part of the workspace, and does nothing yet.\n`);
  console.log('Next: docs/guides/add-a-provider.md. What is missing says, by name:');
  console.log(`  node tools/cli/jest.mjs ${folder} int`);
  return 0;
};
