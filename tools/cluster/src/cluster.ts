import { writeGenerated } from './generated.js';

/** `./defter cluster generate`. */
export const run = async (args: readonly string[]): Promise<number> => {
  if (args[0] === 'generate') writeGenerated();
  await Promise.resolve();
  return 0;
};
