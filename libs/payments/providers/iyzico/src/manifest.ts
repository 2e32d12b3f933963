import type { ProviderManifest } from '@defter/payments-contracts';

/**
 * iyzico: the payer pays on its checkout form, we give money back. Webhooks come in three forms, each signed
 * over some ids and the status, run together without a separator; no amount, currency or time is signed.
 */
export const manifest: ProviderManifest = {
  id: 'iyzico',
  capabilities: ['sale', 'refund'],
  currencies: ['TRY', 'USD', 'EUR', 'GBP'],
  idempotency: 'lookup-by-reference',
  signedFields: [
    ...['iyziEventType', 'paymentId', 'iyziPaymentId', 'token', 'paymentConversationId', 'status'],
    ...['subscriptionReferenceCode', 'orderReferenceCode', 'customerReferenceCode'],
  ],
  signsTimestamp: false,
  retryWindowSeconds: 45 * 60,
  credentials: ['secretKey'],
  signingParameters: ['merchantId'],
  acknowledgement: { status: 200, body: 'OK', contentType: 'text/plain' },
};
