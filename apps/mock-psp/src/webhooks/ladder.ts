const seconds = 1_000;
const minutes = 60 * seconds;
const hours = 60 * minutes;
const days = 24 * hours;

/** How a provider repeats what wasn't accepted. */
export interface Ladder {
  /** Waits after each failure; the last one repeats. */
  readonly waitsMs: readonly number[];
  /** After so long it gives up. */
  readonly windowMs: number;
  /** At most so many repetitions, where the provider counts them. */
  readonly repeats?: number;
}

/**
 * This provider's own: short at first, for a person or a test is waiting; every 5 s for ten minutes, every
 * minute for an hour, then hourly for 30 days.
 */
export const ownLadder: Ladder = {
  waitsMs: [
    ...[200, 400, 800, 1_600, 3_200],
    ...Array.from({ length: 120 }, () => 5 * seconds),
    ...Array.from({ length: 50 }, () => minutes),
    hours,
  ],
  windowMs: 30 * days,
};

/** "Up to three days with an exponential back-off" (Stripe's documentation gives no steps). */
export const stripeLadder: Ladder = {
  waitsMs: [5 * minutes, 30 * minutes, hours, 2 * hours, 4 * hours, 8 * hours, 12 * hours],
  windowMs: 3 * days,
};

/** docs.adyen.com, Troubleshoot webhooks: these intervals, for 30 days. */
export const adyenLadder: Ladder = {
  waitsMs: [
    ...[2 * minutes, 5 * minutes, 10 * minutes, 15 * minutes, 30 * minutes],
    ...[hours, 2 * hours, 4 * hours, 8 * hours],
  ],
  windowMs: 30 * days,
};

/** docs.iyzico.com, Webhook: every 15 minutes, three times. */
export const iyzicoLadder: Ladder = { waitsMs: [15 * minutes], windowMs: days, repeats: 3 };

/** PayTR publishes none but that it repeats until `OK`: every minute for an hour, then hourly for a day. */
export const paytrLadder: Ladder = {
  waitsMs: [...Array.from({ length: 60 }, () => minutes), hours],
  windowMs: days,
};

/** How long to wait after so many failures at such an age; undefined when the provider gives up. */
export function waitOf(
  { waitsMs, windowMs, repeats }: Ladder,
  failures: number,
  ageMs: number,
): number | undefined {
  if (repeats !== undefined && failures >= repeats) return undefined;
  const waitMs = waitsMs[Math.min(failures, waitsMs.length - 1)] ?? hours;
  return ageMs + waitMs > windowMs ? undefined : waitMs;
}
