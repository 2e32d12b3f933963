import type { LedgerEvent } from '@defter/ledger-domain';
import type { EventRecord } from '../engine/submission.js';
import { holdView, transactionView } from '../transaction-view.js';
import type { HashedEvent } from './event.read.js';

/** The names that ledger users know for what happened. */
export const LOG_TYPES: Readonly<Record<LedgerEvent['type'], string>> = {
  TransactionCreated: 'NEW_TRANSACTION',
  TransactionReverted: 'REVERTED_TRANSACTION',
  HoldPosted: 'POSTED_HOLD',
  HoldVoided: 'VOIDED_HOLD',
  HoldExpired: 'EXPIRED_HOLD',
  MetadataSet: 'SET_METADATA',
  MetadataDeleted: 'DELETE_METADATA',
};

/** The events that created transactions, by the number of the transaction. */
export type Created = ReadonlyMap<number, EventRecord>;

const dataOf = (record: EventRecord, created: Created): unknown => {
  const { event } = record;
  switch (event.type) {
    case 'TransactionCreated':
      return {
        transaction: transactionView(record),
        accountMetadata: event.transaction.accountMetadata ?? {},
      };
    case 'TransactionReverted':
      return {
        revertedTransactionID: event.revertedTransactionId,
        revertedTransaction: revertedView(created.get(event.revertedTransactionId)),
        transaction: transactionView(record),
      };
    case 'HoldPosted':
    case 'HoldVoided':
    case 'HoldExpired':
      return { hold: holdView(record) };
    case 'MetadataSet':
      return { ...targetView(event), metadata: event.metadata };
    case 'MetadataDeleted':
      return { ...targetView(event), key: event.key };
  }
};

/** A transaction as it was recorded, now reverted. */
const revertedView = (record: EventRecord | undefined) =>
  record === undefined ? undefined : { ...transactionView(record), reverted: true };

const targetView = ({ target }: Extract<LedgerEvent, { target: unknown }>) =>
  target.kind === 'account'
    ? { targetType: 'ACCOUNT', targetId: target.address }
    : { targetType: 'TRANSACTION', targetId: target.id };

/** The numbers of the transactions that these entries say were reverted. */
export const revertedIds = (records: readonly EventRecord[]): number[] =>
  records.flatMap(({ event }) => (event.type === 'TransactionReverted' ? [event.revertedTransactionId] : []));

/** An event as an entry of the log; `created` has the transactions that were reverted. */
export const logView = (record: HashedEvent, created: Created) => ({
  id: record.sequence,
  type: LOG_TYPES[record.event.type],
  date: record.recordedAt,
  ...(record.key === null ? {} : { idempotencyKey: record.key }),
  data: dataOf(record, created),
  hash: record.hash,
});
