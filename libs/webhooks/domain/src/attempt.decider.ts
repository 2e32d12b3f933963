// What one attempt at a delivery means: for the delivery (states in delivery-machine.ts) and for its
// endpoint.
import type { DeliveryTrigger } from './delivery-machine.js';

/** Why no answer came, or none was asked for. */
export type AttemptFailure =
  | 'address_refused'
  | 'url_refused'
  | 'name_not_found'
  | 'connect_timeout'
  | 'connect_failed'
  | 'tls_failed'
  | 'answer_timeout'
  | 'connection_broken'
  | 'answer_unreadable'
  | 'secret_unreadable';

/** What came back from the receiver, or why nothing did. */
export type AttemptResult =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterMs?: number }
  | { readonly kind: 'failed'; readonly failure: AttemptFailure };

/** When attempts are made and when they end. */
export interface RetryPolicy {
  /** Waits before each attempt, beginning with the first one (0). */
  readonly ladderMs: readonly number[];
  /** The longest wait that a receiver may ask for. */
  readonly longestRetryAfterMs: number;
}

export interface Verdict {
  readonly trigger: DeliveryTrigger;
  /** Absent when delivered: `http_500`, `connect_timeout`, … */
  readonly reason?: string;
  /** When the next attempt is due; only with the trigger `failed`. */
  readonly inMs?: number;
  readonly endpoint: 'healthy' | 'failing' | 'gone';
}

/** Up to this part is added to a wait, so that receivers don't see everything come back at once. */
const JITTER = 0.2;

/**
 * The consequence of attempt number `tries` (from 1). `chance` is a random number in [0, 1). The waits are
 * those that Standard Webhooks recommends; a `Retry-After` of 429 or 503 can make a wait longer, never
 * shorter.
 */
export const decideAttempt = (
  result: AttemptResult,
  tries: number,
  { ladderMs, longestRetryAfterMs }: RetryPolicy,
  chance: number,
): Verdict => {
  if (result.kind === 'answered' && result.status >= 200 && result.status < 300) {
    return { trigger: 'accepted by the receiver', endpoint: 'healthy' };
  }
  const reason = result.kind === 'answered' ? `http_${result.status}` : result.failure;
  if (reason === 'http_410') return { trigger: 'failed for the last time', reason, endpoint: 'gone' };
  const wait = ladderMs[tries];
  if (wait === undefined) return { trigger: 'failed for the last time', reason, endpoint: 'failing' };
  const asked = Math.min(askedWait(result), longestRetryAfterMs);
  return {
    trigger: 'failed',
    reason,
    inMs: Math.round(Math.max(wait * (1 + JITTER * chance), asked)),
    endpoint: 'failing',
  };
};

const askedWait = (result: AttemptResult): number =>
  result.kind === 'answered' && (result.status === 429 || result.status === 503)
    ? (result.retryAfterMs ?? 0)
    : 0;

const SECONDS = /^\d{1,9}$/;

/**
 * `Retry-After` (RFC 9110 §10.2.3) in milliseconds from now: seconds or a date; undefined for anything
 * else.
 */
export const retryAfterMs = (text: string | undefined, now: Date): number | undefined => {
  if (text === undefined) return undefined;
  if (SECONDS.test(text)) return Number.parseInt(text, 10) * 1_000;
  const at = /GMT$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
};
