import { Body, Controller, Post } from '@nestjs/common';
import { Scope } from '@defter/platform';
import { LedgerEngine } from '../ledger-engine.js';
import { LedgerRequest, Request } from '../ledger-request.js';
import { toTransactionId } from '../transaction-id.js';
import { transactionView } from '../transaction-view.js';
import { toRevertMetadata } from './revert.wire.js';

@Controller(['v2/:ledger/transactions/:id/revert', 'api/ledger/v2/:ledger/transactions/:id/revert'])
export class RevertTransactionController {
  constructor(private readonly engine: LedgerEngine) {}

  @Post()
  @Scope('ledger:write')
  revert(@Body() body: unknown, @Request() request: LedgerRequest) {
    request.query('dryRun', 'force', 'atEffectiveDate');
    const command = {
      type: 'RevertTransaction' as const,
      transaction: { id: toTransactionId(request.params['id']) },
      force: request.flag('force'),
      atEffectiveDate: request.flag('atEffectiveDate'),
      metadata: toRevertMetadata(body),
    };
    return this.engine.write(request, command, transactionView);
  }
}
