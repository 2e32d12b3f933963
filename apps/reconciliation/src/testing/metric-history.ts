/** The week of Monday 2026-02-02 in Istanbul, as Prometheus would have scraped it every minute. */

const MONDAY = Date.parse('2026-02-01T21:00:00Z');
const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
const MINUTES = 7 * DAY_MINUTES;
const START = 'process_start_time_seconds';
const COUNT = 'defter_http_request_seconds_count';
const BUCKET = 'defter_http_request_seconds_bucket';
const WEBHOOKS = 'topic="defter.webhooks.events.v1",service="payments"';

/** A counter's value after so many minutes; nothing while nobody scrapes it. */
type Course = (minute: number) => number | undefined;

/** Wednesday 12:00 to 13:00 in Istanbul. */
const badMinutes = (minute: number): number => Math.max(0, Math.min(60, minute - (2 * DAY_MINUTES + 720)));

/** Friday, when nobody scraped payments. */
const isUnseen = (minute: number): boolean => minute > 4 * DAY_MINUTES && minute <= 5 * DAY_MINUTES;

const ofPayments =
  (course: (minute: number) => number): Course =>
  (minute) =>
    isUnseen(minute) ? undefined : course(minute);

/** Payouts: its process began anew on Thursday, and its counters with it. */
const sinceRestart = (minute: number): number =>
  minute < 3 * DAY_MINUTES ? minute : minute - 3 * DAY_MINUTES;

const courses: Readonly<Record<string, Course>> = {
  [`${START}{service="ledger"}`]: () => 1,
  [`${START}{service="reconciliation"}`]: () => 1,
  [`${START}{service="webhook-ingress"}`]: () => 1,
  [`${START}{service="payments"}`]: ofPayments(() => 1),
  // 60 a minute; half of an hour's fail.
  [`${COUNT}{service="ledger",route="/v2",status_class="2xx"}`]: (minute) =>
    60 * minute - 30 * badMinutes(minute),
  [`${COUNT}{service="ledger",route="/v2",status_class="5xx"}`]: (minute) => 30 * badMinutes(minute),
  [`${BUCKET}{service="ledger",route="/v2",status_class="2xx",le="0.5"}`]: (minute) =>
    58.8 * minute - 30 * badMinutes(minute),
  [`${BUCKET}{service="ledger",route="/v2",status_class="5xx",le="0.5"}`]: (minute) =>
    30 * badMinutes(minute),
  // What a load balancer asks is no request of anybody.
  [`${COUNT}{service="ledger",route="/api/health",status_class="2xx"}`]: (minute) => 6_000 * minute,
  [`${COUNT}{service="webhook-ingress",route="/w",status_class="2xx"}`]: (minute) => minute,
  [`${COUNT}{service="payments",route="/v1",status_class="2xx"}`]: ofPayments((minute) => 100 * minute),
  [`${BUCKET}{service="payments",route="/v1",status_class="2xx",le="0.5"}`]: ofPayments(
    (minute) => 100 * minute,
  ),
  [`defter_consumer_messages_total{${WEBHOOKS},outcome="applied"}`]: ofPayments((minute) => 19.99 * minute),
  [`defter_consumer_messages_total{${WEBHOOKS},outcome="dead"}`]: ofPayments((minute) => 0.01 * minute),
  ['defter_payments_payout_seconds_count{service="payments",provider="a"}']: ofPayments(sinceRestart),
  ['defter_payments_payout_seconds_bucket{service="payments",provider="a",le="86400"}']: ofPayments(
    (minute) => 0.9 * sinceRestart(minute),
  ),
};

/** OpenMetrics with timestamps, for `promtool tsdb create-blocks-from openmetrics`. */
export function history(): string {
  const lines = Object.entries(courses).flatMap(([series, course]) => {
    const samples: string[] = [];
    for (let minute = 0; minute <= MINUTES; minute += 1) {
      const value = course(minute);
      const at = (MONDAY + minute * MINUTE_MS) / 1_000;
      if (value !== undefined) samples.push(`${series} ${value} ${at}`);
    }
    return samples;
  });
  return `${lines.join('\n')}\n# EOF\n`;
}
