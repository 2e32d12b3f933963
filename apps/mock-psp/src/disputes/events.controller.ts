import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { HasForm, Public, respond } from '@defter/platform';
import { operationView } from '../operations/operation.wire.js';
import { disputeProblems, returnProblems } from './disputes.problems.js';
import { ProviderEvents } from './provider-events.handler.js';

const moves = ['evidence', 'won', 'lost'] as const;

export class OpenDisputeBody {
  @IsString() connectionId!: string;
  /** The operation id of the charge or capture. */
  @IsString() operationId!: string;
  @IsOptional()
  @HasForm(/^[1-9][0-9]{0,39}$/, 'a whole number of the smallest unit, above 0, as a string')
  amount?: string;
  @IsOptional() @IsString() @Length(1, 64) reason?: string;
}

export class MoveDisputeBody {
  @IsString() connectionId!: string;
  @IsIn(moves) to!: (typeof moves)[number];
}

export class ConnectionBody {
  @IsString() connectionId!: string;
}

/** What payers' banks and payees' banks do; only where MOCK_PSP_TEST_ENDPOINTS says so. */
@Controller('_test')
export class EventsController {
  constructor(private readonly events: ProviderEvents) {}

  @Post('disputes')
  @Public()
  async open(@Body() { connectionId, operationId, amount, reason = 'fraudulent' }: OpenDisputeBody) {
    const amountMinor = amount === undefined ? undefined : BigInt(amount);
    const outcome = await this.events.openDispute({ connectionId, operationId, amountMinor, reason });
    return respond(outcome, disputeProblems, ({ operation, step }) => operationView(operation, step));
  }

  @Post('disputes/:id')
  @HttpCode(200)
  @Public()
  async move(@Param('id') id: string, @Body() { connectionId, to }: MoveDisputeBody) {
    const outcome = await this.events.moveDispute(connectionId, id, to);
    return respond(outcome, disputeProblems, ({ operation, step }) => operationView(operation, step));
  }

  @Post('payouts/:operationId/return')
  @HttpCode(200)
  @Public()
  async returnPayout(@Param('operationId') operationId: string, @Body() { connectionId }: ConnectionBody) {
    const outcome = await this.events.sendBack(connectionId, operationId, 'payout');
    return respond(outcome, returnProblems, ({ operation, step }) => operationView(operation, step));
  }

  @Post('refunds/:operationId/return')
  @HttpCode(200)
  @Public()
  async returnRefund(@Param('operationId') operationId: string, @Body() { connectionId }: ConnectionBody) {
    const outcome = await this.events.sendBack(connectionId, operationId, 'refund');
    return respond(outcome, returnProblems, ({ operation, step }) => operationView(operation, step));
  }
}
