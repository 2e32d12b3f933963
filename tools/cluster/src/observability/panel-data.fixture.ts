/** A day of a small installation as Prometheus would have scraped it: something for every panel to show. */

/** What has happened by a minute of the day. */
type Course = (minute: number) => number;

const MINUTES = 1_500;
const HTTP = 'service="ledger",route="/v2",status_class';
const PROCESSES = ['ledger', 'payments', 'webhook-ingress', 'reconciliation', 'webhook-delivery'];

const rising =
  (perMinute: number): Course =>
  (minute) =>
    perMinute * minute;
const level =
  (value: number): Course =>
  (minute) =>
    value + (minute % 7);

const histogram = (
  name: string,
  labels: string,
  [perMinute, buckets]: readonly [number, readonly (readonly [le: string, share: number])[]],
): [string, Course][] => [
  ...buckets.map(([le, share]): [string, Course] => [
    `${name}_bucket{${labels},le="${le}"}`,
    rising(perMinute * share),
  ]),
  [`${name}_bucket{${labels},le="+Inf"}`, rising(perMinute)],
  [`${name}_count{${labels}}`, rising(perMinute)],
  [`${name}_sum{${labels}}`, rising(perMinute / 4)],
];

const intents = (step: string, provider: string, perMinute: number): [string, Course] => [
  `defter_payments_intents_total{step="${step}",purpose="deposit",provider="${provider}",method="card"}`,
  rising(perMinute),
];

const series: readonly [string, Course][] = [
  ...PROCESSES.map((name): [string, Course] => [
    `process_start_time_seconds{service="${name}"}`,
    () => 1_700_000_000,
  ]),
  ...histogram('defter_http_request_seconds', `${HTTP}="2xx"`, [
    60,
    [
      ['0.1', 0.7],
      ['0.5', 0.98],
    ],
  ]),
  ...histogram('defter_http_request_seconds', `${HTTP}="5xx"`, [0.03, [['0.5', 1]]]),
  ...histogram('defter_payments_payout_seconds', 'service="payments",provider="stripe"', [
    0.2,
    [
      ['3600', 0.6],
      ['86400', 0.97],
    ],
  ]),
  ...histogram('defter_relay_wait_seconds', 'service="payments",relay="outbox"', [
    20,
    [
      ['0.1', 0.9],
      ['1', 1],
    ],
  ]),
  ...histogram('defter_ledger_batch_commands', 'service="ledger",pod="ledger-a"', [30, [['8', 0.8]]]),
  intents('created', 'none', 1),
  intents('confirmed', 'stripe', 0.8),
  intents('confirmed', 'mock-psp', 0.1),
  intents('succeeded', 'stripe', 0.7),
  intents('succeeded', 'mock-psp', 0.05),
  ['defter_payments_payouts_total{step="requested",provider="stripe"}', rising(0.2)],
  ['defter_payments_payouts_total{step="paid",provider="stripe"}', rising(0.19)],
  ['defter_payments_tenants_count{stage="configured",pod="payments-a"}', () => 4],
  ['defter_payments_tenants_count{stage="first_deposit",pod="payments-a"}', () => 3],
  ['defter_payments_events_parked_total{provider="stripe"}', rising(0.01)],
  ['defter_payments_operations_alarmed_total{provider="stripe",result="unknown"}', rising(0.001)],
  ['defter_payments_bookings_late_total{pod="payments-a"}', rising(0.01)],
  ['defter_webhooks_received_total{provider="stripe",connection="c"}', rising(2)],
  ['defter_webhooks_events_total{provider="stripe",connection="c",outcome="stored"}', rising(2)],
  ['defter_webhooks_refused_total{provider="stripe"}', rising(0.1)],
  ['defter_webhooks_oldest_unpublished_seconds{pod="webhook-ingress-a"}', level(0)],
  ['defter_webhooks_attempts_total{outcome="delivered"}', rising(3)],
  ['defter_webhooks_attempts_total{outcome="timeout"}', rising(0.02)],
  ['defter_webhooks_oldest_due_seconds{pod="webhook-delivery-a"}', level(2)],
  [
    'defter_consumer_messages_total{service="payments",topic="defter.webhooks.events.v1",outcome="applied"}',
    rising(2),
  ],
  ['defter_consumer_lag_messages{service="reconciliation",topic="t",partition="0"}', level(10)],
  ['defter_relay_published_total{relay="outbox"}', rising(20)],
  ['defter_platform_pool_connections{service="ledger",pod="ledger-a",state="used"}', level(3)],
  ['defter_ledger_queue_commands{pod="ledger-a"}', level(4)],
  ['defter_ledger_memory_balances{pod="ledger-a"}', level(1_000)],
  ['defter_ledger_checkpoints_total{pod="ledger-a"}', rising(1)],
  ['defter_ledger_unsigned_ledgers{pod="ledger-a"}', () => 0],
  ['defter_ledger_mismatches_total{kind="balance"}', rising(0.01)],
  ['defter_reconciliation_findings_count{severity="HIGH",type="amount_mismatch",pod="r"}', level(1)],
  ['defter_reconciliation_findings_count{severity="LOW",type="late_settlement",pod="r"}', level(9)],
  [
    'defter_reconciliation_oldest_finding_seconds{severity="HIGH",type="amount_mismatch",pod="r"}',
    rising(60),
  ],
  ['defter_reconciliation_unexplained_difference_minor{currency="TRY",at="differs",pod="r"}', level(100)],
  ['defter_reconciliation_correction_waiting_seconds{state="unknown",pod="r"}', level(0)],
  ['defter_payments_booking_waiting_seconds{kind="settlement",pod="payments-a"}', level(0)],
  ['defter_payments_webhooks_orphaned_total{cause="waited",pod="payments-a"}', rising(0.001)],
  ['defter_reconciliation_stuck_count{what="payouts",pod="r"}', level(0)],
  ['defter_reconciliation_job_success_age_seconds{job="daily-report",pod="r"}', rising(60)],
  ['defter_reconciliation_job_late_after_seconds{job="daily-report",pod="r"}', () => 93_600],
  ['defter_reconciliation_job_found_count{job="daily-report",pod="r"}', level(3)],
];

/** OpenMetrics of the time until that instant, a sample a minute. */
export function panelData(until: number): string {
  const from = Math.floor(until / 1_000) - MINUTES * 60;
  const lines = series.flatMap(([name, course]) =>
    Array.from({ length: MINUTES + 1 }, (_, minute) => `${name} ${course(minute)} ${from + minute * 60}`),
  );
  return `${lines.join('\n')}\n# EOF\n`;
}
