import { createHash } from 'node:crypto';
import type { PayoutFacts } from '@defter/payments-domain';
import { canonicalJson } from '@defter/platform';

/** Digest (SHA-256, hex) of all that an approver decides about; any change of it makes another payout. */
export const payloadHashOf = ({
  payoutId,
  customerId,
  amountMinor,
  currency,
  provider,
  connectionId,
  destination,
  requestedBy,
  metadata,
}: Omit<PayoutFacts, 'payloadHash' | 'approvalsRequired'>): string =>
  createHash('sha256')
    .update(
      canonicalJson({
        ...{ payoutId, customerId, currency, provider, connectionId, destination, requestedBy, metadata },
        amountMinor: amountMinor.toString(),
      }),
    )
    .digest('hex');
