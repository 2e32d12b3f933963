// What the dashboards show, as data. Queries read only metrics that services export; a test checks it.
import { business } from './business-dashboard.js';
import { type DashboardSpec, panel } from './dashboard-spec.js';
import { objectivesDashboard } from './objectives-dashboard.js';
import { reconciliation } from './reconciliation-dashboard.js';

const ledger: DashboardSpec = {
  uid: 'defter-ledger',
  title: 'Defter: ledger',
  panels: [
    panel('Commands that wait', 'short', 'sum by (pod) (defter_ledger_queue_commands)', [
      '{{pod}}',
      'Beyond 8,192 of one ledger, callers hear 503.',
    ]),
    panel(
      'Commands in a commit',
      'short',
      'sum by (pod) (rate(defter_ledger_batch_commands_sum[5m])) / ' +
        'sum by (pod) (rate(defter_ledger_batch_commands_count[5m]))',
      ['{{pod}}', 'Large under load: that is how it keeps up.'],
    ),
    panel('Commits', 'ops', 'sum by (pod) (rate(defter_ledger_batch_commands_count[5m]))', [
      '{{pod}}',
      'A second.',
    ]),
    panel('Balances in memory', 'short', 'sum by (pod) (defter_ledger_memory_balances)', [
      '{{pod}}',
      'At WRITER_BALANCES the ledger used longest ago forgets its own.',
    ]),
    panel('Checkpoints signed', 'ops', 'sum(rate(defter_ledger_checkpoints_total[5m]))', [
      'checkpoints',
      'None: is there a key?',
    ]),
    panel('Ledgers whose history changed', 'short', 'max(defter_ledger_unsigned_ledgers)', [
      'ledgers',
      'Always 0.',
    ]),
    panel(
      'Differences from the old source',
      'short',
      'sum by (kind) (increase(defter_ledger_mismatches_total[1h]))',
      ['{{kind}}', 'While a tenant is moved here: zero for days before `enforce`.'],
    ),
  ],
};

const payments: DashboardSpec = {
  uid: 'defter-payments',
  title: 'Defter: payments and webhooks',
  panels: [
    panel('Webhooks received', 'reqps', 'sum by (provider) (rate(defter_webhooks_received_total[5m]))', [
      '{{provider}}',
      '',
    ]),
    panel('What became of them', 'ops', 'sum by (outcome) (rate(defter_webhooks_events_total[5m]))', [
      '{{outcome}}',
      '',
    ]),
    panel('Oldest that is not on its topic', 's', 'max(defter_webhooks_oldest_unpublished_seconds)', [
      'age',
      'Deposits wait for it.',
    ]),
    panel('Requests refused', 'reqps', 'sum(rate(defter_webhooks_refused_total[5m]))', [
      'refused',
      'No valid signature.',
    ]),
    panel(
      'Events without an operation',
      'short',
      'sum by (provider) (increase(defter_payments_events_parked_total[1h]))',
      ['{{provider}}', 'Early ones find theirs; what stays becomes a finding.'],
    ),
    panel(
      'Operations that nobody knows',
      'short',
      'sum by (provider) (increase(defter_payments_operations_alarmed_total[1h]))',
      ['{{provider}}', 'Each needs a person.'],
    ),
    panel('Bookings without an answer', 'short', 'increase(defter_payments_bookings_late_total[1h])', [
      '{{pod}}',
      'Asked for again.',
    ]),
    panel(
      'Oldest booking without an answer',
      's',
      'max by (kind) (defter_payments_booking_waiting_seconds)',
      ['{{kind}}', 'Of settlements also those that two people approved. Above 15 minutes somebody is woken.'],
    ),
    panel(
      'Webhooks that nobody could place',
      'short',
      'sum by (cause) (increase(defter_payments_webhooks_orphaned_total[1h]))',
      ['{{cause}}', '`waited` and `unknown_type` spend the budget of webhook-placed.'],
    ),
    panel('Webhooks to tenants', 'ops', 'sum by (outcome) (rate(defter_webhooks_attempts_total[5m]))', [
      '{{outcome}}',
      '',
    ]),
    panel('Oldest delivery that is due', 's', 'max(defter_webhooks_oldest_due_seconds)', [
      'age',
      'A webhook to a tenant.',
    ]),
  ],
};

const servers: DashboardSpec = {
  uid: 'defter-servers',
  title: 'Defter: Kafka and databases',
  panels: [
    panel('Messages behind', 'short', 'sum by (service, topic) (defter_consumer_lag_messages)', [
      '{{service}} {{topic}}',
      '',
    ]),
    panel(
      'Messages by outcome',
      'ops',
      'sum by (service, outcome) (rate(defter_consumer_messages_total[5m]))',
      ['{{service}} {{outcome}}', '`dead` is never normal.'],
    ),
    panel('Messages published', 'ops', 'sum by (relay) (rate(defter_relay_published_total[5m]))', [
      '{{relay}}',
      '',
    ]),
    panel(
      'From the row to its topic, 95 of 100',
      's',
      'histogram_quantile(0.95, sum by (relay, le) (rate(defter_relay_wait_seconds_bucket[5m])))',
      ['{{relay}}', ''],
    ),
    panel('Connections of pools', 'short', 'sum by (service, state) (defter_platform_pool_connections)', [
      '{{service}} {{state}}',
      '`waiting` above zero for long: the pool is too small, or transactions too long.',
    ]),
  ],
};

/** Each dashboard of the chart. */
export const DASHBOARDS: readonly DashboardSpec[] = [
  ...[business, objectivesDashboard, ledger, payments, reconciliation, servers],
];
