import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { CHECKOUT, databaseUrl, StackSettings } from '@defter/embedded';
import { requireRunning } from './run-folder.js';

/**
 * `./defter verify [--ledger <name>] [--tenant-id <id>] [--checkpoint <file>] [--json]`: recomputes a ledger
 * of the running stack from its rows, in a process of its own. Exit codes: 0 nothing was found, 1 findings,
 * 64 wrong use.
 */
export async function verify(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ledger: { type: 'string', default: 'main' },
      'tenant-id': { type: 'string' },
      // Its name before.
      tenant: { type: 'string' },
      checkpoint: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const { urls, tenant } = requireRunning();
  const settings = new StackSettings(dirname(urls['settingsFile'] ?? ''));
  const words = [
    ...[
      'verify',
      '--tenant-id',
      values['tenant-id'] ?? values.tenant ?? tenant.id,
      '--ledger',
      values.ledger,
    ],
    ...(values.checkpoint === undefined ? [] : ['--checkpoint', values.checkpoint]),
    ...(values.json ? ['--json'] : []),
  ];
  const env = {
    ...process.env,
    MIGRATOR_DATABASE_URL: databaseUrl(urls['postgres'] ?? '', 'ledger', 'migrator'),
    CHECKPOINT_KEY_FILE: settings.checkpointKeyFile,
  };
  const main = join(CHECKOUT, 'apps/ledger/dist/main.js');
  const child = spawn(process.execPath, ['--enable-source-maps', main, ...words], { env, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      resolve(code ?? 1);
    });
  });
}
