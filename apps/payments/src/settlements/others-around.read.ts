import type { Settlement } from '@defter/payments-domain';
import type { Transaction } from '@defter/platform';
import { type BatchFigures, figuresDigest } from './batch-figures.js';
import { newestFigures } from './batch-figures-row.js';
import { bookedLikes, namesOf, standingAgain } from './same-settlement.read.js';
import { liveHolder, settlementOfBankLines } from './settled-bank-lines.js';
import type { SettlementRow } from '../settlement-row.js';
import { REQUESTER } from './settlement-hash.js';

type Around = Pick<Settlement, 'bookedLikes' | 'creditedBy' | 'standingAgain' | 'isOutdated'>;

/**
 * What has been said and settled of the same transfer, for whoever is about to approve this settlement. Hold
 * the connection's lock.
 */
export const othersAround = async (
  tx: Transaction,
  tenantId: string,
  row: SettlementRow,
): Promise<Around> => {
  const { connectionId, currency, amountMinor, reference, batchRef, batch, settlementId: except } = row;
  const name = { connectionId, currency, batchRef: batchRef ?? reference };
  const told = (await newestFigures(tx, tenantId, name))?.batch;
  // Of what a person asked for before its batch was known, the credits are those of the batch.
  const lineKeys = batch?.bankLines ?? told?.bankLines ?? [];
  const names = [...new Set([...namesOf(name), ...namesOf({ ...name, batchRef: reference })])];
  const holder = await settlementOfBankLines(tx, tenantId, { connectionId, lineKeys, except });
  const likeness = {
    ...{ connectionId, currency, amountMinor, except },
    names: [reference, ...(batch?.bankReferences ?? [])],
  };
  return {
    bookedLikes: await bookedLikes(tx, tenantId, likeness),
    creditedBy: liveHolder(holder),
    standingAgain: await standingAgain(tx, tenantId, { connectionId, currency, names, lineKeys, except }),
    isOutdated: isOutdated(row, told),
  };
};

/** Reconciliation's own are renewed by its messages; what a person asked for stays as they asked for it. */
const isOutdated = (
  { requestedBy, batch }: Pick<SettlementRow, 'requestedBy' | 'batch'>,
  told: BatchFigures | undefined,
): boolean => {
  if (requestedBy === REQUESTER || batch === null || told === undefined) return false;
  return figuresDigest(told) !== figuresDigest(batch);
};
