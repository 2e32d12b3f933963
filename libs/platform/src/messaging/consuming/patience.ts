import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../http/problem.js';
import type { Delivery } from '../messaging.js';

/** How often and how fast failing work is repeated. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

export const defaultRetry: RetryPolicy = { attempts: 5, firstPauseMs: 100, longestPauseMs: 5_000 };

/**
 * The delivery ended (shutdown, or the partition went elsewhere) before the work succeeded; it comes again.
 */
export class DeliveryEnded extends Error {}

/** The work failed as often as the policy allows. */
export class GivenUp extends Error {}

const KEEP_ALIVE_MS = 1_000;

/** Told of each failure; `waiting` when it is repeated without end. */
export type OnRetry = (error: unknown, waiting: boolean) => void;

/**
 * Repeats the work until it succeeds. A Fault (database away, broker away, overload) is waited out however
 * long it takes and costs no attempt; any other error costs one. Keeps the membership of the group alive
 * meanwhile.
 * @throws GivenUp after the last attempt, with the cause; @throws DeliveryEnded when there is no point in
 * going on
 */
export async function patiently<T>(
  delivery: Delivery,
  policy: RetryPolicy,
  work: () => Promise<T>,
  onRetry: OnRetry,
): Promise<T> {
  let failures = 0;
  for (let tries = 0; ; tries++) {
    try {
      return await keepingAlive(delivery, work);
    } catch (error) {
      const waiting = error instanceof Fault;
      if (!waiting && ++failures >= policy.attempts) throw new GivenUp('given up', { cause: error });
      onRetry(error, waiting);
      await rest(delivery, Math.min(policy.longestPauseMs, policy.firstPauseMs * 2 ** Math.min(tries, 16)));
    }
  }
}

/** A slow handler must not cost the partition; a lost partition shows at the next call of `keepAlive`. */
async function keepingAlive<T>(delivery: Delivery, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => void delivery.keepAlive().catch(() => undefined), KEEP_ALIVE_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

async function rest(delivery: Delivery, pauseMs: number): Promise<void> {
  for (let left = pauseMs * (0.5 + Math.random() / 2); left > 0; left -= KEEP_ALIVE_MS) {
    if (!delivery.active()) throw new DeliveryEnded('The delivery ended');
    await sleep(Math.min(left, KEEP_ALIVE_MS));
    await delivery.keepAlive();
  }
  if (!delivery.active()) throw new DeliveryEnded('The delivery ended');
}
