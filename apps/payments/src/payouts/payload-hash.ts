import { createHash } from 'node:crypto';
import type { PayoutFacts } from '@defter/payments-domain';
import { canonicalJson } from '@defter/platform';

type HashedFacts = Pick<
  PayoutFacts,
  | 'payoutId'
  | 'customerId'
  | 'amountMinor'
  | 'currency'
  | 'provider'
  | 'connectionId'
  | 'destination'
  | 'requestedBy'
  | 'metadata'
>;

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
  revision = 1,
}: HashedFacts & { readonly revision?: number }): string =>
  createHash('sha256')
    .update(
      canonicalJson({
        ...{ payoutId, customerId, currency, provider, connectionId, destination, requestedBy, metadata },
        amountMinor: amountMinor.toString(),
        // An edit back to what it was is another revision, and needs another approval.
        ...(revision === 1 ? {} : { revision }),
      }),
    )
    .digest('hex');
