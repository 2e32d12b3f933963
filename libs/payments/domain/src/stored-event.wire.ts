import type { CheckoutEvent } from './checkout.js';
import type { ExistingIntent, IntentEvent } from './intent.js';
import { upcastPayoutEvent } from './payout.upcast.js';
import type { PayoutEvent } from './payout.js';

/**
 * An event as the event store keeps it: its name apart, amounts (fields that end in `Minor`) as decimal
 * text.
 */
export interface StoredEvent {
  readonly type: string;
  readonly payload: Record<string, unknown>;
}

/** The stored form of a domain event. */
export const toStored = ({ type, ...rest }: IntentEvent | PayoutEvent | CheckoutEvent): StoredEvent => ({
  type,
  payload: mapMembers(rest, (_name, value) => (typeof value === 'bigint' ? value.toString() : value)),
});

/** Reads a stored intent event; only this code ever wrote the stream, so its form is trusted. */
export const intentEventFrom = (stored: StoredEvent): IntentEvent => revive(stored) as unknown as IntentEvent;

/** Reads a stored payout event. */
export const payoutEventFrom = (stored: StoredEvent): PayoutEvent => upcastPayoutEvent(revive(stored));

/** Reads a stored event of a checkout session. */
export const checkoutEventFrom = (stored: StoredEvent): CheckoutEvent =>
  revive(stored) as unknown as CheckoutEvent;

const revive = ({ type, payload }: StoredEvent): Record<string, unknown> => {
  const members = mapMembers(payload, reviveAmount);
  const { operation } = members;
  const isAboutNew = typeof operation === 'object' && operation !== null;
  return {
    type,
    ...(type === 'PaymentIntentCreated' ? olderIntent : {}),
    ...members,
    ...(isAboutNew ? { operation: { ...olderOperation, ...operation } } : {}),
  };
};

/** What events had no words for when they were first written: one sale to the customer's wallet. */
const olderIntent = {
  ...{ merchantId: null, surchargeMinor: 0n, captureMethod: 'automatic' },
  ...{ instrument: null, returnUrl: null },
};
const olderCall = { parentOperationId: null, returnUrl: null, split: null, nextActionUrl: null };
const olderOperation = { parentOperationId: null, returnUrl: null, split: null };

/** An aggregate's state as JSON, for its read row. */
export const toPlain = (state: object): Record<string, unknown> =>
  mapMembers(state, (_name, value) => (typeof value === 'bigint' ? value.toString() : value));

/** An intent's state from its read row, also one that an older process wrote. */
export const intentFromPlain = (plain: Record<string, unknown>): ExistingIntent => {
  const state = fromPlain<ExistingIntent>(plain);
  const operations = state.operations.map((one) => ({ ...olderCall, ...one }));
  const isCanceled = state.status === 'canceled';
  const older = { refunds: [], disputes: [], abandoned: [], isCanceled } as const;
  return { ...olderIntent, ...older, ...state, operations } as ExistingIntent;
};

/** The state that `toPlain` wrote. */
export const fromPlain = <S>(plain: Record<string, unknown>): S => mapMembers(plain, reviveAmount) as S;

const reviveAmount = (name: string, value: unknown): unknown =>
  name.endsWith('Minor') && typeof value === 'string' ? BigInt(value) : value;

/** Metadata belongs to callers: nothing in it is an amount of ours, whatever it is called. */
const mapMembers = (
  record: object,
  map: (name: string, value: unknown) => unknown,
): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, mapValue(name, value, map)]));

const mapValue = (name: string, value: unknown, map: (name: string, value: unknown) => unknown): unknown => {
  if (name === 'metadata' || typeof value !== 'object' || value === null) return map(name, value);
  if (Array.isArray(value)) return value.map((member: unknown) => mapValue('', member, map));
  return mapMembers(value, map);
};
