import type { ProviderManifest } from '@defter/payments-contracts';

/**
 * PayTR: the payer pays on a page of theirs, we give money back. A connection's `apiKey` is the merchant
 * number. Its callback signs the order, the outcome and the total paid; neither the currency nor the time.
 */
export const manifest: ProviderManifest = {
  id: 'paytr',
  capabilities: ['sale', 'refund'],
  currencies: ['TRY', 'USD', 'EUR', 'GBP'],
  idempotency: 'lookup-by-reference',
  signedFields: ['merchant_oid', 'status', 'total_amount'],
  signsTimestamp: false,
  retryWindowSeconds: 24 * 3_600,
  credentials: ['merchantKey', 'merchantSalt'],
  signingParameters: ['salt'],
  acknowledgement: { status: 200, body: 'OK', contentType: 'text/plain' },
};
