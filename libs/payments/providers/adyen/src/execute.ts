import type { PaymentProvider } from '@defter/payments-contracts';

/** Nothing is sent to Adyen yet; with no capability in the manifest, nobody gets here. */
export const execute: PaymentProvider['execute'] = () =>
  Promise.resolve({ result: 'errored', reason: 'adyen: only its webhooks are read' });
