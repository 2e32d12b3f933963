/**
 * What is promised of the whole installation, in one place: recording rules, burn-rate alerts, dashboards and
 * the weekly report are made from it (Google's SRE workbook, chapters 2 and 5).
 *
 * Queries are PromQL; `$window` stands where the length of time goes. `bad` may give no series where nothing
 * went wrong yet; `all` gives one for each value of `by`.
 */
export interface Objective {
  /** The label `slo` of every series that is made from it. */
  readonly name: string;
  /** What is promised, as a sentence. */
  readonly promise: string;
  /** The share of all events that must be good, over 30 days. */
  readonly target: number;
  /** The unit of what is counted. */
  readonly events: string;
  readonly bad: string;
  readonly all: string;
  /** The label that tells parts apart; each has an error budget of its own. Null: there is one part. */
  readonly by: 'service' | null;
  /** Services without whose measurements nothing is known; of a divided objective, its parts. */
  readonly measuredBy: readonly [string, ...string[]];
  /** An alert needs so many events in its long window: one of two that is late says little. */
  readonly leastEvents: number;
  /** Whether somebody is woken when the budget burns fast. */
  readonly pages: boolean;
  /** What is wrong while it burns; an annotation of the alerts. */
  readonly trouble: string;
}

const SERVICES = ['ledger', 'payments', 'webhook-ingress', 'reconciliation', 'webhook-delivery'] as const;

/** A load balancer's question isn't a customer's; the mock provider answers with faults on purpose. */
const ASKED = `service=~"${SERVICES.join('|')}",route!="/api/health"`;

/** Answers that may take as long as the work that was asked for. */
const LONG_WORK = 'route!~"/api/v1/payments/reconciliation/(run|files|files/preview)"';

const WEBHOOKS = 'service="payments",topic="defter.webhooks.events.v1"';

const rateOf = (series: string): string => `rate(${series}[$window])`;

/** Of histograms, `le` is a text: Prometheus 3 writes whole numbers with a point. */
const later = (labels: string, histogram: string, { le, by }: { le: string; by: string }): string => {
  const within = rateOf(`${histogram}_bucket{${labels}${labels === '' ? '' : ','}le=~"${le}"}`);
  return `clamp_min(${by}(${rateOf(`${histogram}_count{${labels}}`)}) - ${by}(${within}), 0)`;
};

/** Every objective, in the order in which they are shown. */
export const objectives = [
  {
    name: 'availability',
    promise: '99.9 % of requests are answered without a server error (5xx).',
    target: 0.999,
    events: 'requests',
    bad: `sum by (service) (${rateOf(`defter_http_request_seconds_count{${ASKED},status_class="5xx"}`)})`,
    all: `sum by (service) (${rateOf(`defter_http_request_seconds_count{${ASKED}}`)})`,
    ...{ by: 'service', measuredBy: SERVICES, leastEvents: 0, pages: true },
    trouble: '{{ $labels.service }} answers too many requests with 5xx',
  },
  {
    name: 'latency',
    promise: '95 % of requests are answered within half a second, so p95 is below 0.5 s.',
    target: 0.95,
    events: 'requests',
    bad: later(`${ASKED},${LONG_WORK}`, 'defter_http_request_seconds', {
      le: '0.5',
      by: 'sum by (service) ',
    }),
    all: `sum by (service) (${rateOf(`defter_http_request_seconds_count{${ASKED},${LONG_WORK}}`)})`,
    ...{ by: 'service', measuredBy: SERVICES, leastEvents: 100, pages: true },
    trouble: '{{ $labels.service }} takes longer than half a second for too many requests',
  },
  {
    name: 'webhook-success',
    // Parked ones end as `applied`: taken in. Whether they found what they are about is the next objective.
    promise: '99.9 % of webhooks of providers are taken in by payments without a dead letter.',
    target: 0.999,
    events: 'webhooks',
    bad: `sum(${rateOf(`defter_consumer_messages_total{${WEBHOOKS},outcome="dead"}`)})`,
    all: `sum(${rateOf(
      `defter_consumer_messages_total{${WEBHOOKS},outcome=~"applied|duplicate|ignored|dead"}`,
    )})`,
    ...{ by: null, measuredBy: ['payments'], leastEvents: 0, pages: true },
    trouble: 'Payments cannot apply too many webhooks of providers',
  },
  {
    name: 'webhook-placed',
    promise: '99.5 % of webhooks of providers find what they are about within an hour.',
    target: 0.995,
    events: 'webhooks',
    // One that waited in vain counts when it is given up to people, and stays bad though it fit later. What
    // is only listened to can't fit anything, and was never promised to.
    bad: `sum(${rateOf('defter_payments_webhooks_orphaned_total{cause=~"waited|unknown_type"}')})`,
    all: `sum(${rateOf(
      `defter_consumer_messages_total{${WEBHOOKS},outcome=~"applied|duplicate|ignored|dead"}`,
    )})`,
    // Its cause is outside: another system's payments on our account, a type that is new. Nobody is woken.
    ...{ by: null, measuredBy: ['payments'], leastEvents: 100, pages: false },
    trouble: 'Too many webhooks of providers are about nothing that we know',
  },
  {
    name: 'delivery-success',
    promise: '99 % of attempts to send a webhook to a tenant don’t fail for want of an answer or with 5xx.',
    target: 0.99,
    events: 'attempts',
    // A tenant's endpoint that refuses (4xx) is the tenant's own doing, and is told to the tenant.
    bad: `sum(${rateOf('defter_webhooks_attempts_total{outcome!~"delivered|http_4xx"}')})`,
    all: `sum(${rateOf('defter_webhooks_attempts_total')})`,
    ...{ by: null, measuredBy: ['webhook-delivery'], leastEvents: 20, pages: false },
    trouble: 'Too many webhooks to tenants fail',
  },
  {
    name: 'payout-time',
    promise: '95 % of payouts that are paid were paid within 24 hours of the request.',
    target: 0.95,
    events: 'payouts',
    bad: later('', 'defter_payments_payout_seconds', { le: '86400(\\\\.0)?', by: 'sum' }),
    all: `sum(${rateOf('defter_payments_payout_seconds_count')})`,
    ...{ by: null, measuredBy: ['payments'], leastEvents: 10, pages: false },
    trouble: 'Too many payouts take longer than a day',
  },
] as const satisfies readonly Objective[];

export type ObjectiveName = (typeof objectives)[number]['name'];

/** A query with its length of time, such as `5m`. */
export const over = (query: string, window: string): string => query.replaceAll('$window', window);

/** The share of events that may be bad. */
export const budgetOf = ({ target }: Pick<Objective, 'target'>): number =>
  Math.round((1 - target) * 1e9) / 1e9;

/** How many processes of which services are measured; every scrape of a service has this metric. */
export const measuredQuery = ({ by, measuredBy }: Pick<Objective, 'by' | 'measuredBy'>): string => {
  const selected = `process_start_time_seconds{service=~"${measuredBy.join('|')}"}`;
  return by === null ? `count(${selected})` : `count by (${by}) (${selected})`;
};
