import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, Database } from '@defter/platform';
import type { PaymentsConfig } from '../config.js';
import { askOnReturn } from '../operations/operation.js';
import { PayCheckout } from '../pay-checkout.handler.js';
import { type FoundPage, lastAttempt } from './checkout-pages.js';
import { pagePath } from './page/page-path.js';
import type { Language } from './page/page-texts.js';
import { testCard } from './page/test-cards.js';

/** What a payer's browser sends: each is answered with the address to go to, whatever became of it. */
@Injectable()
export class CheckoutForms {
  constructor(
    private readonly database: Database,
    private readonly paying: PayCheckout,
    @Inject(CONFIG) private readonly config: PaymentsConfig,
  ) {}

  /** The form with a card, or the confirmation that there is nothing to pay. */
  async pay(
    { tenant, token, session, intent }: FoundPage,
    body: Buffer,
    language: Language,
  ): Promise<string> {
    const path = pagePath(tenant.id, token);
    const form = new URLSearchParams(body.toString('utf8'));
    const card = testCard(form.get('card'));
    if (card === undefined && intent !== undefined) return `${path}?lang=${language}&from=form`;
    await this.paying.pay(tenant, session, {
      number: Number.parseInt(form.get('try') ?? '', 10),
      instrument: card?.instrument ?? '',
      returnUrl: new URL(`${path}/return?lang=${language}`, this.config.checkoutUrl).href,
    });
    return `${path}?lang=${language}`;
  }

  /** The browser's return proves nothing; it only makes us ask the provider now. */
  async comeBack({ tenant, token, intent }: FoundPage, language: Language): Promise<string> {
    const attempt = lastAttempt(intent);
    if (attempt !== undefined)
      await this.database.transaction((tx) => askOnReturn(tx, tenant.id, attempt.operationId));
    return `${pagePath(tenant.id, token)}?lang=${language}&from=bank`;
  }
}
