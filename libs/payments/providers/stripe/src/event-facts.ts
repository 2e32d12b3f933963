import type { OperationKind, ProviderEvent } from '@defter/payments-contracts';
import { memberOf, textMember } from '@defter/platform';
import { disputeMeaning, type DisputeMeaning } from './dispute.js';
import { cameBack, captureField, moneyOf, operationField, operationOf } from './wire.js';

type Facts = NonNullable<ProviderEvent['facts']>;

/** What a type says of its object: the kind of operation, the outcome, and where the money stands. */
interface Meaning {
  readonly kind: OperationKind;
  readonly result: Facts['result'];
  readonly amount?: 'amount' | 'amount_received' | 'amount_capturable';
  readonly dispute?: DisputeMeaning;
}

const meanings: Readonly<Record<string, Meaning>> = {
  'payment_intent.processing': { kind: 'sale', result: 'pending' },
  'payment_intent.succeeded': { kind: 'sale', result: 'succeeded', amount: 'amount_received' },
  'payment_intent.payment_failed': { kind: 'sale', result: 'declined' },
  'payment_intent.amount_capturable_updated': {
    ...{ kind: 'authorize', result: 'succeeded', amount: 'amount_capturable' },
  },
};

/** Types whose object says by its own status what became of it. */
const refundTypes = new Set(['refund.created', 'refund.updated', 'refund.failed', 'charge.refund.updated']);
/** All of them tell by the dispute's own status; those about funds add nothing that it doesn't say. */
const disputeTypes = new Set([
  ...['charge.dispute.created', 'charge.dispute.updated', 'charge.dispute.closed'],
  ...['charge.dispute.funds_withdrawn', 'charge.dispute.funds_reinstated'],
]);

/** Whether the type is about a dispute: one that can't be read has to be seen by people. */
export const isDisputeType = (type: string): boolean => disputeTypes.has(type);

const refundResults = {
  pending: 'pending',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'failed',
} as const;

/** The facts of an event; undefined for a type that says nothing of an operation. */
export const factsOf = (type: string, object: unknown): Facts | undefined | 'unreadable' => {
  const meaning = meaningOf(type, object);
  if (meaning === undefined) return undefined;
  const { kind, result, amount = 'amount', dispute } = meaning;
  const [id, money] = [textMember(object, 'id'), moneyOf(object, amount)];
  if (id === undefined || money === undefined) return 'unreadable';
  const declineCode = codeOf(object);
  const isBad = result === 'declined' || result === 'failed';
  return {
    ...namesOf(kind, object, id),
    ...{ kind, result, ...money, ...(isBad && { declineCode }) },
    ...(dispute && seriousnessOf(dispute)),
  };
};

const seriousnessOf = ({ isInquiry, isUnderReview }: DisputeMeaning) => ({
  ...(isInquiry && { isInquiry }),
  ...(isUnderReview && { isUnderReview }),
});

/** Our name and Stripe's of what the event is about; a dispute names itself, and the payment it is about. */
const namesOf = (kind: OperationKind, object: unknown, id: string) => {
  if (kind === 'chargeback')
    return { providerRef: textMember(object, 'payment_intent') ?? id, disputeRef: id };
  const operationId = operationOf(object, kind === 'capture' ? captureField : operationField);
  return { ...(operationId !== undefined && { operationId }), providerRef: id };
};

const meaningOf = (type: string, object: unknown): Meaning | undefined => {
  const status = textMember(object, 'status') ?? '';
  if (refundTypes.has(type)) return refundMeaning(object, status);
  if (disputeTypes.has(type)) {
    const dispute = disputeMeaning(object);
    return dispute && { kind: 'chargeback', result: dispute.result, dispute };
  }
  const meaning = Object.hasOwn(meanings, type) ? meanings[type] : undefined;
  if (meaning?.kind !== 'sale' || textMember(object, 'capture_method') !== 'manual') return meaning;
  // With manual capture, the money moves with the capture, which is an operation of its own.
  return { ...meaning, kind: meaning.result === 'succeeded' ? 'capture' : 'authorize' };
};

const refundMeaning = (object: unknown, status: string): Meaning | undefined =>
  cameBack(object) ? { kind: 'refund', result: 'returned' } : byStatus('refund', refundResults, status);

const byStatus = (
  kind: OperationKind,
  results: Readonly<Record<string, Facts['result']>>,
  status: string,
): Meaning | undefined => {
  const result = Object.hasOwn(results, status) ? results[status] : undefined;
  return result === undefined ? undefined : { kind, result };
};

const codeOf = (object: unknown): string => {
  const last = memberOf(object, 'last_payment_error');
  const candidates = [
    ...[textMember(last, 'decline_code'), textMember(last, 'code'), textMember(object, 'failure_code')],
    ...[textMember(object, 'failure_reason'), textMember(object, 'status')],
  ];
  return candidates.find((text) => text !== undefined) ?? 'declined';
};
