/**
 * How much of an intent is authorised, captured, given back: sums over its operations, whatever their
 * order.
 */
import { isLiveRefund } from './refund.js';
import type { ExistingIntent } from './intent.js';
import { isSettled, type OperationKind, type OperationState } from './operation.js';
import { minus, type Split, undivided } from './split.js';

type Operations = Pick<ExistingIntent, 'operations'>;

export const childrenOf = (
  { operations }: Operations,
  parent: OperationState,
  kind: OperationKind,
): readonly OperationState[] =>
  operations.filter((one) => one.kind === kind && one.parentOperationId === parent.operationId);

const hasSucceeded = ({ result }: OperationState): boolean => result === 'succeeded' || result === 'returned';

/** Sales and captures that went through: the money that was collected. */
export const capturesOf = ({ operations }: Operations): readonly OperationState[] =>
  operations.filter((one) => (one.kind === 'sale' || one.kind === 'capture') && hasSucceeded(one));

const sumOf = (operations: readonly OperationState[]): bigint =>
  operations.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);

export const capturedMinor = (intent: Operations): bigint => sumOf(capturesOf(intent));

/** Authorisations that went through and of which something is still reserved at the payer's bank. */
export const liveAuthorizations = (intent: Operations): readonly OperationState[] =>
  intent.operations.filter((one) => {
    if (one.kind !== 'authorize' || !hasSucceeded(one)) return false;
    return !childrenOf(intent, one, 'void').some(hasSucceeded) && reservedMinor(intent, one) > 0n;
  });

/** What is left of an authorisation after what was captured of it. */
export const reservedMinor = (intent: Operations, authorization: OperationState): bigint => {
  const captures = childrenOf(intent, authorization, 'capture').filter(hasSucceeded);
  if (authorization.capturesOnce && captures.length > 0) return 0n;
  const left = authorization.amountMinor - sumOf(captures);
  return left > 0n ? left : 0n;
};

/** What may still be collected: never more than the payer was asked for, however many authorisations live. */
export const uncollectedMinor = (intent: Pick<ExistingIntent, 'operations' | 'amountMinor'>): bigint => {
  const left = intent.amountMinor - capturedMinor(intent);
  return left > 0n ? left : 0n;
};

/** What may be captured of an authorisation: what is left of it and of the intent. */
export const capturableMinor = (
  intent: Pick<ExistingIntent, 'operations' | 'amountMinor'>,
  authorization: OperationState,
): bigint => {
  const reserved = reservedMinor(intent, authorization);
  const uncollected = uncollectedMinor(intent);
  return reserved < uncollected ? reserved : uncollected;
};

/** Calls that collect, reserve or release the payer's money; refunds and disputes have their own life. */
export const isCharge = ({ kind }: OperationState): boolean =>
  kind === 'sale' || kind === 'authorize' || kind === 'capture' || kind === 'void';

type WithAbandoned = Pick<ExistingIntent, 'operations' | 'abandoned'>;

/** Calls that may still collect, reserve or release something. */
export const openCharges = (intent: WithAbandoned): readonly OperationState[] =>
  intent.operations.filter(
    (one) =>
      isCharge(one) && !isSettled(one.result) && !isEndedByVoid(intent, one) && !isVoidOfNothing(intent, one),
  );

/** An attempt that was given up, and that the provider says can't be charged any more. */
const isEndedByVoid = (intent: WithAbandoned, one: OperationState): boolean =>
  intent.abandoned.includes(one.operationId) && childrenOf(intent, one, 'void').some(hasSucceeded);

/** A void of what came to nothing: whatever becomes of it, there is nothing to release. */
const isVoidOfNothing = ({ operations }: WithAbandoned, one: OperationState): boolean =>
  one.kind === 'void' &&
  operations.some(
    ({ operationId, result }) =>
      operationId === one.parentOperationId && (result === 'declined' || result === 'failed'),
  );

type WithGivenBack = Pick<ExistingIntent, 'operations' | 'refunds' | 'disputes'>;

const liveRefundsOf = ({ refunds }: WithGivenBack, captured: OperationState) =>
  refunds.filter((one) => isLiveRefund(one) && one.operation.parentOperationId === captured.operationId);

/** What refunds and disputes leave of a captured operation. */
export const refundableMinor = (intent: WithGivenBack, captured: OperationState): bigint => {
  const refunded = liveRefundsOf(intent, captured).reduce(
    (sum, { operation }) => sum + operation.amountMinor,
    0n,
  );
  const disputed = intent.disputes
    // An inquiry asks for nothing yet; giving the money back is an answer to it.
    .filter(({ status }) => status !== 'won' && status !== 'inquiry')
    .flatMap(({ operationId }) =>
      childrenOf(intent, captured, 'chargeback').filter((one) => one.operationId === operationId),
    );
  const left = captured.amountMinor - refunded - sumOf(disputed);
  return left > 0n ? left : 0n;
};

/** Whose the money is that refunds left of a captured operation. */
export const splitLeft = (intent: WithGivenBack, captured: OperationState): Split =>
  liveRefundsOf(intent, captured).reduce(
    (left, { operation }) => minus(left, operation.split ?? undivided(operation.amountMinor)),
    captured.split ?? undivided(captured.amountMinor),
  );

/** What was given back for certain. */
export const refundedMinor = ({ refunds }: Pick<ExistingIntent, 'refunds'>): bigint =>
  refunds
    .filter(({ status }) => status === 'succeeded')
    .reduce((sum, { operation }) => sum + operation.amountMinor, 0n);
