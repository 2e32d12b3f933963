import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError, StackSettings, type TenantAccess } from '@defter/embedded';
import { requireRunning, type StackStatus } from '../run-folder.js';
import { reportLines } from './report.js';
import { Stage } from './stage.js';
import { playStory, type Story } from './story.js';

const SCALE = { deposits: 200, withdrawals: 50 };
const RESTART_LIMIT_MS = 40_000;

/** `./defter demo`: plays the main job on the running stack; exit code 0 only if all of it is true. */
export const run = async (): Promise<number> => {
  const status = requireRunning();
  const startedAt = Date.now();
  const tenantId = `t_demo_${startedAt.toString(36)}`;
  console.log(`Opening tenant ${tenantId}`);
  const tenant = new StackSettings(dirname(urlOf(status, 'settingsFile'))).addTenant(tenantId);
  const urls = {
    ledger: urlOf(status, 'ledger'),
    payments: urlOf(status, 'payments'),
    reconciliation: urlOf(status, 'reconciliation'),
    mockPsp: urlOf(status, 'mock-psp'),
  };
  const story = await playStory(new Stage(tenant, urls, killLedger), SCALE, (line) =>
    console.log(`… ${line}`),
  );
  console.log(`\n${reportLines(story).join('\n')}`);
  const allTrue = story.checks.every(({ holds }) => holds);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(0);
  const verdict = allTrue ? 'All of it is true' : 'NOT all of it is true';
  console.log(`\n${verdict} (${seconds} s). Tenant ${tenantId}, API key ${tenant.apiKey}`);
  showResolving(tenant, urls.reconciliation, story);
  return allTrue ? 0 : 1;
};

/** What a person would type next. */
const showResolving = ({ people }: TenantAccess, reconciliation: string, { reconciled }: Story): void => {
  const [person] = people;
  const [finding] = reconciled.findings;
  if (person === undefined || finding === undefined) return;
  const url = `${reconciliation}/api/v1/payments/reconciliation/findings/${finding.id}/resolve`;
  console.log('\nResolve a finding as a person would:');
  console.log(`  curl -sX POST ${url} \\`);
  console.log(`    -H 'Authorization: Bearer ${person.token}' -H 'Idempotency-Key: resolve-1' \\`);
  console.log(`    -H 'Content-Type: application/json' -d '{"resolution":"psp_dispute"}'`);
};

const urlOf = ({ urls }: StackStatus, name: string): string => {
  const url = urls[name];
  if (url === undefined)
    throw new SetupError(`The running stack has no ${name}`, 'Restart it: ./defter down, ./defter up');
  return url;
};

const ledgerOf = (): { pid: number; state: string } => {
  const found = requireRunning().services.find(({ name }) => name === 'ledger');
  if (found === undefined)
    throw new SetupError('The running stack has no ledger', 'Restart it: ./defter down, ./defter up');
  return found;
};

/** kill -9; whoever runs the stack (`./defter up`) starts it again. */
const killLedger = async (): Promise<string> => {
  const { pid } = ledgerOf();
  const killedAt = Date.now();
  process.kill(pid, 'SIGKILL');
  while (ledgerOf().pid === pid || ledgerOf().state !== 'ready') {
    if (Date.now() - killedAt > RESTART_LIMIT_MS)
      throw new Error('The ledger did not come back after kill -9');
    await sleep(50);
  }
  const seconds = ((Date.now() - killedAt) / 1000).toFixed(1);
  return (
    `kill -9 hit the ledger (process ${pid}) while deposits were running; ` +
    `${seconds} s later it was back (process ${ledgerOf().pid})`
  );
};
