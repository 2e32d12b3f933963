import { Body, Controller, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { LedgerCommand } from '@defter/ledger-domain';
import { Caller, malformed, Scope } from '@defter/platform';
import type { FastifyReply } from 'fastify';
import { answer } from '../answer.js';
import { LedgerEngine } from '../ledger-engine.js';
import { toTransactionId } from '../transactions/transaction-id.js';
import { holdView } from '../transactions/transaction.view.js';
import { keyFromHeader, markAnswer, refuseUnknownQuery } from '../write-request.js';
import { toPostHold } from './hold.wire.js';

interface Path {
  readonly ledger: string;
  readonly id: string;
}

@Controller(['v2/:ledger/transactions/:id', 'api/ledger/v2/:ledger/transactions/:id'])
export class HoldController {
  constructor(private readonly engine: LedgerEngine) {}

  @Post('post')
  @HttpCode(200)
  @Scope('ledger:write')
  post(
    @Param() path: Path,
    @Body() body: unknown,
    @Query() query: Record<string, string>,
    @Headers('idempotency-key') key: string | undefined,
    @Caller() { tenantId }: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    refuseUnknownQuery(query, []);
    const command = toPostHold({ id: toTransactionId(path.id) }, body);
    return this.change({ tenantId, ledger: path.ledger }, command, key, reply);
  }

  @Post('void')
  @HttpCode(200)
  @Scope('ledger:write')
  void(
    @Param() path: Path,
    @Body() body: unknown,
    @Query() query: Record<string, string>,
    @Headers('idempotency-key') key: string | undefined,
    @Caller() { tenantId }: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    refuseUnknownQuery(query, []);
    if (body !== undefined && body !== null && Object.keys(body).length > 0) {
      throw malformed([{ loc: ['body'], msg: 'must be absent or {}', type: 'object' }]);
    }
    const command: LedgerCommand = { type: 'VoidHold', hold: { id: toTransactionId(path.id) } };
    return this.change({ tenantId, ledger: path.ledger }, command, key, reply);
  }

  private async change(
    address: { tenantId: string; ledger: string },
    command: LedgerCommand,
    key: string | undefined,
    reply: FastifyReply,
  ) {
    const outcome = await this.engine.submit(address, { command, ...keyFromHeader(key) });
    markAnswer(reply, outcome);
    return answer(outcome, holdView);
  }
}
