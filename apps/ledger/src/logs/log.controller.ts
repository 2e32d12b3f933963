import { Controller, Get } from '@nestjs/common';
import { Scope } from '@defter/platform';
import type { EventRecord } from '../engine/submission.js';
import { LedgerRequest, Request } from '../ledger-request.js';
import { Ledgers } from '../ledgers/ledgers.js';
import { type ListForm, listPage, numberPlace } from '../list-request.js';
import { EventReader } from './event.read.js';
import { logView } from './log.wire.js';

const LOGS: ListForm<EventRecord, unknown, number> = {
  kind: 'logs',
  parsePlace: numberPlace,
  place: ({ sequence }) => sequence,
  view: logView,
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
    return listPage(request, LOGS, (before, limit) => this.events.before(ledgerId, { before, limit }));
  }
}
