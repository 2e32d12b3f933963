import { capturedMinor, capturesOf, liveAuthorizations, openCharges } from './intent-money.js';
import type { ExistingIntent, IntentStatus } from './intent.js';
import type { Machine } from './machine.js';
import type { OperationState } from './operation.js';

/** What moves an intent: commands of people, and what becomes known of its operations. */
export type IntentTrigger =
  | 'attempt started'
  | 'capture or release started'
  | 'canceled by caller'
  | 'call unknown'
  | 'call pending'
  | 'payer must act'
  | 'payer has done all'
  | 'attempt abandoned'
  | 'attempt failed'
  | 'authorized or release failed'
  | 'sale captured'
  | 'part captured'
  | 'all captured or rest released'
  | 'all released'
  | 'void of a late attempt open'
  | 'void of a late attempt unknown'
  | 'late attempt released';

/** What the calls of an intent can come to, once none is open. */
const outcomes = {
  'attempt failed': 'requires_payment_method',
  'authorized or release failed': 'requires_capture',
  'part captured': 'partially_captured',
  'sale captured': 'succeeded',
  'all captured or rest released': 'succeeded',
  'all released': 'canceled',
} as const;

/** However late it comes, money that was collected or reserved is shown. */
const lateAttempt = {
  'authorized or release failed': 'requires_capture',
  'sale captured': 'succeeded',
} as const;

/** An abandoned attempt that went through after it had been said to fail, while its void isn't answered. */
const lateVoid = {
  'void of a late attempt open': 'processing',
  'void of a late attempt unknown': 'unknown',
} as const;

/**
 * `processing` covers sending, errored and pending calls of every kind. `unknown` is any call that may have
 * reached the provider, or an attempt that was abandoned while it waited for its payer, until the provider
 * says what became of it: both bar every new charge. Late edges are those of an attempt, a capture or a
 * release that went through after it had been said to fail: out of `requires_payment_method`, `canceled`
 * and `succeeded`, and from `requires_capture` and `partially_captured` other than to `processing`.
 */
export const intentMachine: Machine<IntentStatus, IntentTrigger> = {
  name: 'payment intent',
  initial: 'requires_payment_method',
  final: ['succeeded', 'canceled'],
  edges: {
    requires_payment_method: {
      'attempt started': 'processing',
      'canceled by caller': 'canceled',
      ...lateAttempt,
      ...lateVoid,
    },
    requires_confirmation: { 'attempt started': 'processing', 'canceled by caller': 'canceled' },
    requires_action: {
      'attempt abandoned': 'unknown',
      'attempt failed': 'requires_payment_method',
      'payer has done all': 'processing',
      'void of a late attempt open': 'processing',
      ...lateAttempt,
    },
    processing: { 'call unknown': 'unknown', 'payer must act': 'requires_action', ...outcomes },
    unknown: { 'call pending': 'processing', 'payer must act': 'requires_action', ...outcomes },
    requires_capture: {
      'capture or release started': 'processing',
      'part captured': 'partially_captured',
      'sale captured': 'succeeded',
      'all captured or rest released': 'succeeded',
      'all released': 'canceled',
      'void of a late attempt unknown': 'unknown',
      'late attempt released': 'requires_payment_method',
    },
    partially_captured: {
      'capture or release started': 'processing',
      'all captured or rest released': 'succeeded',
    },
    succeeded: { 'part captured': 'partially_captured' },
    canceled: { ...lateAttempt, ...lateVoid },
  },
};

/** A function of the operations alone, so that the order in which they became so doesn't matter. */
export const statusOf = (intent: Omit<ExistingIntent, 'status'>): IntentStatus =>
  capturesOf(intent).some(({ kind }) => kind === 'sale')
    ? 'succeeded'
    : (whileOpen(intent, openCharges(intent)) ?? onceSettled(intent));

const whileOpen = (
  { abandoned }: Pick<ExistingIntent, 'abandoned'>,
  open: readonly OperationState[],
): IntentStatus | undefined => {
  const isUnknown = ({ result, operationId }: OperationState): boolean =>
    result === 'unknown' || abandoned.includes(operationId);
  if (open.some(isUnknown)) return 'unknown';
  if (open.some(needsPayer)) return 'requires_action';
  return open.length > 0 ? 'processing' : undefined;
};

const onceSettled = (intent: Omit<ExistingIntent, 'status'>): IntentStatus => {
  const { operations, abandoned, isCanceled, instrument } = intent;
  const captured = capturedMinor(intent) > 0n;
  if (liveAuthorizations(intent).length > 0) return captured ? 'partially_captured' : 'requires_capture';
  if (captured) return 'succeeded';
  // The void of an abandoned attempt ends that attempt only.
  const wasReleased = operations.some(
    ({ kind, result, parentOperationId }) =>
      kind === 'void' && result === 'succeeded' && !abandoned.includes(parentOperationId ?? ''),
  );
  if (wasReleased || isCanceled) return 'canceled';
  const isNew = operations.length === 0 && instrument !== null;
  return isNew ? 'requires_confirmation' : 'requires_payment_method';
};

/** An attempt that goes on when its payer has done something. */
export const needsPayer = ({ kind, result, nextActionUrl, payerDone }: OperationState): boolean => {
  const isAttempt = kind === 'sale' || kind === 'authorize';
  return isAttempt && result === 'pending' && nextActionUrl !== null && payerDone !== true;
};
