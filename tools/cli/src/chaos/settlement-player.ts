import type { Settlement } from '@defter/client';
import { type BatchSettlementV1, ReconciliationTopics } from '@defter/reconciliation-contracts';
import { persistently, until } from '../demo/stage.js';
import { type ByHand, sendByHand } from './by-hand.js';
import type { ChaosWorld } from './chaos-world.js';
import { BATCH_FEES_MINOR, BOOKED_FEES_MINOR, type Wish } from './wishes.js';

const CURRENCY = 'TRY';

/**
 * Reconciliation has found a batch paid in two runs, and tells of the first twice; a person approves what they
 * see then (ADR 0031). @returns the id of the settlement
 */
export const playSettlement = async (world: ChaosWorld, wish: Wish): Promise<string> => {
  const { customer: batchRef } = wish;
  await sendByHand(world, [paid(world, wish, 1), paid(world, wish, 1), paid(world, wish, 2)]);
  const { approver } = world.stage;
  const { id, payload_hash: hash } = await until(`the proposal of ${batchRef}`, () =>
    proposalOf(world, batchRef),
  );
  await persistently(() => approver.approveSettlement(id, hash ?? '', `settle-${batchRef}`));
  return id;
};

const proposalOf = async ({ stage }: ChaosWorld, batchRef: string): Promise<Settlement | undefined> => {
  for await (const settlement of stage.approver.settlements())
    if (settlement.reference === `${batchRef}/${CURRENCY}`) return settlement;
  return undefined;
};

const paid = (world: ChaosWorld, { customer: batchRef, amountMinor }: Wish, run: number): ByHand => {
  const { tenant } = world.stage;
  const connectionId = tenant.connection.id;
  const text = (minor: bigint): string => minor.toString();
  const body: BatchSettlementV1 = {
    ...{ provider: 'mock-psp', connectionId, batchRef, currency: CURRENCY, lines: 3, unlikeLines: 0 },
    ...{ grossMinor: text(amountMinor + BATCH_FEES_MINOR), feesMinor: text(BATCH_FEES_MINOR) },
    ...{ otherMinor: '0', netMinor: text(amountMinor), bankMinor: text(amountMinor) },
    ...{ bookedFeesMinor: text(BOOKED_FEES_MINOR), bankReferences: [`credit ${batchRef}`] },
    ...{ bankLines: [`line ${batchRef}`], lastOn: '2026-11-27', handedInBy: [], runId: `run_${run}` },
  };
  const key = `${tenant.id}/${connectionId}/${batchRef}/${CURRENCY}`;
  const { name: topic } = ReconciliationTopics.settlements;
  return { topic, key, id: `${key}/${run}`, type: 'BatchPaid', body };
};
