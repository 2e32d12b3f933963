import type { ProviderManifest } from '@defter/payments-contracts';

/** Adyen: notifications are verified and read; nothing is called. */
export const manifest: ProviderManifest = {
  id: 'adyen',
  capabilities: [],
  currencies: ['TRY', 'USD', 'EUR', 'GBP'],
  idempotency: 'none',
  signedFields: [
    ...['pspReference', 'originalReference', 'merchantAccountCode', 'merchantReference'],
    ...['value', 'currency', 'eventCode', 'success'],
  ],
  signsTimestamp: false,
  retryWindowSeconds: 30 * 24 * 3_600,
  acknowledgement: { status: 200, body: '[accepted]', contentType: 'text/plain' },
};
