/**
 * A checkout session: the page on which a payer pays one order of a merchant. Each payment goes through the
 * session's payment intent; the session only says whether the order can still be paid, and that it was.
 */
export type CheckoutStatus = 'open' | 'complete' | 'expired';
export type CheckoutPaymentStatus = 'unpaid' | 'paid' | 'no_payment_required';

export interface CheckoutFacts {
  readonly sessionId: string;
  readonly merchantReference: string;
  readonly customerId: string;
  /** 0 needs no payment, only the payer's confirmation. */
  readonly amountMinor: bigint;
  readonly currency: string;
  /** What is paid for, as the payer reads it. */
  readonly description: string | null;
  /** Null when nothing is to be paid. */
  readonly intentId: string | null;
  readonly connectionId: string;
  readonly successUrl: string;
  readonly cancelUrl: string;
  readonly expiresAt: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export type CheckoutSession =
  | { readonly status: 'absent' }
  | (CheckoutFacts & {
      readonly status: CheckoutStatus;
      readonly paymentStatus: CheckoutPaymentStatus;
      /** How often the payer tried. The form carries the next number, so that sending it twice is one try. */
      readonly tries: number;
    });

export type ExistingCheckout = Exclude<CheckoutSession, { readonly status: 'absent' }>;

/** `at` is the database's time at the decision. */
export type CheckoutCommand =
  | ({ readonly type: 'OpenCheckout'; readonly at: string } & CheckoutFacts)
  | { readonly type: 'TryPayment'; readonly number: number; readonly at: string }
  | { readonly type: 'ConfirmFreeCheckout'; readonly at: string }
  /** The intent was captured, or canceled. */
  | { readonly type: 'FollowIntent'; readonly outcome: 'captured' | 'canceled'; readonly at: string }
  | { readonly type: 'ExpireCheckout'; readonly paymentUnderWay: boolean; readonly at: string };

export type CheckoutEvent =
  | ({ readonly type: 'CheckoutOpened'; readonly at: string } & CheckoutFacts)
  | { readonly type: 'CheckoutPaymentTried'; readonly number: number; readonly at: string }
  | {
      readonly type: 'CheckoutCompleted';
      readonly paymentStatus: Exclude<CheckoutPaymentStatus, 'unpaid'>;
      readonly at: string;
    }
  | { readonly type: 'CheckoutExpired'; readonly at: string };

export type CheckoutRefusal =
  | { readonly code: 'checkout-exists' }
  | { readonly code: 'checkout-absent' }
  | { readonly code: 'checkout-complete' }
  | { readonly code: 'checkout-expired' }
  | { readonly code: 'checkout-not-free' }
  | { readonly code: 'checkout-tried-already'; readonly tries: number }
  | { readonly code: 'checkout-not-due'; readonly expiresAt: string }
  | { readonly code: 'checkout-payment-under-way' };
