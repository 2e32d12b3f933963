import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CHECKOUT, databaseUrl, type Stack } from '@defter/embedded';
import type { Figure } from '../figure.js';

const run = promisify(execFile);
const TARGET = 100_000;

interface RebuildLine {
  readonly events: number;
  readonly foldMs: number;
  readonly before: { readonly differing: number };
}

/**
 * Rebuilds the balances of a ledger beside the live table while balances are read, and says how many events
 * a second were folded. @throws Error when the rebuilt balances aren't the live ones: such a benchmark has
 * failed
 */
export const rebuildOfBalances = async (
  stack: Stack,
  ledger: string,
  account: (index: number) => string,
): Promise<Figure> => {
  const reading = { on: true };
  const reads = readOn(stack, ledger, account, reading);
  try {
    const main = join(CHECKOUT, 'apps/ledger/dist/main.js');
    const place = ['--tenant-id', stack.tenant.id, '--ledger', ledger, '--projection', 'balance'];
    const { stdout } = await run(process.execPath, [main, 'rebuild', ...place, '--restart', '--json'], {
      env: { ...process.env, MIGRATOR_DATABASE_URL: databaseUrl(stack.postgres.url, 'ledger', 'migrator') },
    });
    const { events, foldMs, before } = JSON.parse(stdout) as RebuildLine;
    if (before.differing > 0)
      throw new Error(`${before.differing} rebuilt balances differ from the live ones`);
    return figureOf((events * 1_000) / foldMs);
  } finally {
    reading.on = false;
    await reads;
  }
};

const figureOf = (perSecond: number): Figure => ({
  name: 'rebuild of balances',
  value: perSecond,
  unit: 'events/s',
  reference: null,
  ratio: null,
  target: `≥ ${TARGET.toLocaleString('en')} events/s`,
  ok: perSecond >= TARGET,
});

/** Reads one balance after the other until it is told to end. */
const readOn = async (
  stack: Stack,
  ledger: string,
  account: (index: number) => string,
  reading: { on: boolean },
): Promise<void> => {
  const headers = { authorization: `Bearer ${stack.tenant.apiKey}` };
  for (let index = 0; reading.on; index = (index + 1) % 1_000) {
    const url = `${stack.service('ledger').url}/v2/${ledger}/accounts/${account(index)}/balances`;
    const response = await fetch(url, { headers });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
  }
};
