import { type DashboardSpec, panel } from './dashboard-spec.js';

/** Whether the books agree, and whether somebody looks. */
export const reconciliation: DashboardSpec = {
  uid: 'defter-reconciliation',
  title: 'Defter: reconciliation',
  panels: [
    panel(
      'Open findings by risk',
      'short',
      'max by (severity) (sum by (severity, pod) (defter_reconciliation_findings_count))',
      ['{{severity}}', 'HIGH: money may be missing, or be in the wrong place.'],
    ),
    panel(
      'Open findings by type',
      'short',
      'max by (type) (sum by (type, pod) (defter_reconciliation_findings_count))',
      ['{{type}}', 'One type that jumps: a format or a fee changed.'],
    ),
    panel('Oldest open finding', 's', 'max by (severity) (defter_reconciliation_oldest_finding_seconds)', [
      '{{severity}}',
      'Those of more than a week should be rare.',
    ]),
    panel('What stands still', 'short', 'max by (what) (defter_reconciliation_stuck_count)', [
      '{{what}}',
      'As detect-stuck saw it last.',
    ]),
    panel(
      'Since the last success, of what a job may take',
      'percentunit',
      'max by (job) (defter_reconciliation_job_success_age_seconds) / ' +
        'max by (job) (defter_reconciliation_job_late_after_seconds)',
      ['{{job}}', 'Above 100 % it is late.'],
    ),
    panel('What jobs found last', 'short', 'max by (job) (defter_reconciliation_job_found_count)', [
      '{{job}}',
      'Of verify-proofs, ledger-wallet-scan and exemption-check: always 0.',
    ]),
    panel(
      'Unexplained difference, in the smallest unit',
      'short',
      'max by (currency, at) (defter_reconciliation_unexplained_difference_minor)',
      ['{{currency}} {{at}}', 'As the newest settlement reports have it; it moves when one is made.'],
    ),
    panel(
      'Oldest correction that is approved and not booked',
      's',
      'max by (state) (defter_reconciliation_correction_waiting_seconds)',
      [
        '{{state}}',
        '`approved`: since its approval. `booking`, `unknown`: since booking began, and the ledger has not ' +
          'answered. 0: there is none.',
      ],
    ),
    panel(
      'Messages behind',
      'short',
      'sum by (topic) (defter_consumer_lag_messages{service="reconciliation"})',
      ['{{topic}}', 'What has not arrived can not be compared.'],
    ),
  ],
};
