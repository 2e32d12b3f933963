import { Body, Controller, Get, Patch } from '@nestjs/common';
import { Scope } from '@defter/platform';
import { LedgerRequest, Request } from '../ledger-request.js';
import { Ledgers } from '../ledgers/ledgers.js';
import { Settings } from './settings.js';
import { toSettingsChange } from './settings.wire.js';

@Controller(['v2/:ledger/_settings', 'api/ledger/v2/:ledger/_settings'])
export class SettingsController {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly settings: Settings,
  ) {}

  @Get()
  @Scope('ledger:admin')
  async get(@Request() request: LedgerRequest) {
    request.query();
    const { ledgerId } = await this.ledgers.at(request.address);
    return { data: await this.settings.of(ledgerId) };
  }

  @Patch()
  @Scope('ledger:admin')
  async change(@Body() body: unknown, @Request() request: LedgerRequest) {
    request.query();
    const change = toSettingsChange(body);
    const { ledgerId } = await this.ledgers.at(request.address);
    return { data: await this.settings.change(ledgerId, change) };
  }
}
