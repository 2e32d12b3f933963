import { Controller, Get, Param, Query } from '@nestjs/common';
import type { LedgerEvent } from '@defter/ledger-domain';
import { Caller, Scope } from '@defter/platform';
import { Ledgers } from '../ledgers/ledgers.js';
import { numberPlace, toCursorPage, toListRequest } from '../list-request.js';
import { EventReader } from './event.read.js';
import type { EventRecord } from '../engine/submission.js';
import { holdView, transactionView } from '../transactions/transaction.view.js';

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
    default: {
      const { target } = event;
      const named =
        target.kind === 'account'
          ? { targetType: 'ACCOUNT', targetId: target.address }
          : { targetType: 'TRANSACTION', targetId: target.id };
      return event.type === 'MetadataSet'
        ? { ...named, metadata: event.metadata }
        : { ...named, key: event.key };
    }
  }
};

const logView = (record: EventRecord) => ({
  id: record.sequence,
  type: LOG_TYPES[record.event.type],
  date: record.recordedAt,
  ...(record.key === null ? {} : { idempotencyKey: record.key }),
  data: dataOf(record),
});

@Controller(['v2/:ledger/logs', 'api/ledger/v2/:ledger/logs'])
export class LogController {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly events: EventReader,
  ) {}

  @Get()
  @Scope('ledger:read')
  async list(
    @Param('ledger') name: string,
    @Query() query: Record<string, string>,
    @Caller() { tenantId }: Caller,
  ) {
    const { pageSize, after } = toListRequest('logs', query, numberPlace);
    const { ledgerId } = await this.ledgers.find(tenantId, name);
    const records = await this.events.before(ledgerId, { before: after, limit: pageSize + 1 });
    return toCursorPage(records, 'logs', { pageSize, view: logView, place: ({ sequence }) => sequence });
  }
}
