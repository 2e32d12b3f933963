import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { CHECKOUT, databaseUrl } from '@defter/embedded';
import { requireRunning } from './run-folder.js';

/**
 * `./defter rebuild [--ledger <name>] [--tenant-id <id>] …`: makes projections of the running stack's ledger
 * anew, in a process of its own, as the owner of its database. Everything else is handed to the job as it
 * is.
 */
export async function run(args: readonly string[]): Promise<number> {
  const { urls, tenant } = requireRunning();
  const usual = [
    ...(named(args, '--tenant-id') ? [] : ['--tenant-id', tenant.id]),
    ...(named(args, '--ledger') ? [] : ['--ledger', tenant.ledger]),
  ];
  const main = join(CHECKOUT, 'apps/ledger/dist/main.js');
  const child = spawn(process.execPath, ['--enable-source-maps', main, 'rebuild', ...usual, ...args], {
    env: { ...process.env, MIGRATOR_DATABASE_URL: databaseUrl(urls['postgres'] ?? '', 'ledger', 'migrator') },
    stdio: 'inherit',
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      resolve(code ?? 1);
    });
  });
}

const named = (args: readonly string[], option: string): boolean =>
  args.some((arg) => arg === option || arg.startsWith(`${option}=`));
