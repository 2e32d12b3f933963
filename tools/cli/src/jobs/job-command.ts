import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CHECKOUT, databaseUrl, StackSettings } from '@defter/embedded';
import { requireRunning, RUN_FOLDER, type StackStatus } from '../run-folder.js';

/**
 * `./defter job <name> [--date 2026-11-26] [--tenant-id <id>] [--again] [--json]`: carries a job of the
 * running stack out, in a process of its own, as a timer of the cluster does, for every tenant or the one
 * that is named, and puts the page of each one's report into `.defter/reports/<tenant>/`. Its exit code is
 * the job's: 0 done, whatever was found; 1 it found what must not be; 2 it could not look; 64 wrong use; 75
 * it is under way elsewhere.
 */
export const run = async (args: readonly string[]): Promise<number> => {
  const main = join(CHECKOUT, 'apps/reconciliation/dist/main.js');
  const status = requireRunning();
  // What could not be looked at is said in a sentence; a log line with the same would only hide it.
  const env = { ...process.env, LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'error', ...surroundings(status) };
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
  const settings = new StackSettings(dirname(status.urls['settingsFile'] ?? ''));
  const keyOf = (tenantId: string): string | undefined => settings.tenant(tenantId)?.apiKey;
  for (const report of reportsIn(said)) console.log(await keepPage(report, status, keyOf(report.tenantId)));
  return code;
};

/** A report that a job named in its lines. */
export interface NamedReport {
  readonly tenantId: string;
  readonly path: string;
}

/** The reports that a job named, with the tenant of each. */
export function reportsIn(said: string): NamedReport[] {
  let tenantId = '';
  return said.split('\n').flatMap((line) => {
    if (!line.startsWith(' ')) tenantId = / for (\S+) \(/.exec(line)?.[1] ?? '';
    const [, path] = /^ {2}report: (\S+)/.exec(line) ?? [];
    return tenantId !== '' && path !== undefined ? [{ tenantId, path }] : [];
  });
}

/** Gets a page from the API, which wants a key that no browser sends. @returns what to tell of it */
async function keepPage(
  { tenantId, path }: NamedReport,
  { urls }: StackStatus,
  key: string | undefined,
): Promise<string> {
  const about = `page for ${tenantId}:`;
  if (key === undefined)
    return `${about} not kept, for this stack doesn’t have its key; GET ${path} with a key of the tenant`;
  const headers = { authorization: `Bearer ${key}`, accept: 'text/html' };
  const answer = await fetch(`${urls['reconciliation'] ?? ''}${path}`, { headers }).catch(() => undefined);
  if (answer?.ok !== true)
    return `${about} the service gave none (${answer?.status ?? 'it is away'}); try GET ${path} later`;
  const name =
    path
      .split('/reports/')[1]
      ?.replace('/', '-')
      .replace(/\.html$/, '') ?? 'report';
  const folder = join(RUN_FOLDER, 'reports', tenantId);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.html`);
  writeFileSync(file, await answer.text(), { mode: 0o600 });
  return `${about} ${file} (open it in a browser)`;
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
