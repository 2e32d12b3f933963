import type { HoldReply, RevertReply, TransactionReply } from '@defter/ledger-contracts';
import type { EventRecord } from '../engine/submission.js';
import type { CommandKind } from './command.wire.js';

interface Replies {
  readonly createTransaction: TransactionReply;
  readonly postHold: HoldReply;
  readonly voidHold: HoldReply;
  readonly revert: RevertReply;
}

const holdReply = ({ event, sequence }: EventRecord, hit: boolean): HoldReply => {
  if (!('transactionId' in event)) throw new Error('A change of a hold names no hold');
  return { transactionId: String(event.transactionId), sequence: String(sequence), idempotencyHit: hit };
};

/** What is answered to each command that was accepted. */
export const toReply: {
  readonly [K in CommandKind]: (record: EventRecord, hit: boolean) => Replies[K];
} = {
  createTransaction: ({ event, sequence }, hit) => {
    if (!('transaction' in event)) throw new Error('A created transaction has no transaction');
    const { id, status } = event.transaction;
    return { transactionId: String(id), sequence: String(sequence), status, idempotencyHit: hit };
  },
  postHold: holdReply,
  voidHold: holdReply,
  revert: ({ event, sequence }, hit) => {
    if (event.type !== 'TransactionReverted') throw new Error('A reversal is another event');
    return {
      transactionId: String(event.transaction.id),
      revertedTransactionId: String(event.revertedTransactionId),
      sequence: String(sequence),
      idempotencyHit: hit,
    };
  },
};
