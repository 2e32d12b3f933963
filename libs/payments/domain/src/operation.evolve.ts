import { isSettledDispute, smaller } from './operation.decider.js';
import type { OperationEvent, OperationRequest, OperationState } from './operation.js';

/** A new operation: written down, not yet answered. */
export const startOperation = (request: OperationRequest): OperationState => ({
  ...request,
  result: 'sending',
  providerRefs: [],
  declineCode: null,
  quarantine: [],
  nextActionUrl: null,
});

/** The operation after one of its events. */
export const evolveOperation = (operation: OperationState, event: OperationEvent): OperationState => {
  if (event.type === 'OperationQuarantined') {
    return { ...operation, quarantine: withMember(operation.quarantine, event.reason) };
  }
  return {
    ...operation,
    result: event.result,
    quarantine: isSettledDispute(operation, event.result)
      ? operation.quarantine.filter((reason) => reason !== 'failed-and-succeeded')
      : operation.quarantine,
    providerRefs:
      event.providerRef === null
        ? operation.providerRefs
        : withMember(operation.providerRefs, event.providerRef),
    declineCode: smaller(operation.declineCode, event.declineCode),
    nextActionUrl: smaller(operation.nextActionUrl, event.nextActionUrl ?? null),
    ...(event.payerDone && { payerDone: true }),
  };
};

/** A sorted set as an array. */
export const withMember = <T extends string>(set: readonly T[], member: T): readonly T[] =>
  set.includes(member) ? set : [...set, member].sort();
