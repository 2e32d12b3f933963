import type { ProviderManifest } from '@defter/payments-contracts';

/** What MockPSP can do. Its own dialect: the whole body and the time of sending are signed. */
export const manifest: ProviderManifest = {
  id: 'mock-psp',
  capabilities: ['sale', 'authorize', 'capture', 'void', 'refund', 'payout'],
  voidEndsWaiting: true,
  currencies: ['TRY', 'USD', 'EUR'],
  idempotency: 'native',
  findsDisputes: true,
  signedFields: 'whole-body',
  signsTimestamp: true,
  retryWindowSeconds: 30 * 24 * 3_600,
  acknowledgement: { status: 200, body: 'OK', contentType: 'text/plain' },
};
