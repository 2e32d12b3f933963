import { Body, Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { isId } from '@defter/kernel';
import { Caller, CONFIG, Database, Idempotent, ProblemException, respond, Scope } from '@defter/platform';
import type { PaymentsConfig } from '../config.js';
import { OpenCheckout } from '../open-checkout.handler.js';
import { checkoutProblems } from './checkout.problems.js';
import { findSession } from './checkout.read.js';
import { OpenCheckoutBody, toCheckoutRequest, toCheckoutView } from './checkout.wire.js';
import { pagePath } from './page/page-path.js';

/** Sessions as a merchant's backend opens and reads them; the payer's side is checkout-page.controller.ts. */
@Controller('v1/checkout/sessions')
export class CheckoutController {
  constructor(
    private readonly database: Database,
    private readonly opening: OpenCheckout,
    @Inject(CONFIG) private readonly config: PaymentsConfig,
  ) {}

  @Post()
  @Scope('payments:write')
  @Idempotent()
  async open(@Body() body: OpenCheckoutBody, @Caller() { tenantId, actor }: Caller) {
    const outcome = await this.opening.getOrOpen({ tenantId, actor }, toCheckoutRequest(body));
    return respond(outcome, checkoutProblems, ({ row, created }) => ({
      ...toCheckoutView(row, this.addressOf(tenantId, row.token)),
      created,
    }));
  }

  @Get(':id')
  @Scope('payments:read')
  async get(@Param('id') id: string, @Caller() { tenantId }: Caller) {
    const row = isId('cs', id) ? await findSession(this.database, tenantId, id) : undefined;
    if (row === undefined) throw new ProblemException('checkout-absent', checkoutProblems['checkout-absent']);
    return toCheckoutView(row, this.addressOf(tenantId, row.token));
  }

  private addressOf(tenantId: string, token: string): string {
    return new URL(pagePath(tenantId, token), this.config.checkoutUrl).href;
  }
}
