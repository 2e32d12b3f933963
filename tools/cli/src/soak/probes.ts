import type { ModelLedger } from '@defter/testing';
import type { Journal } from './journal.js';
import { SOAK_RULES } from './planner.js';
import type { Door } from './soak-client.js';

/**
 * Asks every replica, without moving anything, for all that an account can spend and for one unit more: what
 * a replica has in memory must be what the model has.
 */
export const probeMemories = async (door: Door, model: ModelLedger, journal: Journal): Promise<void> => {
  for (const name of model.balances.keys()) {
    const [account = '', asset = ''] = name.split(' ');
    const limit = SOAK_RULES.limit(account);
    const room = model.available(account, asset) + (limit ?? 0n);
    if (limit === null || SOAK_RULES.closed(account) || room < 0n) continue;
    for (const url of door.urls) {
      await expectStatus({ door, url, account, asset, amount: room }, 200, journal);
      await expectStatus({ door, url, account, asset, amount: room + 1n }, 400, journal);
    }
  }
};

interface Probe {
  readonly door: Door;
  readonly url: string;
  readonly account: string;
  readonly asset: string;
  readonly amount: bigint;
}

const expectStatus = async (probe: Probe, status: number, journal: Journal): Promise<void> => {
  const { door, url, account, asset, amount } = probe;
  const posting = { source: account, destination: 'world', asset, amount: amount.toString() };
  const response = await fetch(`${url}/v2/${door.ledger}/transactions?dryRun=true`, {
    method: 'POST',
    headers: { authorization: `Bearer ${door.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ postings: [posting] }),
  });
  const text = await response.text();
  journal.count('probes of what replicas remember');
  if (response.status !== status) {
    journal.differs(
      `${url} answers ${response.status} to ${amount} ${asset} from ${account}: ${text.slice(0, 200)}`,
    );
  }
};
