import { type DashboardSpec, panel } from './dashboard-spec.js';

const TARGET = 'on (slo) group_left () defter:slo:target';

/** All objectives of libs/reconciliation/contracts/src/objectives.ts, by the series that are made from it. */
export const objectivesDashboard: DashboardSpec = {
  uid: 'defter-objectives',
  title: 'Defter: objectives (SLO)',
  panels: [
    panel(
      'Error budget that is left, of 3 days',
      'percentunit',
      `1 - defter:slo_errors:ratio_rate3d / (1 - (0 * defter:slo_errors:ratio_rate3d + ${TARGET}))`,
      ['{{slo}} {{service}}', 'At 0 the objective is missed for these days; below, by more than that.'],
    ),
    panel(
      'How fast the budget burns, over an hour',
      'short',
      `defter:slo_errors:ratio_rate1h / (1 - (0 * defter:slo_errors:ratio_rate1h + ${TARGET}))`,
      ['{{slo}} {{service}}', '1 is what the objective allows; at 14.4 somebody is woken.'],
    ),
    panel('Share of events that are bad', 'percentunit', 'defter:slo_errors:ratio_rate5m', [
      '{{slo}} {{service}}',
      'Over five minutes.',
    ]),
    panel('95 of 100 requests are faster', 's', 'defter:http_seconds:p95', [
      '{{service}}',
      'By the services themselves.',
    ]),
    panel(
      'Requests',
      'reqps',
      'sum by (service, status_class) (rate(defter_http_request_seconds_count[5m]))',
      ['{{service}} {{status_class}}', 'Refusals (4xx) are no errors.'],
    ),
    panel(
      'Alerts that fire',
      'short',
      'sum by (alertname) (ALERTS{alertname=~"Defter.*",alertstate="firing"})',
      ['{{alertname}}', 'Each has a page that says what to do.'],
    ),
  ],
};
