import { Controller, Get } from '@nestjs/common';
import { Scope } from '@defter/platform';
import { LedgerRequest, Request } from '../ledger-request.js';
import { Ledgers } from '../ledgers/ledgers.js';
import { type ListForm, listPage, numberPlace } from '../list-request.js';
import { EventReader, type HashedEvent } from './event.read.js';
import { type Created, logView, revertedIds } from './log.wire.js';

const LOGS: ListForm<HashedEvent, HashedEvent, number> = {
  kind: 'logs',
  parsePlace: numberPlace,
  place: ({ sequence }) => sequence,
  view: (row) => row,
};

@Controller(['v2/:ledger/logs', 'api/ledger/v2/:ledger/logs'])
export class LogController {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly events: EventReader,
  ) {}

  @Get()
  @Scope('ledger:read')
  async list(@Request() request: LedgerRequest) {
    const { ledgerId } = await this.ledgers.at(request.address);
    const { cursor } = await listPage(request, LOGS, (before, limit) =>
      this.events.before(ledgerId, { before, limit }),
    );
    const created = await this.created(ledgerId, cursor.data);
    return { cursor: { ...cursor, data: cursor.data.map((row) => logView(row, created)) } };
  }

  private async created(ledgerId: number, rows: readonly HashedEvent[]): Promise<Created> {
    const records = await this.events.creating(ledgerId, revertedIds(rows));
    return new Map(
      records.map((record) => ['transaction' in record.event ? record.event.transaction.id : 0, record]),
    );
  }
}
