import type { PaymentProvider } from '@defter/payments-contracts';

/** Adyen isn't asked yet, so nothing is known of any operation. */
export const lookup: PaymentProvider['lookup'] = () =>
  Promise.resolve({ result: 'unknown', reason: 'adyen: only its webhooks are read' });
