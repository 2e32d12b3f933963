import { Inject, Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import {
  type IntentCommand,
  type IntentFacts,
  type OperationRequest,
  splitGross,
  undivided,
} from '@defter/payments-domain';
import { CONFIG, type Transaction } from '@defter/platform';
import type { PaymentsConfig } from '../config.js';
import { newOperation, rateCardOf } from '../new-operation.js';
import { Routes } from '../routes.js';
import type { ChargeRefusal } from '../intent.problems.js';
import { Intents } from './intents.js';

/** How the payer wants to pay, this time. */
export interface AttemptWish {
  readonly actor: string;
  /** Absent: the one that the intent was created with. */
  readonly paymentMethod: string | undefined;
  readonly connectionId: string | undefined;
  readonly returnUrl?: string | undefined;
  /** Instead of it, when whoever knows it may pay: told to the provider, and in no event. */
  readonly privateReturnUrl?: string | undefined;
}

export type ChargeOutcome =
  | { readonly accepted: true; readonly intentId: string }
  | { readonly accepted: false; readonly refusal: ChargeRefusal };

/** Starts attempts: a sale, or an authorisation where the intent is captured by hand. */
@Injectable()
export class Attempts {
  constructor(
    private readonly routes: Routes,
    private readonly intents: Intents,
    @Inject(CONFIG) private readonly config: PaymentsConfig,
  ) {}

  async start(
    tx: Transaction,
    tenant: Tenant,
    intent: IntentFacts,
    wish: AttemptWish,
  ): Promise<ChargeOutcome> {
    const { intentId, amountMinor, currency } = intent;
    const instrument = wish.paymentMethod ?? intent.instrument;
    if (instrument === null) return refused({ code: 'payment-method-missing' });
    const routed = this.routes.choose(tenant, wish.connectionId, currency, instrument);
    if (!routed.accepted) return routed;
    const kind = intent.captureMethod === 'manual' ? 'authorize' : 'sale';
    if (!this.routes.can(routed.connection.provider, kind)) {
      return refused({ code: 'operation-not-supported', operationKind: kind });
    }
    const returnUrl = wish.returnUrl ?? intent.returnUrl;
    const split = kind === 'sale' ? splitOf(tenant, intent) : null;
    const asked = { kind, amountMinor, currency, instrument, returnUrl, split } as const;
    const operation = this.marked(newOperation(tenant, routed.connection, asked, this.intents.now()));
    const command: IntentCommand = { type: 'StartAttempt', operation };
    const { actor, privateReturnUrl } = wish;
    const outcome = await this.intents.handle(tx, tenant, intentId, { command, actor, privateReturnUrl });
    return outcome.accepted ? { accepted: true, intentId } : outcome;
  }

  /**
   * What is part of what was begun, whatever is configured later: whether the provider captures an
   * authorisation once only, whether a void ends what waits for its payer, and how long that may be.
   */
  private marked(operation: OperationRequest): OperationRequest {
    const { kind, provider, at } = operation;
    const isOnce = kind === 'authorize' && this.routes.capturesOnce(provider);
    return {
      ...operation,
      ...(isOnce ? { capturesOnce: true } : {}),
      ...(this.routes.endsByVoid(provider) ? { endsByVoid: true } : {}),
      payerUntil: new Date(Date.parse(at) + this.config.challengeExpiresMs).toISOString(),
    };
  }
}

/** A merchant's sale is divided by the rate card; a deposit belongs to its customer. */
const splitOf = (tenant: Tenant, { merchantId, amountMinor, surchargeMinor }: IntentFacts) =>
  merchantId === null ? undivided(amountMinor) : splitGross(amountMinor, surchargeMinor, rateCardOf(tenant));

const refused = (refusal: ChargeRefusal) => ({ accepted: false, refusal }) as const;
