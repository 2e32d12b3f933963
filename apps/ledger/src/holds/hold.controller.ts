import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { malformed, Scope } from '@defter/platform';
import { LedgerEngine } from '../ledger-engine.js';
import { LedgerRequest, Request } from '../ledger-request.js';
import { toTransactionId } from '../transaction-id.js';
import { holdView } from '../transaction-view.js';
import { toPostHold } from './hold.wire.js';

@Controller(['v2/:ledger/transactions/:id', 'api/ledger/v2/:ledger/transactions/:id'])
export class HoldController {
  constructor(private readonly engine: LedgerEngine) {}

  @Post('post')
  @HttpCode(200)
  @Scope('ledger:write')
  post(@Body() body: unknown, @Request() request: LedgerRequest) {
    request.query();
    const hold = { id: toTransactionId(request.params['id']) };
    return this.engine.write(request, toPostHold(hold, body), holdView);
  }

  @Post('void')
  @HttpCode(200)
  @Scope('ledger:write')
  void(@Body() body: unknown, @Request() request: LedgerRequest) {
    request.query();
    expectNoBody(body);
    const hold = { id: toTransactionId(request.params['id']) };
    return this.engine.write(request, { type: 'VoidHold', hold }, holdView);
  }
}

const expectNoBody = (body: unknown): void => {
  if (body === undefined || body === null || Object.keys(body).length === 0) return;
  throw malformed([{ loc: ['body'], msg: 'must be absent or {}', type: 'object' }]);
};
