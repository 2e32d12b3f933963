import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { UsageError } from '../command.js';
import { requireRunning, RUN_FOLDER } from '../run-folder.js';
import { backfill } from './backfill.js';
import { readBalances } from './balances-file.js';

const OPTIONS = {
  'tenant-id': { type: 'string' },
  ledger: { type: 'string' },
  file: { type: 'string' },
  url: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  force: { type: 'boolean', default: false },
} as const;

/**
 * `./defter backfill`: opening balances from a file. Without `--url` into the running stack; with it, the
 * token comes from DEFTER_TOKEN, because a command line is no place for secrets.
 */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const { 'tenant-id': tenantId, ledger, file } = values;
  if (tenantId === undefined || ledger === undefined || file === undefined)
    throw new UsageError('--tenant-id, --ledger and --file are needed');
  if (!existsSync(file)) throw new UsageError(`there is no file ${file}`);
  const { url, token } = addressOf(values.url, tenantId);
  return backfill({
    place: { url, tenantId, ledger },
    token,
    file: readBalances(readFileSync(file)),
    folder: RUN_FOLDER,
    dryRun: values['dry-run'],
    force: values.force,
    print: (line) => {
      console.log(line);
    },
  });
}

function addressOf(url: string | undefined, tenantId: string): { url: string; token: string } {
  const token = process.env['DEFTER_TOKEN'];
  if (url !== undefined) {
    if (token === undefined) throw new UsageError('--url needs a token in DEFTER_TOKEN');
    return { url, token };
  }
  const { tenant, urls } = requireRunning();
  if (tenant.id !== tenantId && token === undefined)
    throw new UsageError(`the running stack's tenant is ${tenant.id}; for another one set DEFTER_TOKEN`);
  return { url: urls['ledger'] ?? '', token: token ?? tenant.apiKey };
}
