/**
 * The one reducer of observations. For every operation it gives the same state whatever the order and number
 * of the
 * observations: the result climbs operation-machine.ts, references and flags are sets, of decline codes the
 * smallest
 * is kept. No new knowledge, no event.
 */
import { step } from './machine.js';
import { operationMachine } from './operation-machine.js';
import type {
  Observation,
  ObservedResult,
  OperationEvent,
  OperationKind,
  OperationResultEvent,
  OperationResult,
  OperationState,
  QuarantineReason,
} from './operation.js';

const eventOf = {
  errored: 'OperationErrored',
  unknown: 'OperationUnknown',
  pending: 'OperationPending',
  declined: 'OperationDeclined',
  failed: 'OperationFailed',
  succeeded: 'OperationSucceeded',
  returned: 'OperationReturned',
} as const satisfies Record<ObservedResult, OperationResultEvent>;

/** The events that one observation adds to an operation; empty when it says nothing new. */
export const observeOperation = (operation: OperationState, seen: Observation): readonly OperationEvent[] => {
  const { operationId } = operation;
  const { source, at } = seen;
  const doubts = mismatches(operation, seen);
  // A success about other money, or about a thing this kind can't do, proves only that something happened.
  const claimed: ObservedResult = doubts.length > 0 ? 'unknown' : seen.result;
  const result = step(operationMachine, operation.result, claimed);
  const flags = [...doubts, ...contradictions(operation, claimed, seen.providerRef)];
  return [
    ...learned(operation, result, seen),
    ...flags
      .filter((reason) => !operation.quarantine.includes(reason))
      .map((reason): OperationEvent => ({ type: 'OperationQuarantined', operationId, reason, source, at })),
  ];
};

const learned = (
  operation: OperationState,
  result: OperationResult,
  seen: Observation,
): readonly OperationEvent[] => {
  const { source, at, providerRef, declineCode, nextActionUrl, payerDone } = seen;
  const knowsRef = providerRef === null || operation.providerRefs.includes(providerRef);
  const knowsCode = smaller(operation.declineCode, declineCode) === operation.declineCode;
  const knowsUrl = smaller(operation.nextActionUrl, nextActionUrl ?? null) === operation.nextActionUrl;
  const knowsDone = payerDone === undefined || operation.payerDone === true;
  const moved = result !== operation.result;
  // `sending` is where an operation begins; nothing leads back to it.
  if (result === 'sending' || (!moved && knowsRef && knowsCode && knowsUrl && knowsDone)) return [];
  const type = moved ? eventOf[result] : 'OperationDetailLearned';
  const told = {
    source,
    providerRef,
    declineCode,
    at,
    ...(nextActionUrl === undefined ? {} : { nextActionUrl }),
    ...(payerDone && { payerDone }),
  };
  return [{ type, operationId: operation.operationId, result, ...told }];
};

/** What is paid out, given back or taken by a bank can come back afterwards. */
const comesBack: ReadonlySet<OperationKind> = new Set(['payout', 'refund', 'chargeback']);

/** What makes an observation unfit to move money. */
const mismatches = (operation: OperationState, seen: Observation): readonly QuarantineReason[] => {
  const canComeBack = comesBack.has(operation.kind);
  if (seen.result === 'returned' && !canComeBack) return ['returned-without-payout'];
  if (seen.echoed === null) return [];
  return [
    ...(seen.echoed.amountMinor === operation.amountMinor ? [] : (['amount-mismatch'] as const)),
    ...(seen.echoed.currency === operation.currency ? [] : (['currency-mismatch'] as const)),
  ];
};

const contradictions = (
  operation: OperationState,
  claimed: ObservedResult,
  providerRef: string | null,
): readonly QuarantineReason[] => {
  const bothWays =
    !isSettledDispute(operation, claimed) &&
    ((hasMoved(operation.result) && hasNotMoved(claimed)) ||
      (hasNotMoved(operation.result) && hasMoved(claimed)));
  const otherRef =
    providerRef !== null &&
    operation.providerRefs.length > 0 &&
    !operation.providerRefs.includes(providerRef);
  return [
    ...(bothWays ? (['failed-and-succeeded'] as const) : []),
    ...(otherRef ? (['provider-ref-conflict'] as const) : []),
  ];
};

/**
 * A dispute that is lost and then won, or won and then said to be given back, contradicts itself only until
 * the money is back: both are right then, in whatever order they were heard.
 */
export const isSettledDispute = ({ kind, result }: OperationState, claimed: OperationResult): boolean =>
  kind === 'chargeback' && (result === 'returned' || claimed === 'returned');

const hasMoved = (result: OperationResult): boolean => result === 'succeeded' || result === 'returned';
const hasNotMoved = (result: OperationResult): boolean => result === 'declined' || result === 'failed';

/** The smaller of two codes, either of which may be missing: a choice that doesn't depend on the order. */
export const smaller = (left: string | null, right: string | null): string | null => {
  if (left === null || right === null) return left ?? right;
  return left < right ? left : right;
};
