import type { Observation } from '@defter/payments-domain';
import type { ProviderEventV1, TrustedFacts } from '@defter/webhooks-contracts';

/** What an event may do to the operation that it is about. */
export type Reading =
  | { readonly act: 'observe'; readonly observation: Observation }
  /** It may be true, but isn't proof: ask the provider. */
  | { readonly act: 'look_up' }
  /** It is about something that we don't do with such an operation. */
  | { readonly act: 'park'; readonly reason: string };

/**
 * Reads an event about a known operation. Only verified events with the money they claim among the signed facts are
 * observations; everything else causes a look-up at most.
 */
export const readEvent = (
  { verified, facts, occurredAt, receivedAt }: ProviderEventV1 & { readonly facts: TrustedFacts },
  operation: { readonly operationId: string; readonly kind: string },
): Reading => {
  const result = facts.kind === 'payout_reversal' && operation.kind === 'payout' ? 'returned' : facts.result;
  if (facts.kind !== operation.kind && !(facts.kind === 'payout_reversal' && result === 'returned')) {
    return { act: 'park', reason: `kind ${facts.kind} does not fit a ${operation.kind}` };
  }
  if (!verified) return { act: 'look_up' };
  const { amountMinor, currency } = facts;
  const echoed =
    amountMinor === undefined || currency === undefined ? null : { amountMinor: BigInt(amountMinor), currency };
  if (echoed === null && (result === 'succeeded' || result === 'returned')) return { act: 'look_up' };
  return {
    act: 'observe',
    observation: {
      operationId: operation.operationId,
      source: 'webhook',
      result,
      at: occurredAt ?? receivedAt,
      providerRef: facts.providerRef ?? null,
      declineCode: facts.declineCode ?? null,
      echoed,
    },
  };
};
