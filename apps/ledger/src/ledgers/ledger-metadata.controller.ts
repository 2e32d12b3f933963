import { Body, Controller, Delete, Get, HttpCode, Put } from '@nestjs/common';
import { Scope } from '@defter/platform';
import { LedgerRequest, Request, toKey } from '../ledger-request.js';
import { toLedgerMetadata } from './ledger.wire.js';
import { LedgerReader } from './ledger.read.js';
import { Ledgers } from './ledgers.js';

/** What is noted about a ledger, and how much it holds. */
@Controller(['v2/:ledger', 'api/ledger/v2/:ledger'])
export class LedgerMetadataController {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly reader: LedgerReader,
  ) {}

  @Put('metadata')
  @HttpCode(204)
  @Scope('ledger:write')
  async set(@Body() body: unknown, @Request() request: LedgerRequest): Promise<void> {
    request.query();
    const metadata = toLedgerMetadata(body);
    const { ledgerId } = await this.ledgers.at(request.address);
    await this.ledgers.setMetadata(ledgerId, metadata);
  }

  @Delete('metadata/:key')
  @HttpCode(204)
  @Scope('ledger:write')
  async delete(@Request() request: LedgerRequest): Promise<void> {
    request.query();
    const key = toKey(request.params['key'], ['path', 'key']) ?? '';
    const { ledgerId } = await this.ledgers.at(request.address);
    await this.ledgers.deleteMetadata(ledgerId, key);
  }

  @Get('_info')
  @Scope('ledger:read')
  async info(@Request() request: LedgerRequest) {
    request.query();
    const { name } = await this.ledgers.at(request.address);
    const applied = await this.reader.migrations();
    const migrations = applied.map((each) => ({ ...each, state: 'DONE' as const }));
    return { data: { name, storage: { migrations } } };
  }

  @Get('stats')
  @Scope('ledger:read')
  async stats(@Request() request: LedgerRequest) {
    request.query();
    const { ledgerId } = await this.ledgers.at(request.address);
    return { data: await this.reader.counts(ledgerId) };
  }
}
