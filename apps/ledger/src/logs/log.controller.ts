import { Controller, Get } from '@nestjs/common';
import { Scope } from '@defter/platform';
import { LedgerRequest, Request } from '../ledger-request.js';
import { Ledgers } from '../ledgers/ledgers.js';
import { listPage, numberPlace, type PageForm, viewed } from '../list-page.js';
import { toListQuestion } from '../list-question.js';
import { EventReader, type HashedEvent } from './event.read.js';
import { LogListReader, LOGS } from './log-list.read.js';
import { type Created, logView, revertedIds } from './log.wire.js';

const PAGES: PageForm<HashedEvent, number> = { parsePlace: numberPlace, place: ({ sequence }) => sequence };

@Controller(['v2/:ledger/logs', 'api/ledger/v2/:ledger/logs'])
export class LogController {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly events: EventReader,
    private readonly lists: LogListReader,
  ) {}

  @Get()
  @Scope('ledger:read')
  async list(@Request() request: LedgerRequest) {
    const question = await toListQuestion(request, LOGS);
    const { ledgerId } = await this.ledgers.at(request.address);
    const page = await listPage(question, PAGES, (from) => this.lists.page(ledgerId, question.filter, from));
    const { data } = page.cursor;
    const created = await this.created(ledgerId, data);
    return viewed(
      page,
      data.map((row) => logView(row, created)),
    );
  }

  private async created(ledgerId: number, rows: readonly HashedEvent[]): Promise<Created> {
    const records = await this.events.creating(ledgerId, revertedIds(rows));
    return new Map(
      records.map((record) => ['transaction' in record.event ? record.event.transaction.id : 0, record]),
    );
  }
}
