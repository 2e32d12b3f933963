import { type DashboardSpec, panel } from './dashboard-spec.js';

const INTENTS = 'defter_payments_intents_total';
const DEPOSITS = `${INTENTS}{purpose="deposit"`;

/** What became of it within a day: a step of a funnel beside the step before it. */
const perDay = (selector: string, by: string): string => `sum${by} (increase(${selector}[1d]))`;

const provider = ' by (provider)';

/** How the business goes: deposits, withdrawals, tenants. */
export const business: DashboardSpec = {
  uid: 'defter-business',
  title: 'Defter: business overview',
  panels: [
    panel('Payment intents, of 24 hours', 'short', perDay(INTENTS, ' by (step, purpose)'), [
      '{{purpose}} {{step}}',
      'created, confirmed (a first attempt), succeeded (first money came), canceled.',
    ]),
    panel(
      'Deposits that succeed, of those created',
      'percentunit',
      `${perDay(`${DEPOSITS},step="succeeded"}`, '')} / ${perDay(`${DEPOSITS},step="created"}`, '')}`,
      ['conversion', 'Of 24 hours. Falls when payers give up, or when a provider declines more.'],
    ),
    panel(
      'Deposits that succeed, of those confirmed: by provider',
      'percentunit',
      `${perDay(`${DEPOSITS},step="succeeded"}`, provider)} / ` +
        perDay(`${DEPOSITS},step="confirmed"}`, provider),
      ['{{provider}}', 'One provider alone that falls: look at its declines.'],
    ),
    panel(
      'Deposits that succeed, of those confirmed: by method',
      'percentunit',
      `${perDay(`${DEPOSITS},step="succeeded"}`, ' by (method)')} / ` +
        perDay(`${DEPOSITS},step="confirmed"}`, ' by (method)'),
      ['{{method}}', 'Classes of payment methods: card, bank, other.'],
    ),
    panel(
      'Withdrawals, of 24 hours',
      'short',
      'sum by (step) (increase(defter_payments_payouts_total[1d]))',
      ['{{step}}', 'requested, approved, and how they ended.'],
    ),
    panel(
      'Time to withdraw, half of them',
      's',
      'histogram_quantile(0.5, sum by (provider, le) (rate(defter_payments_payout_seconds_bucket[1d])))',
      ['{{provider}}', 'From the request until it was paid, people’s time included.'],
    ),
    panel(
      'Time to withdraw, 95 of 100',
      's',
      'histogram_quantile(0.95, sum by (provider, le) (rate(defter_payments_payout_seconds_bucket[1d])))',
      ['{{provider}}', 'The objective is a day.'],
    ),
    panel('Tenants by how far they got', 'short', 'max by (stage) (defter_payments_tenants_count)', [
      '{{stage}}',
      'From the settings to the first payout: each stage has at most those of the one before.',
    ]),
  ],
};
