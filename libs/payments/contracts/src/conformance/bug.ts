import type { PaymentProvider } from '../provider-port.js';

/** A mistake that an adapter could have, and the cases that must notice it. */
export interface ConformanceBug {
  readonly bug: string;
  /** The beginning of the name of a case that must fail. */
  readonly caughtBy: string;
  /** Whether this adapter could have it at all. */
  fits(provider: PaymentProvider): boolean;
  spoil(provider: PaymentProvider): PaymentProvider;
}
