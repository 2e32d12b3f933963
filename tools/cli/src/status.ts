import { parseArgs } from 'node:util';
import { readRecord, runningRecord, type StackRecord, type StackStatus } from './run-folder.js';

/** `./defter status [--json]`: exit code 0 when everything is ready. */
export function status(args: readonly string[]): Promise<number> {
  const { json } = parseArgs({ args: [...args], options: { json: { type: 'boolean' } } }).values;
  const running = runningRecord();
  const current = running === undefined ? stopped() : running.status;
  if (json === true) console.log(JSON.stringify(current ?? { services: [], urls: {} }, null, 2));
  else if (current !== undefined) printStatus(current);
  else console.log(running === undefined ? beforeReady(readRecord()) : 'Starting …');
  const ready = current?.services.every(({ state }) => state === 'ready') ?? false;
  return Promise.resolve(ready ? 0 : 1);
}

/** Why there is nothing to show: never started, or a start that didn't come to its end. */
export function beforeReady(record: StackRecord | undefined): string {
  if (record === undefined) return 'Nothing has run here yet. Start it: ./defter up';
  const why = record.failed === undefined ? 'it was ended while it started' : record.failed;
  return `The last start failed: ${why}. See why: ./defter logs   Start again: ./defter up`;
}

/** The table of services and the demo tenant's log-ins. */
export function printStatus({ services, tenant }: StackStatus): void {
  for (const { name, state, pid, url } of services) {
    const process = pid === 0 ? '' : `${pid}`;
    console.log(`  ${name.padEnd(18)}${state.padEnd(12)}${process.padEnd(9)}${url}`);
  }
  console.log(`\n  tenant ${tenant.id}, ledger ${tenant.ledger}, connection ${tenant.connection.id}`);
  console.log(`  ${'API key'.padEnd(18)}${tenant.apiKey}`);
  console.log(`  ${'operator key'.padEnd(18)}${tenant.operatorKey}   (ledger:admin, ledger:force)`);
  for (const { name, token } of tenant.people) console.log(`  ${name.padEnd(18)}${token}`);
}

// The same shape when nothing runs: who polls it sees `stopped`, not another document.
function stopped(): StackStatus | undefined {
  const last = readRecord()?.status;
  if (last === undefined) return undefined;
  return { ...last, services: last.services.map((service) => ({ ...service, state: 'stopped', pid: 0 })) };
}
