import { Body, Controller, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { Caller, HotPath, Scope } from '@defter/platform';
import type { FastifyReply } from 'fastify';
import { answer } from '../answer.js';
import { LedgerEngine, refuseForceWithout } from '../ledger-engine.js';
import { keyFromHeader, markAnswer, refuseUnknownQuery, toFlag } from '../write-request.js';
import { transactionView } from './transaction.view.js';
import { toCreateTransaction } from './transaction.wire.js';

@Controller(['v2/:ledger/transactions', 'api/ledger/v2/:ledger/transactions'])
export class CreateTransactionController {
  constructor(private readonly engine: LedgerEngine) {}

  @Post()
  @HttpCode(200)
  @HotPath()
  @Scope('ledger:write')
  async create(
    @Param('ledger') ledger: string,
    @Body() body: unknown,
    @Query() query: Record<string, string>,
    @Headers('idempotency-key') key: string | undefined,
    @Caller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    refuseUnknownQuery(query, ['dryRun', 'force']);
    const { force, ...command } = toCreateTransaction(body);
    const submission = {
      command: { ...command, force: force || toFlag('force', query['force']) },
      ...keyFromHeader(key),
    };
    refuseForceWithout(caller, [submission]);
    const address = { tenantId: caller.tenantId, ledger };
    const outcome = await this.engine.submit(address, submission, toFlag('dryRun', query['dryRun']));
    markAnswer(reply, outcome);
    return answer(outcome, transactionView);
  }
}
