import { Body, Controller, Param, Post } from '@nestjs/common';
import { Caller, Idempotent, Scope } from '@defter/platform';
import { expectNoBody } from '../no-body.js';
import { ChangeIntent } from './change-intent.handler.js';
import { IntentAnswers } from './intent-answers.js';
import { AbandonIntentBody, aboveZero, CaptureIntentBody, ConfirmIntentBody } from './intent.wire.js';

@Controller('v1/payment_intents')
export class ChangeIntentController {
  constructor(
    private readonly changing: ChangeIntent,
    private readonly answers: IntentAnswers,
  ) {}

  @Post(':id/confirm')
  @Scope('payments:write')
  @Idempotent()
  async confirm(@Param('id') id: string, @Body() body: ConfirmIntentBody, @Caller() caller: Caller) {
    const intent = await this.answers.intent(caller.tenantId, id);
    const { connection_id: connectionId, payment_method: paymentMethod, return_url: returnUrl } = body;
    const wish = { connectionId: connectionId ?? undefined, paymentMethod, returnUrl };
    return this.answers.after(caller, await this.changing.confirm(caller, intent, wish));
  }

  @Post(':id/capture')
  @Scope('payments:write')
  @Idempotent()
  async capture(@Param('id') id: string, @Body() body: CaptureIntentBody, @Caller() caller: Caller) {
    aboveZero(body.amount_minor);
    const intent = await this.answers.intent(caller.tenantId, id);
    const wish = { amountMinor: body.amount_minor ?? null, metadata: body.metadata ?? {} };
    return this.answers.after(caller, await this.changing.capture(caller, intent, wish));
  }

  @Post(':id/cancel')
  @Scope('payments:write')
  @Idempotent()
  async cancel(@Param('id') id: string, @Body() body: unknown, @Caller() caller: Caller) {
    expectNoBody(body);
    const intent = await this.answers.intent(caller.tenantId, id);
    return this.answers.after(caller, await this.changing.cancel(caller, intent, {}));
  }

  @Post(':id/abandon')
  @Scope('payments:write')
  @Idempotent()
  async abandon(@Param('id') id: string, @Body() body: AbandonIntentBody, @Caller() caller: Caller) {
    const intent = await this.answers.intent(caller.tenantId, id);
    const attempt = body.attempt ?? undefined;
    return this.answers.after(caller, await this.changing.abandon(caller, intent, attempt));
  }

  @Post(':id/resolve')
  @Scope('payments:write')
  @Idempotent()
  async resolve(@Param('id') id: string, @Body() body: unknown, @Caller() caller: Caller) {
    expectNoBody(body);
    const intent = await this.answers.intent(caller.tenantId, id);
    return this.answers.after(caller, await this.changing.resolve(caller, intent));
  }
}
