import { Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import type { ExistingCheckout } from '@defter/payments-domain';
import { Database, loadStream, type Transaction } from '@defter/platform';
import { type CheckoutOutcome, handleCheckout } from './checkout/checkout.js';
import { Attempts } from './intents/attempts.js';
import { ChangeIntent } from './intents/change-intent.handler.js';
import { findIntent } from './intents/intent.read.js';

/** One press of the page's button. */
export interface PaymentTry {
  /** The form's number; the same one again is no other try. */
  readonly number: number;
  /** The card's token. */
  readonly instrument: string;
  readonly returnUrl: string;
}

const PAYER = 'payer';

/**
 * Pays and expires sessions: always the intent's lock first, then the session's, so that one of two is first.
 */
@Injectable()
export class PayCheckout {
  constructor(
    private readonly database: Database,
    private readonly attempts: Attempts,
    private readonly intents: ChangeIntent,
  ) {}

  /** Starts an attempt. What was refused, or was tried already, changed nothing. */
  async pay(tenant: Tenant, session: ExistingCheckout, tried: PaymentTry): Promise<{ accepted: boolean }> {
    const { intentId } = session;
    if (intentId === null) return this.confirmFree(tenant, session);
    try {
      return await this.database.transaction(async (tx) => {
        await loadStream(tx, tenant.id, intentId, { lock: true });
        const command = (at: string) => ({ type: 'TryPayment', number: tried.number, at }) as const;
        const outcome = await handleCheckout(tx, tenant, session.sessionId, { command, actor: PAYER });
        if (outcome.accepted) await this.startAttempt(tx, tenant, outcome.session, { ...tried, intentId });
        return outcome;
      });
    } catch (error) {
      if (error instanceof AttemptRefused) return { accepted: false };
      throw error;
    }
  }

  /**
   * Ends the session when its time is up, and its intent with it; while an attempt is under way, the
   * attempt's end decides.
   */
  async expire(tenant: Tenant, sessionId: string, intentId: string | null): Promise<CheckoutOutcome> {
    return this.database.transaction(async (tx) => {
      if (intentId !== null) await loadStream(tx, tenant.id, intentId, { lock: true });
      const row = intentId === null ? undefined : await findIntent(tx, tenant.id, intentId);
      const paymentUnderWay = row !== undefined && !isAtRest(row.intent.status);
      const command = (at: string) => ({ type: 'ExpireCheckout', paymentUnderWay, at }) as const;
      const outcome = await handleCheckout(tx, tenant, sessionId, { command, actor: 'expiry' });
      const expired = outcome.accepted && outcome.isNews;
      if (expired && row !== undefined) {
        await this.intents.cancel({ tenantId: tenant.id, actor: 'expiry' }, row.intent, {});
      }
      return outcome;
    });
  }

  private confirmFree(tenant: Tenant, { sessionId }: ExistingCheckout): Promise<CheckoutOutcome> {
    const command = (at: string) => ({ type: 'ConfirmFreeCheckout', at }) as const;
    return this.database.transaction((tx) =>
      handleCheckout(tx, tenant, sessionId, { command, actor: PAYER }),
    );
  }

  /** @throws AttemptRefused, which undoes the try as well */
  private async startAttempt(
    tx: Transaction,
    tenant: Tenant,
    session: ExistingCheckout,
    { intentId, instrument, returnUrl }: PaymentTry & { readonly intentId: string },
  ): Promise<void> {
    const row = await findIntent(tx, tenant.id, intentId);
    if (row === undefined) throw new Error(`The session ${session.sessionId} lost its intent`);
    const { connectionId } = session;
    // The page's address is in it: it must not stand in events.
    const wish = { actor: PAYER, connectionId, paymentMethod: instrument, privateReturnUrl: returnUrl };
    const started = await this.attempts.start(tx, tenant, row.intent, wish);
    if (!started.accepted) throw new AttemptRefused(started.refusal.code);
  }
}

/** The intent refused: another attempt is open, or it was settled meanwhile. */
class AttemptRefused extends Error {}

/** Nothing is being tried. */
const isAtRest = (status: string): boolean =>
  status === 'requires_payment_method' || status === 'requires_confirmation' || status === 'canceled';
