import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { CHECKOUT, databaseUrl, StackSettings } from '@defter/embedded';
import { requireRunning, RUN_FOLDER, type StackStatus } from '../run-folder.js';

/**
 * `./defter job <name> [--date 2026-11-26] [--tenant-id <id>] [--again] [--json]`: carries a job of the
 * running stack out, in a process of its own, as a timer of the cluster does. Its exit code is the job's: 0
 * done, whatever was found; 1 it found what must not be; 2 it could not look; 64 wrong use; 75 it is under
 * way elsewhere.
 */
export const run = (args: readonly string[]): Promise<number> => {
  const main = join(CHECKOUT, 'apps/reconciliation/dist/main.js');
  const env = {
    ...process.env,
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn',
    ...surroundings(requireRunning()),
  };
  const child = spawn(process.execPath, ['--enable-source-maps', main, 'job', ...args], {
    env,
    stdio: 'inherit',
  });
  // Ctrl-C reaches the job by itself, which ends at its next step; its exit code says so.
  const wait = (): void => undefined;
  process.on('SIGINT', wait);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      process.off('SIGINT', wait);
      resolve(code ?? 1);
    });
  });
};

/** What the service itself is given, as far as jobs need it. */
const surroundings = ({ urls }: StackStatus): Record<string, string> => {
  const url = (name: string): string => urls[name] ?? '';
  const settingsFile = url('settingsFile');
  return {
    DATABASE_URL: databaseUrl(url('postgres'), 'reconciliation', 'service'),
    KAFKA_BROKERS: url('kafka'),
    TENANTS_FILE: settingsFile,
    SERVICE_TOKEN: new StackSettings(dirname(settingsFile)).serviceToken('reconciliation') ?? '',
    LEDGER_URL: url('ledger'),
    LEDGER_GRPC_URL: url('ledger-grpc'),
    PAYMENTS_URL: url('payments'),
    MOCK_PSP_URL: url('mock-psp'),
    EXEMPTIONS_FILE: join(CHECKOUT, 'charts/defter/exemptions.json'),
    REPORT_MAIL_DIR: join(RUN_FOLDER, 'mail'),
    ...(urls['watchedServices'] === undefined ? {} : { WATCHED_SERVICES: urls['watchedServices'] }),
  };
};
