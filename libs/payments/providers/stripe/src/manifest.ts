import type { ProviderManifest } from '@defter/payments-contracts';

/**
 * Stripe, through its SDK. The whole body and the time of sending are signed. A payout of Stripe's goes to
 * the account's own bank and to nobody else, so it pays no customer: it isn't among the capabilities.
 */
export const manifest: ProviderManifest = {
  id: 'stripe',
  capabilities: ['sale', 'authorize', 'capture', 'void', 'refund'],
  capturesOnce: true,
  voidEndsWaiting: true,
  currencies: ['TRY', 'USD', 'EUR', 'GBP'],
  idempotency: 'native',
  // Their search is usually less than a minute behind, and longer during an outage of theirs. All others are
  // read from the payment itself and its lists, which are never behind.
  lookupLagSeconds: { sale: 15 * 60, authorize: 15 * 60 },
  findsDisputes: true,
  signedFields: 'whole-body',
  signsTimestamp: true,
  retryWindowSeconds: 3 * 24 * 3_600,
  acknowledgement: { status: 200, body: '{"received":true}', contentType: 'application/json' },
};
