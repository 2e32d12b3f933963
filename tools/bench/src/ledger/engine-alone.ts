import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CHECKOUT, databaseUrl } from '@defter/embedded';

const run = promisify(execFile);
const PROGRAM = join(CHECKOUT, 'apps/ledger/dist/engine/engine.bench.js');

/** What the engine commits a second when it is handed batches of 1,000 commands in its own process. */
export const engineAlone = async (
  adminUrl: string,
  { seconds, accounts }: { seconds: number; accounts: number },
): Promise<{ readonly perSecond: number; readonly commands: number }> => {
  const env = { ...process.env, DATABASE_URL: databaseUrl(adminUrl, 'ledger', 'service') };
  const { stdout } = await run(process.execPath, [PROGRAM, `${seconds}`, `${accounts}`], { env });
  const measured = JSON.parse(stdout) as { commands: number; seconds: number };
  return { perSecond: measured.commands / measured.seconds, commands: measured.commands + accounts };
};
