import type { LedgerEventV1 } from '@defter/ledger-contracts';
import type {
  HoldExpired,
  HoldPosted,
  HoldVoided,
  Posting,
  RecordedTransaction,
} from '@defter/ledger-domain';
import type { EventRecord } from '../engine/submission.js';

const postingMessage = ({ source, destination, asset, amount }: Posting) => ({
  source,
  destination,
  asset,
  amount: amount.toString(),
});

const transactionMessage = (transaction: RecordedTransaction) => {
  const { id, status, postings, reference, timestamp, metadata, expiresAt, reverts } = transaction;
  return {
    id,
    status,
    postings: postings.map(postingMessage),
    timestamp,
    metadata,
    ...(reference === undefined ? {} : { reference }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(reverts === undefined ? {} : { reverts }),
    ...(transaction.wouldRefuse === undefined ? {} : { wouldRefuse: transaction.wouldRefuse }),
  };
};

const holdMessage = (event: HoldPosted | HoldVoided | HoldExpired) => ({
  transactionId: event.transactionId,
  ...(event.reference === undefined ? {} : { reference: event.reference }),
  postings: event.postings.map(postingMessage),
  closed: event.type === 'HoldPosted' ? event.closed : true,
});

/** What happened, with its data, as the public message has it. */
const happening = ({ event }: EventRecord): Pick<LedgerEventV1, 'type' | 'data'> => {
  switch (event.type) {
    case 'TransactionCreated':
      return { type: event.type, data: { transaction: transactionMessage(event.transaction) } };
    case 'TransactionReverted': {
      const { revertedTransactionId } = event;
      return {
        type: event.type,
        data: { transaction: transactionMessage(event.transaction), revertedTransactionId },
      };
    }
    case 'HoldPosted':
    case 'HoldVoided':
    case 'HoldExpired':
      return { type: event.type, data: holdMessage(event) };
    default: {
      const { target } = event;
      const id = target.kind === 'account' ? target.address : target.id.toString();
      const metadata = event.type === 'MetadataSet' ? event.metadata : { [event.key]: '' };
      return { type: event.type, data: { target: target.kind, id, metadata } };
    }
  }
};

/** What the commit found out beside what happened. */
const notes = ({ monitors, mismatches }: EventRecord): Pick<LedgerEventV1, 'monitors' | 'mismatches'> => ({
  ...(monitors === undefined ? {} : { monitors: [...monitors] }),
  ...(mismatches === undefined
    ? {}
    : {
        mismatches: mismatches.map((each) => ({
          ...each,
          expected: each.expected.toString(),
          actual: each.actual.toString(),
        })),
      }),
});

/** The public message of a committed event; every domain event has one. */
export const toLedgerEvent = (ledger: string, record: EventRecord): LedgerEventV1 => {
  const message = {
    ledger,
    sequence: record.sequence,
    recordedAt: record.recordedAt,
    ...(record.key === null ? {} : { commandId: record.key }),
    balances: record.after.map(({ account, asset, input, output, pendingIn, pendingOut }) => ({
      account,
      asset,
      posted: (input - output).toString(),
      pendingOut: pendingOut.toString(),
      pendingIn: pendingIn.toString(),
      available: (input - output - pendingOut).toString(),
    })),
    ...notes(record),
    ...happening(record),
  };
  return message as LedgerEventV1;
};
