import { Controller, HttpCode, Post } from '@nestjs/common';
import { BodyStream, Scope } from '@defter/platform';
import { LedgerRequest, Request } from '../ledger-request.js';
import { Ledgers } from '../ledgers/ledgers.js';
import { LedgerImport } from './ledger-import.js';

@Controller(['v2/:ledger/logs/import', 'api/ledger/v2/:ledger/logs/import'])
export class ImportController {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly ledgerImport: LedgerImport,
  ) {}

  @Post()
  @HttpCode(204)
  @Scope('ledger:admin')
  async import(@BodyStream() stream: AsyncIterable<unknown>, @Request() request: LedgerRequest) {
    request.query('keepCardNumbers');
    const keepCardNumbers = request.flag('keepCardNumbers');
    const { ledgerId } = await this.ledgers.at(request.address);
    await this.ledgerImport.run(ledgerId, stream, { keepCardNumbers });
  }
}
