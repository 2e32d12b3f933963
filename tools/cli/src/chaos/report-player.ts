import { ReconciliationTopics, type ReportObservationV1 } from '@defter/reconciliation-contracts';
import { until } from '../demo/stage.js';
import { type ByHand, sendByHand } from './by-hand.js';
import type { ChaosWorld } from './chaos-world.js';
import type { Wish } from './wishes.js';

type Line = Pick<ReportObservationV1, 'operationId' | 'kind' | 'result'>;

/**
 * Reconciliation has found the line in two versions of a report, and tells of each twice, as a relay does
 * that died between its send and its note. Fetched, so that it proves what it says (ADR 0030).
 */
const tellLine = (world: ChaosWorld, { amountMinor }: Wish, line: Line): Promise<void> => {
  const { tenant } = world.stage;
  const message = (version: number): ByHand => {
    const body: ReportObservationV1 = {
      ...{ observationId: `line_${line.operationId}_${version}`, provider: 'mock-psp', ...line },
      ...{ connectionId: tenant.connection.id, amountMinor: amountMinor.toString(), currency: 'TRY' },
      ...{ occurredAt: new Date().toISOString(), origin: 'provider', reportRef: `settlement-${version}` },
      ...{ lineNumber: 1, runId: `run_${version}` },
    };
    const { name: topic } = ReconciliationTopics.observations;
    const key = `${tenant.id}/${line.operationId}`;
    return { topic, key, id: body.observationId, type: 'ReportLineMatched', body };
  };
  return sendByHand(world, [message(1), message(1), message(2), message(1)]);
};

/** The provider said that it declined the deposit; its report says that it took the money. */
export const reportDeposit = async (world: ChaosWorld, wish: Wish, id: string): Promise<void> => {
  const operationId = await until('the declined deposit', async () => {
    const { attempts } = await world.stage.payments.intent(id);
    return attempts[0]?.result === 'declined' ? attempts[0].operation_id : undefined;
  });
  await tellLine(world, wish, { operationId, kind: 'sale', result: 'succeeded' });
};

/** The provider said that it paid; its report says that the money came back. */
export const reportReturn = async (world: ChaosWorld, wish: Wish, id: string): Promise<void> => {
  const operationId = await until('the paid payout', async () => {
    const { status, operation } = await world.stage.payments.payout(id);
    return status === 'paid' ? operation?.operation_id : undefined;
  });
  await tellLine(world, wish, { operationId, kind: 'payout', result: 'returned' });
};
