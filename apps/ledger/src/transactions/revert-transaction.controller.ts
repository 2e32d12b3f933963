import { Body, Controller, Headers, Param, Post, Query, Res } from '@nestjs/common';
import { Caller, Scope } from '@defter/platform';
import { Type } from '@sinclair/typebox';
import type { FastifyReply } from 'fastify';
import { answer } from '../answer.js';
import { bodyReader } from '../body-reader.js';
import { LedgerEngine, refuseForceWithout } from '../ledger-engine.js';
import { keyFromHeader, markAnswer, refuseUnknownQuery, toFlag } from '../write-request.js';
import { toTransactionId } from './transaction-id.js';
import { transactionView } from './transaction.view.js';
import { MetadataInput } from './transaction.wire.js';

const readBody = bodyReader(
  Type.Object({ metadata: Type.Optional(MetadataInput) }, { additionalProperties: false }),
);

@Controller(['v2/:ledger/transactions/:id/revert', 'api/ledger/v2/:ledger/transactions/:id/revert'])
export class RevertTransactionController {
  constructor(private readonly engine: LedgerEngine) {}

  @Post()
  @Scope('ledger:write')
  async revert(
    @Param() { ledger, id }: { ledger: string; id: string },
    @Body() body: unknown,
    @Query() query: Record<string, string>,
    @Headers('idempotency-key') key: string | undefined,
    @Caller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    refuseUnknownQuery(query, ['dryRun', 'force', 'atEffectiveDate']);
    const command = {
      type: 'RevertTransaction' as const,
      transaction: { id: toTransactionId(id) },
      force: toFlag('force', query['force']),
      atEffectiveDate: toFlag('atEffectiveDate', query['atEffectiveDate']),
      metadata: readBody(body ?? {}).metadata ?? {},
    };
    const submission = { command, ...keyFromHeader(key) };
    refuseForceWithout(caller, [submission]);
    const address = { tenantId: caller.tenantId, ledger };
    const outcome = await this.engine.submit(address, submission, toFlag('dryRun', query['dryRun']));
    markAnswer(reply, outcome);
    return answer(outcome, transactionView);
  }
}
