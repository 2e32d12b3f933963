import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding } from '@defter/client';
import { type Stage, until } from './stage.js';

/** Of a local stack (`INTERNAL_LAG`): what is younger may still be on its way to reconciliation. */
const INTERNAL_LAG_MS = 1_000;

/** What the provider's file gets wrong, and what reconciliation must call it. */
const FAULTS: Readonly<Record<string, string>> = {
  missing: 'missing_at_psp',
  extra: 'missing_in_ledger',
  wrong_amount: 'amount_mismatch',
  wrong_fee: 'fee_mismatch',
};

interface Injected {
  readonly kind: string;
  readonly operationId: string;
}

export interface Reconciled {
  readonly injected: readonly {
    readonly kind: string;
    readonly operationId: string;
    readonly expected: string;
  }[];
  readonly findings: readonly Finding[];
}

/** Injects the faults into the settlement file, runs reconciliation, and reads what it found. */
export const playReconciliation = async (stage: Stage, operations: number): Promise<Reconciled> => {
  const { connection, ledger } = stage.tenant;
  await stage.provider('POST', '/_test/report-faults', {
    connectionId: connection.id,
    faults: Object.keys(FAULTS).map((kind) => ({ kind })),
  });
  const truth = await stage.provider<{ data: Injected[] }>(
    'GET',
    `/_test/ground-truth?connectionId=${connection.id}`,
  );
  const last = await lastSequence(stage);
  await until('Reconciliation hearing of everything', async () => {
    const { known } = await stage.reconciliation.summary();
    const journal = known.journal.find((each) => each.ledger === ledger)?.sequence ?? '0';
    return known.operations >= operations && BigInt(journal) >= BigInt(last) ? known : undefined;
  });
  // This provider tells at once: nothing may be explained by a usual delay.
  await stage.reconciliation.keepRule(connection, { settlement_lag_hours: 0 });
  await sleep(INTERNAL_LAG_MS);
  const run = await stage.reconciliation.run(
    { provider: connection.provider, connection_id: connection.id },
    `run-${stage.tenant.id}`,
  );
  if (run.status !== 'completed')
    throw new Error(`The reconciliation run ended as ${run.status}: ${run.failure?.detail ?? ''}`);
  const injected = truth.data.map(({ kind, operationId }) => ({
    kind,
    operationId,
    expected: FAULTS[kind] ?? kind,
  }));
  return { injected, findings: await stage.reconciliation.findings() };
};

/** Number of the ledger's last event that moves money. */
const lastSequence = async (stage: Stage): Promise<number> => {
  for await (const { id } of stage.ledger.logs(stage.tenant.ledger)) return id;
  return 0;
};

/** What was found beside what had to be. */
export interface Differences {
  readonly missed: readonly string[];
  readonly invented: readonly string[];
  /** How many had to be found. */
  readonly wanted: number;
}

/**
 * Faults that were not found, and findings that nobody injected; both empty when it is exact. A payout that
 * came back is a finding, too: the story has some on purpose.
 */
export const differences = (
  { injected, findings }: Pick<Reconciled, 'injected'> & { readonly findings: readonly Found[] },
  returned: readonly string[],
): Differences => {
  const faults = injected.map(({ expected, operationId }) => `${expected} ${operationId}`);
  const wanted = new Set([...faults, ...returned.map((operationId) => `payout_returned ${operationId}`)]);
  const found = findings.map(({ finding_type, tx_id }) => `${finding_type} ${tx_id ?? ''}`);
  return {
    missed: [...wanted].filter((each) => !found.includes(each)),
    // One that is there twice was wanted once.
    invented: found.filter((each, index) => !wanted.has(each) || found.indexOf(each) !== index),
    wanted: wanted.size,
  };
};

type Found = Pick<Finding, 'finding_type' | 'tx_id'>;
