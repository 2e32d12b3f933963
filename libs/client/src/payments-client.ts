import type { SettlementStatus } from '@defter/payments-contracts';
import { callApi, type Connection } from './http.js';
import type { Amount } from './ledger-client.js';

export interface NewIntent {
  readonly amount_minor: Amount;
  readonly currency: string;
  readonly customer_id: string;
  /** The caller's own name of the payment: asking again with it gives the same intent. */
  readonly merchant_reference: string;
  readonly confirm: boolean;
  readonly payment_method?: string;
  readonly connection_id?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A call to the provider, as it stands. */
export interface OperationView {
  readonly operation_id: string;
  readonly kind: string;
  readonly result: string;
  readonly provider_ref: string | null;
  readonly fee_minor: Amount;
}

/** A posting that payments asked of the ledger. */
export interface BookingView {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
}

export interface Intent {
  readonly id: string;
  readonly status: string;
  readonly amount_minor: Amount;
  readonly currency: string;
  readonly customer_id: string;
  readonly merchant_reference: string;
  readonly attempts: readonly OperationView[];
  readonly bookings: readonly BookingView[];
  /** Why a person must look; empty when nobody must. */
  readonly needs_attention: readonly string[];
}

export interface NewRefund {
  readonly payment_intent: string;
  /** Without it, everything that is left. */
  readonly amount_minor?: Amount;
  readonly reason?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** As it was when its amount was held; what became of it since, `intent` tells. */
export interface Refund {
  readonly id: string;
  readonly status: string;
  readonly payment_intent: string;
}

export interface NewPayout {
  readonly amount_minor: Amount;
  readonly currency: string;
  readonly customer_id: string;
  readonly destination: string;
  readonly connection_id?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface Payout {
  readonly id: string;
  readonly status: string;
  readonly amount_minor: Amount;
  readonly currency: string;
  readonly customer_id: string;
  /** What an approver approves: the hash of what was shown. */
  readonly payload_hash: string;
  readonly operation: OperationView | null;
  readonly bookings: readonly BookingView[];
  readonly allowed_actions: readonly ActionView[];
}

/** A button: whether this caller may press it, and why not. */
export interface ActionView {
  readonly action: string;
  readonly allowed: boolean;
  readonly reason: string | null;
  readonly idempotency_key: string;
}

/** What a provider owed and has paid: of a batch that was found paid, or as a person asked for it. */
export interface Settlement {
  readonly id: string;
  readonly object: 'settlement';
  /** The last four are not, or no longer, booked: who, when and why say `ended_…`. */
  readonly status: SettlementStatus;
  readonly connection_id: string;
  readonly reference: string;
  readonly amount_minor: Amount;
  readonly currency: string;
  /** What an approver approves: the hash of what was shown; null of those from before two people. */
  readonly payload_hash: string | null;
  readonly requested_by: string;
  readonly approved_by: string | null;
  readonly approved_at: string | null;
  readonly ended_by: string | null;
  readonly ended_at: string | null;
  readonly end_reason: string | null;
  /** The ledger's transaction that reverted its booking. */
  readonly reverted_by_transaction: Amount | null;
  /** The one that reverted that: it stands in the books again. */
  readonly reinstated_by_transaction: Amount | null;
  /** The figures of what reconciliation has found paid. */
  readonly batch: BatchView | null;
  readonly fee_difference_minor: Amount;
  /** Booked without a person, because the settings let it. */
  readonly automatic: boolean;
  /** Another one that may be the same transfer. */
  readonly similar_to: string | null;
  readonly bookings: readonly BookingView[];
  readonly allowed_actions: readonly ActionView[];
  readonly created_at: string;
}

/** What an approver of a batch decides about. */
export interface BatchView {
  readonly reference: string;
  readonly gross_minor: Amount;
  readonly fees_minor: Amount;
  readonly other_minor: Amount;
  readonly net_minor: Amount;
  readonly booked_fees_minor: Amount;
  /** Null where the report alone says that it is paid. */
  readonly bank_minor: Amount | null;
  readonly lines: number;
  readonly unlike_lines: number;
  readonly bank_references: readonly string[];
  readonly last_on: string;
  readonly handed_in_by: readonly string[];
  readonly run_id: string;
}

export interface NewCheckout {
  readonly amount_minor: Amount;
  readonly currency: string;
  readonly customer_id: string;
  /** The caller's own name of the order: asking again with it gives the same session. */
  readonly merchant_reference: string;
  readonly success_url: string;
  readonly cancel_url: string;
  readonly description?: string;
  /** Seconds. */
  readonly expires_in?: number;
  readonly connection_id?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface CheckoutSession {
  readonly session_id: string;
  /** Where to send the payer, and nobody else: whoever has it may pay. */
  readonly checkout_url: string;
  readonly expires_at: string;
  readonly amount_minor: Amount;
  readonly currency: string;
  readonly status: 'open' | 'complete' | 'expired';
  readonly payment_status: 'unpaid' | 'paid' | 'no_payment_required';
  readonly merchant_reference: string;
  readonly payment_intent_id: string | null;
}

interface Page<T> {
  readonly data: readonly T[];
  readonly next?: string;
}

/** Deposits and withdrawals over REST. */
export class PaymentsClient {
  constructor(private readonly connection: Connection) {}

  /** Gets or creates the intent of a merchant reference. */
  createIntent(intent: NewIntent, idempotencyKey: string): Promise<Intent & { readonly created: boolean }> {
    return callApi(this.connection, 'POST', '/v1/payment_intents', { body: intent, idempotencyKey });
  }

  intent(id: string): Promise<Intent> {
    return callApi(this.connection, 'GET', `/v1/payment_intents/${id}`);
  }

  /** Gives back; asking again with the same key gives the same refund. */
  requestRefund(refund: NewRefund, idempotencyKey: string): Promise<Refund> {
    return callApi(this.connection, 'POST', '/v1/refunds', { body: refund, idempotencyKey });
  }

  /** All intents, newest first. */
  intents(): AsyncGenerator<Intent> {
    return this.pages<Intent>('/v1/payment_intents');
  }

  /** Gets or opens the checkout session of a merchant reference. */
  openCheckout(
    checkout: NewCheckout,
    idempotencyKey: string,
  ): Promise<CheckoutSession & { readonly created: boolean }> {
    return callApi(this.connection, 'POST', '/v1/checkout/sessions', { body: checkout, idempotencyKey });
  }

  checkout(id: string): Promise<CheckoutSession> {
    return callApi(this.connection, 'GET', `/v1/checkout/sessions/${id}`);
  }

  /**
   * Asks for a withdrawal; its hold is in place when this returns. @throws DefterProblem `insufficient-funds`
   */
  requestPayout(payout: NewPayout, idempotencyKey: string): Promise<Payout> {
    return callApi(this.connection, 'POST', '/v1/payouts', { body: payout, idempotencyKey });
  }

  /** To be called with the token of another person than the one who asked. */
  approvePayout(id: string, payloadHash: string, idempotencyKey: string): Promise<Payout> {
    const body = { payload_hash: payloadHash };
    return callApi(this.connection, 'POST', `/v1/payouts/${id}/approve`, { body, idempotencyKey });
  }

  rejectPayout(id: string, reason: string, idempotencyKey: string): Promise<Payout> {
    return callApi(this.connection, 'POST', `/v1/payouts/${id}/reject`, { body: { reason }, idempotencyKey });
  }

  payout(id: string): Promise<Payout> {
    return callApi(this.connection, 'GET', `/v1/payouts/${id}`);
  }

  /** All payouts, newest first. */
  payouts(): AsyncGenerator<Payout> {
    return this.pages<Payout>('/v1/payouts');
  }

  /** All settlements, newest first. */
  settlements(): AsyncGenerator<Settlement> {
    return this.pages<Settlement>('/v1/settlements');
  }

  /** To be called by a person other than the one who asked; the hash is that of what they saw. */
  approveSettlement(id: string, payloadHash: string, idempotencyKey: string): Promise<Settlement> {
    const body = { payload_hash: payloadHash };
    return callApi(this.connection, 'POST', `/v1/settlements/${id}/approve`, { body, idempotencyKey });
  }

  private async *pages<T>(path: string): AsyncGenerator<T> {
    let cursor: string | undefined;
    do {
      const query = cursor === undefined ? '' : `&cursor=${cursor}`;
      const page = await callApi<Page<T>>(this.connection, 'GET', `${path}?page_size=100${query}`);
      yield* page.data;
      cursor = page.next;
    } while (cursor !== undefined);
  }
}
