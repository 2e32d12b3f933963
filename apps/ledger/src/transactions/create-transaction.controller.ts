import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { HotPath, Scope } from '@defter/platform';
import { LedgerEngine } from '../ledger-engine.js';
import { LedgerRequest, Request } from '../ledger-request.js';
import { transactionView } from '../transaction-view.js';
import { toCreateTransaction } from './transaction.wire.js';

@Controller(['v2/:ledger/transactions', 'api/ledger/v2/:ledger/transactions'])
export class CreateTransactionController {
  constructor(private readonly engine: LedgerEngine) {}

  @Post()
  @HttpCode(200)
  @HotPath()
  @Scope('ledger:write')
  create(@Body() body: unknown, @Request() request: LedgerRequest) {
    request.query('dryRun', 'force');
    const command = toCreateTransaction(body);
    const forced = { ...command, force: command.force || request.flag('force') };
    return this.engine.write(request, forced, transactionView);
  }
}
