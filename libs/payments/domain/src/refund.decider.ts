/**
 * Decides about refunds. What goes back is held in the ledger before anything is sent: a refund whose
 * wallet no longer has the funds is rejected, the provider never hears of it. All refunds and disputes of a
 * captured operation together never exceed it, for the intent decides about them one after the other.
 */
import { accept, type Decision, refuse } from '@defter/kernel';
import { followUp, isResolvable } from './follow-up.js';
import { capturesOf, refundableMinor, splitLeft } from './intent-money.js';
import type {
  ExistingIntent,
  IntentCommand,
  IntentEvent,
  IntentRefusal,
  RecordRefundHold,
  RequestRefund,
} from './intent.js';
import type { OperationRequest, OperationState } from './operation.js';
import type { Refund } from './refund.js';
import { shortageIn } from './shortage.js';
import { splitRefund } from './split.js';

type RefundDecision = Decision<IntentEvent, IntentRefusal>;
type AskRefund = Extract<IntentCommand, { readonly type: 'RetryRefund' | 'ResolveRefund' }>;

/** Writes a refund down and takes its amount out of what can be given back. */
export const requestRefund = (command: RequestRefund, intent: ExistingIntent): RefundDecision => {
  const chosen = chooseCapture(command, intent);
  if ('code' in chosen) return refuse(chosen);
  const { refundId, operationId, reason, metadata, by, at } = command;
  const { captured, amountMinor } = chosen;
  const operation: OperationRequest = {
    ...followUp(captured, { operationId, at }),
    kind: 'refund',
    amountMinor,
    split: splitRefund(amountMinor, splitLeft(intent, captured)),
  };
  return accept({
    type: 'RefundRequested',
    refund: { refundId, operation, requestedBy: by, reason, metadata },
    at,
  });
};

const chooseCapture = (
  { of, amountMinor }: RequestRefund,
  intent: ExistingIntent,
): { readonly captured: OperationState; readonly amountMinor: bigint } | IntentRefusal => {
  const captures = capturesOf(intent).filter(({ operationId }) => of === null || operationId === of);
  if (of !== null && captures.length === 0) return { code: 'operation-unknown', operation: of };
  const candidates = captures
    .map((captured) => ({ captured, left: refundableMinor(intent, captured) }))
    .filter(({ left }) => left > 0n);
  const refundable = candidates.reduce((sum, { left }) => sum + left, 0n);
  if (refundable === 0n) return { code: 'nothing-to-refund' };
  const wanted = amountMinor ?? refundable;
  if (wanted > refundable) return { code: 'refund-above-captured', refundableMinor: refundable };
  const fit = candidates.find(({ left }) => left >= wanted);
  if (fit !== undefined) return { captured: fit.captured, amountMinor: wanted };
  const largestMinor = candidates.reduce((most, { left }) => (left > most ? left : most), 0n);
  return { code: 'refund-spans-captures', largestMinor };
};

/** The ledger answered to the hold: the call may go out, or nothing ever will. */
export const recordRefundHold = (command: RecordRefundHold, intent: ExistingIntent): RefundDecision => {
  const { refundId, refusedBecause, at } = command;
  const refund = find(intent, refundId);
  if (refund === undefined) return refuse({ code: 'refund-absent' });
  if (refund.status !== 'reserving')
    return refuse({ code: 'refund-not-reserving', refundStatus: refund.status });
  if (refusedBecause !== null)
    return accept({
      ...{ type: 'RefundRejected', refundId, reason: refusedBecause },
      ...{ ...shortageIn(command), at },
    });
  return accept({ type: 'RefundQueued', refundId, operation: refund.operation, at });
};

/** Only `errored` may be sent again as it is. */
export const retryRefund = ({ refundId, by, at }: AskRefund, intent: ExistingIntent): RefundDecision => {
  const refund = find(intent, refundId);
  if (refund === undefined) return refuse({ code: 'refund-absent' });
  if (!isRefundRetryable(intent, refund))
    return refuse({ code: 'refund-not-retryable', refundStatus: refund.status });
  return accept({ type: 'RetryAsked', operationIds: [refund.operation.operationId], by, at });
};

/** Resolving asks the provider; nobody writes an outcome. */
export const resolveRefund = ({ refundId, by, at }: AskRefund, intent: ExistingIntent): RefundDecision => {
  const refund = find(intent, refundId);
  if (refund === undefined) return refuse({ code: 'refund-absent' });
  if (!isRefundResolvable(intent, refund))
    return refuse({ code: 'refund-not-resolvable', refundStatus: refund.status });
  return accept({ type: 'LookupAsked', operationIds: [refund.operation.operationId], by, at });
};

const find = ({ refunds }: ExistingIntent, refundId: string): Refund | undefined =>
  refunds.find((one) => one.refundId === refundId);

/** The call of a refund; undefined while the ledger hasn't answered. */
export const callOf = (
  { operations }: Pick<ExistingIntent, 'operations'>,
  { operation }: Refund,
): OperationState | undefined => operations.find(({ operationId }) => operationId === operation.operationId);

export const isRefundRetryable = (intent: ExistingIntent, refund: Refund): boolean =>
  callOf(intent, refund)?.result === 'errored';

export const isRefundResolvable = (intent: ExistingIntent, refund: Refund): boolean => {
  const call = callOf(intent, refund);
  return call !== undefined && isResolvable(call);
};
