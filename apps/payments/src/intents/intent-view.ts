import {
  barredFromAbandoning,
  barredFromAttempt,
  barredFromCanceling,
  barredFromCapture,
  barredFromCharging,
  capturedMinor,
  capturesOf,
  type Dispute,
  type ExistingIntent,
  type IntentRefusal,
  isForFunds,
  isKeyUsed,
  liveAuthorizations,
  type OperationKind,
  owedMinor,
  refundableMinor,
  refundedMinor,
  reservedMinor,
  resolvableOf,
  uncollectedMinor,
  waitingAttempt,
} from '@defter/payments-domain';
import type { Caller } from '@defter/platform';
import { actionsOn } from '../allowed-action.js';
import type { BookingView } from '../bookings/booking.read.js';
import { toDisputeView } from '../dispute-view.js';
import { toOperationView } from '../operations/operation.wire.js';
import { toRefundSummary } from '../refund-view.js';
import { intentProblems } from '../intent.problems.js';
import type { IntentRow } from './intent-row.js';

/** A payment intent as the API shows it to this caller; amounts are JSON integers of the smallest unit. */
export const toIntentView = (row: IntentRow, caller: Caller, bookings: readonly BookingView[]) => {
  const { intent, version, createdAt, updatedAt } = row;
  return {
    id: intent.intentId,
    object: 'payment_intent',
    status: intent.status,
    amount_minor: intent.amountMinor,
    amount_capturable_minor: capturableMinor(intent),
    amount_captured_minor: capturedMinor(intent),
    amount_refunded_minor: refundedMinor(intent),
    instalment_surcharge_minor: intent.surchargeMinor,
    currency: intent.currency,
    capture_method: intent.captureMethod,
    customer_id: intent.customerId,
    merchant_id: intent.merchantId,
    merchant_reference: intent.merchantReference,
    payment_method: intent.instrument,
    return_url: intent.returnUrl,
    metadata: intent.metadata,
    next_action: nextActionOf(intent),
    needs_attention: attentionOf(intent, bookings),
    attempts: attemptsOf(intent),
    captures: viewsOf(intent, 'capture'),
    releases: viewsOf(intent, 'void'),
    refunds: intent.refunds.map((refund) => toRefundSummary(intent, refund)),
    disputes: intent.disputes.map((dispute) => toDisputeView(intent, dispute)),
    bookings,
    allowed_actions: actionsOn(
      { id: intent.intentId, version, scope: 'payments:write', caller },
      barredActions(intent),
    ),
    created_at: createdAt,
    updated_at: updatedAt,
  };
};

const attemptsOf = ({ operations, abandoned }: ExistingIntent) =>
  operations
    .filter(({ kind }) => kind === 'sale' || kind === 'authorize')
    .map((attempt) => ({
      ...toOperationView(attempt),
      // Of an older process: it waits as long as the provider lets it.
      payer_until: attempt.payerUntil ?? null,
      is_abandoned: abandoned.includes(attempt.operationId),
    }));

const viewsOf = ({ operations }: ExistingIntent, ...kinds: readonly OperationKind[]) =>
  operations.filter(({ kind }) => kinds.includes(kind)).map(toOperationView);

const capturableMinor = (intent: ExistingIntent): bigint => {
  const reserved = liveAuthorizations(intent).reduce((sum, one) => sum + reservedMinor(intent, one), 0n);
  const uncollected = uncollectedMinor(intent);
  return reserved < uncollected ? reserved : uncollected;
};

/** What the payer must do; only while the attempt waits for it. */
const nextActionOf = (intent: ExistingIntent) =>
  intent.status === 'requires_action'
    ? { type: 'redirect', url: waitingAttempt(intent)?.nextActionUrl }
    : null;

const barredActions = (intent: ExistingIntent): Readonly<Record<string, string | null>> => {
  const settled = titleOf(barredFromCharging(intent));
  const refundable = capturesOf(intent).some((captured) => refundableMinor(intent, captured) > 0n);
  const resolvable = resolvableOf(intent).length > 0;
  return {
    confirm: settled ?? titleOf(barredFromAttempt(intent)),
    capture: settled ?? titleOf(barredFromCapture(intent)),
    cancel: titleOf(barredFromCanceling(intent)),
    abandon: titleOf(barredFromAbandoning(intent)),
    refund: refundable ? null : intentProblems['nothing-to-refund'].title,
    resolve: resolvable ? null : intentProblems['nothing-to-resolve'].title,
  };
};

/** Nothing is held for it, and nobody but us has borne it. */
const isUncovered = ({ isUncovered: hasNoHold, status, bookings }: Dispute): boolean =>
  hasNoHold && (status !== 'lost' || bookings.includes('loss'));

/** Its key was used for something else, and the hold is ended under another one. */
const isEndedAgain = (booking: BookingView, all: readonly BookingView[]): boolean =>
  isEnd(booking) &&
  isKeyUsed(booking.refusal ?? '') &&
  all
    .slice(all.indexOf(booking) + 1)
    .some((one) => isEnd(one) && one.operation_id === booking.operation_id && one.state !== 'refused');

const isEnd = ({ kind }: BookingView): boolean => kind === 'post' || kind === 'void';

const isPart = ({ kind }: BookingView): boolean => kind === 'recovery' || kind === 'repayment';

/**
 * What the ledger refused, and nothing makes good. A debt is asked for again, and so is a part of one; if it
 * wasn't refused for want of funds, a person looks until one is booked, or nothing is left to ask for.
 */
const needsPerson = (booking: BookingView, intent: ExistingIntent, all: readonly BookingView[]): boolean => {
  const { state, kind, operation_id: operationId } = booking;
  if (state !== 'refused' || !(isPart(booking) || kind === 'debt')) return state === 'refused';
  const alike = all.filter((one) => isPart(one) === isPart(booking) && one.operation_id === operationId);
  const later = alike.slice(alike.indexOf(booking) + 1);
  if (kind === 'debt') return !later.some((one) => one.kind === kind && one.state === 'booked');
  if (isForFunds(booking.refusal ?? undefined)) return false;
  const dispute = intent.disputes.find((one) => one.operationId === operationId);
  const isLeft = dispute !== undefined && isOwed(intent.operations, dispute);
  return !later.some((one) => one.state === 'booked') && (isLeft || later.length > 0);
};

/** Whoever was paid still owes something of it, or has to get something back. */
const isOwed = (operations: ExistingIntent['operations'], dispute: Dispute): boolean => {
  const operation = operations.find(({ operationId }) => operationId === dispute.operationId);
  return operation !== undefined && owedMinor(dispute, operation) !== 0n;
};

const titleOf = (refusal: IntentRefusal | undefined): string | null =>
  refusal === undefined ? null : intentProblems[refusal.code].title;

/** Why a person must look; empty when nobody must. */
const attentionOf = (intent: ExistingIntent, bookings: readonly BookingView[]): readonly string[] => {
  const { operations, disputes, isCanceled, status, capturedTwice } = intent;
  return [
    ...operations.flatMap(({ quarantine }) => quarantine),
    ...(capturedTwice ? ['captured-twice'] : []),
    ...(isCanceled && status !== 'canceled' ? ['paid-after-cancel'] : []),
    ...disputes.filter(({ status: now }) => now === 'opened' || now === 'evidence').map(() => 'dispute-open'),
    ...disputes.filter(({ status: now }) => now === 'inquiry').map(() => 'dispute-inquiry'),
    ...disputes.filter(isUncovered).map(() => 'dispute-uncovered'),
    ...disputes.filter((one) => isOwed(operations, one)).map(() => 'debt-open'),
    ...bookings
      .filter((one) => !isEndedAgain(one, bookings) && needsPerson(one, intent, bookings))
      .map(({ kind }) => `${kind}-refused-by-ledger`),
  ];
};
