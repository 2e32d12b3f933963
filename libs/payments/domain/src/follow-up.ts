import type { OperationRequest, OperationState } from './operation.js';

/** What a new operation is called, and when it was asked for. */
export interface Fresh {
  readonly operationId: string;
  readonly at: string;
}

/** A further call through the same connection about an earlier one: all but what it does with which money. */
export const followUp = (
  parent: OperationState,
  { operationId, at }: Fresh,
): Omit<OperationRequest, 'kind' | 'split'> => ({
  operationId,
  ...{ provider: parent.provider, connectionId: parent.connectionId },
  ...{ amountMinor: parent.amountMinor, currency: parent.currency },
  ...{ feeMinor: 0n, rateCardVersion: parent.rateCardVersion, instrument: null },
  ...{ parentOperationId: parent.operationId, returnUrl: null },
  at,
});

/** What the provider can be asked about: it may have arrived there. */
export const isResolvable = ({ result }: OperationState): boolean =>
  result === 'unknown' || result === 'pending';
