import type { LedgerEvent } from '@defter/ledger-domain';
import type { EventRecord } from '../engine/submission.js';
import { holdView, transactionView } from '../transaction-view.js';

/** The names that ledger users know for what happened. */
const LOG_TYPES: Readonly<Record<LedgerEvent['type'], string>> = {
  TransactionCreated: 'NEW_TRANSACTION',
  TransactionReverted: 'REVERTED_TRANSACTION',
  HoldPosted: 'POSTED_HOLD',
  HoldVoided: 'VOIDED_HOLD',
  HoldExpired: 'EXPIRED_HOLD',
  MetadataSet: 'SET_METADATA',
  MetadataDeleted: 'DELETE_METADATA',
};

const dataOf = (record: EventRecord): unknown => {
  const { event } = record;
  switch (event.type) {
    case 'TransactionCreated':
      return { transaction: transactionView(record) };
    case 'TransactionReverted':
      return { revertedTransactionID: event.revertedTransactionId, transaction: transactionView(record) };
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

const targetView = ({ target }: Extract<LedgerEvent, { target: unknown }>) =>
  target.kind === 'account'
    ? { targetType: 'ACCOUNT', targetId: target.address }
    : { targetType: 'TRANSACTION', targetId: target.id };

/** An event as an entry of the log. */
export const logView = (record: EventRecord) => ({
  id: record.sequence,
  type: LOG_TYPES[record.event.type],
  date: record.recordedAt,
  ...(record.key === null ? {} : { idempotencyKey: record.key }),
  data: dataOf(record),
});
