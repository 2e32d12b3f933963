import { Body, Controller, Post } from '@nestjs/common';
import { Scope } from '@defter/platform';
import { Type } from '@sinclair/typebox';
import { bodyReader } from '../body-reader.js';
import { LedgerEngine } from '../ledger-engine.js';
import { LedgerRequest, Request } from '../ledger-request.js';
import { toTransactionId } from '../transaction-id.js';
import { transactionView } from '../transaction-view.js';
import { MetadataInput } from './transaction.wire.js';

/** Body of `POST …/transactions/{id}/revert`. */
export const RevertBody = Type.Object(
  { metadata: Type.Optional(MetadataInput) },
  { additionalProperties: false },
);

const readBody = bodyReader(RevertBody);

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
      metadata: readBody(body ?? {}).metadata ?? {},
    };
    return this.engine.write(request, command, transactionView);
  }
}
