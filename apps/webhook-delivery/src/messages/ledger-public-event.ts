import { type LedgerEventV1, LedgerTopics } from '@defter/ledger-contracts';
import { snakeCase } from '@defter/webhooks-domain';
import type { PublicEvent } from '../public-event.js';

/** `TransactionCreated` → `ledger.transaction_created`. */
export const ledgerPublicEvent = (
  { id, time }: { readonly id: string; readonly time: Date },
  event: LedgerEventV1,
): PublicEvent => ({
  source: LedgerTopics.events.name,
  sourceEventId: id,
  type: `ledger.${snakeCase(event.type)}`,
  occurredAt: time,
  data: {
    object: 'ledger_event',
    ledger: event.ledger,
    sequence: event.sequence,
    recorded_at: event.recordedAt,
    command_id: event.commandId ?? null,
    ...changeOf(event),
    balances: event.balances.map(balanceView),
  },
});

type Transaction = Extract<LedgerEventV1, { type: 'TransactionCreated' }>['data']['transaction'];

const changeOf = (event: LedgerEventV1): Record<string, unknown> => {
  switch (event.type) {
    case 'TransactionCreated':
      return { transaction: transactionView(event.data.transaction) };
    case 'TransactionReverted': {
      const { transaction, revertedTransactionId } = event.data;
      return { transaction: transactionView(transaction), reverted_transaction_id: revertedTransactionId };
    }
    case 'MetadataSet':
    case 'MetadataDeleted': {
      const { target, id, metadata } = event.data;
      return { target, target_id: id, metadata };
    }
    default: {
      const { transactionId, reference, postings, closed } = event.data;
      return { transaction_id: transactionId, reference: reference ?? null, postings, closed };
    }
  }
};

const transactionView = (transaction: Transaction) => ({
  id: transaction.id,
  status: transaction.status,
  reference: transaction.reference ?? null,
  timestamp: transaction.timestamp,
  postings: transaction.postings,
  metadata: transaction.metadata,
  expires_at: transaction.expiresAt ?? null,
});

const balanceView = (balance: LedgerEventV1['balances'][number]) => ({
  account: balance.account,
  asset: balance.asset,
  posted: balance.posted,
  pending_out: balance.pendingOut,
  pending_in: balance.pendingIn,
  available: balance.available,
});
