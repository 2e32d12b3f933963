import type { OperationKind, ProviderEvent } from '@defter/payments-contracts';
import type { SignedItem } from './wire.js';

type Facts = NonNullable<ProviderEvent['facts']>;

/** What an event code says, by its `success`; a code that isn't there for one of the two isn't understood. */
interface Meaning {
  readonly kind: OperationKind;
  readonly good?: Facts['result'];
  readonly bad?: Facts['result'];
  readonly isInquiry?: true;
  /** A dispute of its own: the bank takes the money a second time, after it had come back. */
  readonly isSecond?: true;
}

/**
 * https://docs.adyen.com/development-resources/webhooks/webhook-types and
 * https://docs.adyen.com/risk-management/disputes-api/dispute-notifications. Those that tell of a failure or
 * a reversal by themselves have `success: true`, which only says that the notice is one.
 *
 * What was told to have gone through and is taken back is `returned`: a refund, a payout, a chargeback. A
 * capture that fails after it was told to succeed contradicts itself and is for people. CHARGEBACK is when
 * the money leaves; it comes back when the defence is accepted (CHARGEBACK_REVERSED), and may leave once more
 * (SECOND_CHARGEBACK) under the same reference of the dispute.
 */
const meanings: Readonly<Record<string, Meaning>> = {
  AUTHORISATION: { kind: 'authorize', good: 'succeeded', bad: 'declined' },
  CAPTURE: { kind: 'capture', good: 'succeeded', bad: 'failed' },
  CAPTURE_FAILED: { kind: 'capture', good: 'failed' },
  CANCELLATION: { kind: 'void', good: 'succeeded', bad: 'failed' },
  REFUND: { kind: 'refund', good: 'succeeded', bad: 'failed' },
  REFUND_FAILED: { kind: 'refund', good: 'returned' },
  REFUNDED_REVERSED: { kind: 'refund', good: 'returned' },
  PAYOUT_THIRDPARTY: { kind: 'payout', good: 'succeeded', bad: 'failed' },
  PAYOUT_DECLINE: { kind: 'payout', good: 'failed' },
  PAYOUT_EXPIRE: { kind: 'payout', good: 'failed' },
  PAIDOUT_REVERSED: { kind: 'payout', good: 'returned' },
  REQUEST_FOR_INFORMATION: { kind: 'chargeback', good: 'pending', isInquiry: true },
  NOTIFICATION_OF_CHARGEBACK: { kind: 'chargeback', good: 'pending' },
  CHARGEBACK: { kind: 'chargeback', good: 'succeeded' },
  CHARGEBACK_REVERSED: { kind: 'chargeback', good: 'returned' },
  SECOND_CHARGEBACK: { kind: 'chargeback', good: 'succeeded', isSecond: true },
};

/** Codes that say nothing of what became of an operation, or nothing that another code doesn't say. */
const silent = new Set([
  ...['REPORT_AVAILABLE', 'RECURRING_CONTRACT', 'OFFER_CLOSED', 'ORDER_OPENED', 'ORDER_CLOSED', 'PENDING'],
  ...['NOTIFICATION_OF_FRAUD', 'INFORMATION_SUPPLIED', 'DISPUTE_DEFENSE_PERIOD_ENDED', 'ISSUER_COMMENTS'],
  'ISSUER_RESPONSE_TIMEFRAME_EXPIRED',
]);

/** Whether the code is known to move no money: whoever misses it misses nothing. */
export const saysNothing = (eventCode: string): boolean => silent.has(eventCode);

/** The facts of a notification, from its signed fields; undefined for what isn't understood. */
export const factsOf = (signed: SignedItem): Facts | undefined => {
  const { eventCode, success } = signed;
  const meaning = Object.hasOwn(meanings, eventCode) ? meanings[eventCode] : undefined;
  const result = success === 'true' ? meaning?.good : meaning?.bad;
  return meaning === undefined || result === undefined ? undefined : told(signed, meaning, result);
};

const told = (signed: SignedItem, meaning: Meaning, result: Facts['result']): Facts => {
  const { merchantReference, value, currency } = signed;
  const isBad = result === 'declined' || result === 'failed';
  return {
    ...(merchantReference !== '' && { operationId: merchantReference }),
    ...namesOf(signed, meaning),
    ...{ kind: meaning.kind, result, amountMinor: BigInt(value), currency },
    ...(isBad && { declineCode: result }),
    ...(meaning.isInquiry === true && { isInquiry: true }),
  };
};

/** All notices of a dispute have its reference; what they are about is the payment's. */
const namesOf = (
  { pspReference, originalReference }: SignedItem,
  { kind, isSecond }: Meaning,
): Pick<Facts, 'providerRef' | 'disputeRef'> => {
  if (kind !== 'chargeback') return { providerRef: pspReference };
  const disputeRef = isSecond === true ? `${pspReference} second` : pspReference;
  return { providerRef: originalReference === '' ? pspReference : originalReference, disputeRef };
};
