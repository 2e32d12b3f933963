import type { Observation, ObservedResult } from '@defter/payments-domain';
import type { ProviderEventV1, TrustedFacts } from '@defter/webhooks-contracts';
import type { Bringer } from './parked-event-row.js';

/** What an event may do to the operation that it is about. */
export type Reading =
  | { readonly act: 'observe'; readonly observation: Observation }
  /** It may be true, but isn't proof: ask the provider. */
  | { readonly act: 'look_up' }
  /** It is about something that we don't do with such an operation. */
  | { readonly act: 'park'; readonly reason: string };

/**
 * Reads an event about a known operation. Only verified events with the money they claim among the signed
 * facts are observations; everything else causes a look-up at most. Where the ids are signed run together, a
 * digit may have been moved from one to the other: then both must be those that we know.
 */
export const readEvent = (
  event: ProviderEventV1 & { readonly facts: TrustedFacts },
  operation: { readonly operationId: string; readonly kind: string; readonly providerRef: string | null },
  source: Bringer,
): Reading => {
  const { facts, verified } = event;
  const result = resultFor(facts, operation.kind);
  if (result === undefined) {
    return { act: 'park', reason: `kind ${facts.kind} does not fit a ${operation.kind}` };
  }
  const echoed = moneyOf(facts);
  const claimsMoney = result === 'succeeded' || result === 'returned';
  const isProof = verified && hasKnownIds(facts, operation.providerRef);
  if (!isProof || (claimsMoney && echoed === null)) return { act: 'look_up' };
  return {
    act: 'observe',
    observation: {
      operationId: operation.operationId,
      source,
      result,
      at: event.occurredAt ?? event.receivedAt,
      ...{ providerRef: facts.providerRef ?? null, declineCode: facts.declineCode ?? null, echoed },
      ...turnOf(facts),
    },
  };
};

/**
 * What the event says about an operation of this kind; a payout that was reversed is a payout that came
 * back.
 */
const resultFor = (facts: TrustedFacts, kind: string): ObservedResult | undefined => {
  if (facts.kind === kind) return facts.result;
  return facts.kind === 'payout_reversal' && kind === 'payout' && facts.result === 'succeeded'
    ? 'returned'
    : undefined;
};

/** No provider tells of an attempt by itself while it is still its payer's turn. */
const turnOf = ({ kind, result }: TrustedFacts): Pick<Observation, 'payerDone'> =>
  result === 'pending' && (kind === 'sale' || kind === 'authorize') ? { payerDone: true } : {};

/** Ids that are signed run together prove each other only when the provider's is the stored one. */
const hasKnownIds = ({ signedAsPair, providerRef }: TrustedFacts, known: string | null): boolean =>
  signedAsPair !== true || providerRef === known;

const moneyOf = ({ amountMinor, currency }: TrustedFacts): Observation['echoed'] =>
  amountMinor === undefined || currency === undefined ? null : { amountMinor: BigInt(amountMinor), currency };
