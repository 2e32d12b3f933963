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
  | 'attempt failed'
  | 'authorized or release failed'
  | 'sale captured'
  | 'part captured'
  | 'all captured or rest released'
  | 'all released';

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

/**
 * `processing` covers sending, errored and pending calls of every kind. `unknown` is any call that may have
 * reached the provider: it bars every new charge. Late edges are those of an attempt, a capture or a
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
    },
    requires_confirmation: { 'attempt started': 'processing', 'canceled by caller': 'canceled' },
    requires_action: { 'attempt failed': 'requires_payment_method', ...lateAttempt },
    processing: { 'call unknown': 'unknown', 'payer must act': 'requires_action', ...outcomes },
    unknown: { 'call pending': 'processing', 'payer must act': 'requires_action', ...outcomes },
    requires_capture: {
      'capture or release started': 'processing',
      'part captured': 'partially_captured',
      'sale captured': 'succeeded',
      'all captured or rest released': 'succeeded',
      'all released': 'canceled',
    },
    partially_captured: {
      'capture or release started': 'processing',
      'all captured or rest released': 'succeeded',
    },
    succeeded: { 'part captured': 'partially_captured' },
    canceled: lateAttempt,
  },
};

/** A function of the operations alone, so that the order in which they became so doesn't matter. */
export const statusOf = (intent: Omit<ExistingIntent, 'status'>): IntentStatus =>
  capturesOf(intent).some(({ kind }) => kind === 'sale')
    ? 'succeeded'
    : (whileOpen(openCharges(intent)) ?? onceSettled(intent));

const whileOpen = (open: readonly OperationState[]): IntentStatus | undefined => {
  if (open.some(({ result }) => result === 'unknown')) return 'unknown';
  if (open.some(needsPayer)) return 'requires_action';
  return open.length > 0 ? 'processing' : undefined;
};

const onceSettled = (intent: Omit<ExistingIntent, 'status'>): IntentStatus => {
  const { operations, isCanceled, instrument } = intent;
  const captured = capturedMinor(intent) > 0n;
  if (liveAuthorizations(intent).length > 0) return captured ? 'partially_captured' : 'requires_capture';
  if (captured) return 'succeeded';
  const wasReleased = operations.some(({ kind, result }) => kind === 'void' && result === 'succeeded');
  if (wasReleased || isCanceled) return 'canceled';
  const isNew = operations.length === 0 && instrument !== null;
  return isNew ? 'requires_confirmation' : 'requires_payment_method';
};

const needsPayer = ({ kind, result, nextActionUrl }: OperationState): boolean =>
  (kind === 'sale' || kind === 'authorize') && result === 'pending' && nextActionUrl !== null;
