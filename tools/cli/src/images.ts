import { CHECKOUT, SERVICES } from '@defter/embedded';
import { makeImages } from '@defter/cluster';
import { join } from 'node:path';
import { UsageError } from './command.js';

/** `./defter images [service …]`. */
export const run = async (args: readonly string[]): Promise<number> => {
  const known = SERVICES.map(({ name }) => name as string);
  const unknown = args.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new UsageError(`there is no service ${unknown.join(', ')}`);
  const folder = join(CHECKOUT, '.defter/images');
  for (const { service, digest, file } of await makeImages(args.length > 0 ? args : known, folder)) {
    console.log(`${service.padEnd(18)}${digest}  ${file}`);
  }
  console.log(`\nFor the chart: -f ${join(folder, 'digests.yaml')}`);
  return 0;
};
