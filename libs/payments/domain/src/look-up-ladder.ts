import { isSettled, type OperationResult } from './operation.js';

/** When to do what about operations that aren't settled; milliseconds. */
export interface Patience {
  /** Waits between look-ups of what is unknown or pending too long; after the last one comes an alarm. */
  readonly ladderMs: readonly number[];
  /** How long a `pending` operation may wait for its webhook before it is looked up. */
  readonly pendingMs: number;
  /** Waits before sending again what was provably never sent; after the last one comes an alarm. */
  readonly resendMs: readonly number[];
}

/** What the runner does next with an operation; `alarm` is for people. */
export type NextStep =
  { readonly step: 'send' | 'look_up'; readonly inMs: number } | { readonly step: 'alarm' | 'nothing' };

/** What has been tried: sends in all, look-ups since the result last changed. */
export interface Tried {
  readonly sends: number;
  readonly lookups: number;
  /** The provider said, for certain, that it never heard of the operation. */
  readonly notFound: boolean;
}

/**
 * The next step for an operation with this result. It is sent again only if it provably never arrived:
 * `errored`,
 * or not found at a provider whose idempotency is native, so that even a late first call has no second
 * effect.
 */
export const nextStep = (
  result: OperationResult,
  tried: Tried,
  { ladderMs, pendingMs, resendMs }: Patience,
  nativeIdempotency: boolean,
): NextStep => {
  if (isSettled(result)) return { step: 'nothing' };
  const neverArrived = result === 'errored' || (tried.notFound && nativeIdempotency && result !== 'pending');
  if (neverArrived) return rung('send', resendMs[tried.sends - 1]);
  if (result === 'pending' && tried.lookups === 0) return { step: 'look_up', inMs: pendingMs };
  return rung('look_up', ladderMs[tried.lookups]);
};

const rung = (step: 'send' | 'look_up', inMs: number | undefined): NextStep =>
  inMs === undefined ? { step: 'alarm' } : { step, inMs };
