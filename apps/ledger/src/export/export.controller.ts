import { Readable } from 'node:stream';
import { Controller, HttpCode, Post, StreamableFile } from '@nestjs/common';
import { Scope } from '@defter/platform';
import { LedgerRequest, Request } from '../ledger-request.js';
import { Ledgers } from '../ledgers/ledgers.js';
import { LedgerExport } from './export.read.js';

@Controller(['v2/:ledger/logs/export', 'api/ledger/v2/:ledger/logs/export'])
export class ExportController {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly ledgerExport: LedgerExport,
  ) {}

  @Post()
  @HttpCode(200)
  @Scope('ledger:read')
  async export(@Request() request: LedgerRequest): Promise<StreamableFile> {
    request.query();
    const { ledgerId } = await this.ledgers.at(request.address);
    return new StreamableFile(Readable.from(this.ledgerExport.lines(ledgerId)), {
      type: 'application/x-ndjson',
    });
  }
}
