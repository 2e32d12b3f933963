import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CHECKOUT, databaseUrl, StackSettings } from '@defter/embedded';
import { requireRunning, RUN_FOLDER, type StackStatus } from '../run-folder.js';

/**
 * `./defter job <name> [--date 2026-11-26] [--tenant-id <id>] [--again] [--json]`: carries a job of the
 * running stack out, in a process of its own, as a timer of the cluster does, and puts the page of a report
 * into `.defter/reports/`. Its exit code is the job's: 0 done, whatever was found; 1 it found what must not
 * be; 2 it could not look; 64 wrong use; 75 it is under way elsewhere.
 */
export const run = async (args: readonly string[]): Promise<number> => {
  const main = join(CHECKOUT, 'apps/reconciliation/dist/main.js');
  const status = requireRunning();
  const env = { ...process.env, LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn', ...surroundings(status) };
  const child = spawn(process.execPath, ['--enable-source-maps', main, 'job', ...args], {
    env,
    stdio: ['inherit', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => {
    process.stdout.write(bytes);
    said += bytes.toString('utf8');
  });
  // Ctrl-C reaches the job by itself, which ends at its next step; its exit code says so.
  const wait = (): void => undefined;
  process.on('SIGINT', wait);
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve(exitCode ?? 1));
  }).finally(() => process.off('SIGINT', wait));
  for (const path of reportsIn(said, status.tenant.id)) await keepPage(path, status);
  return code;
};

/** The paths of reports that a job named in its lines, as far as they are the demo tenant's. */
export function reportsIn(said: string, tenantId: string): string[] {
  let isOurs = false;
  return said.split('\n').flatMap((line) => {
    if (!line.startsWith(' ')) isOurs = line.includes(` for ${tenantId} (`);
    const [, path] = /^ {2}report: (\S+)/.exec(line) ?? [];
    return isOurs && path !== undefined ? [path] : [];
  });
}

/** Gets a page from the API, which wants a key that no browser sends, and says where it lies. */
async function keepPage(path: string, { urls, tenant }: StackStatus): Promise<void> {
  const headers = { authorization: `Bearer ${tenant.apiKey}`, accept: 'text/html' };
  const answer = await fetch(`${urls['reconciliation'] ?? ''}${path}`, { headers }).catch(() => undefined);
  if (answer?.ok !== true) {
    return console.log(`  page: no answer from the reconciliation service; try GET ${path} later`);
  }
  const name =
    path
      .split('/reports/')[1]
      ?.replace('/', '-')
      .replace(/\.html$/, '') ?? 'report';
  const folder = join(RUN_FOLDER, 'reports');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.html`);
  writeFileSync(file, await answer.text(), { mode: 0o600 });
  console.log(`  page: ${file} (open it in a browser)`);
}

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
