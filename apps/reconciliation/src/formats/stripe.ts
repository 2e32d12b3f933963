import type { SettlementLine } from '../settlement-line.js';
import type { Faults } from './file-fault.js';
import type { ColumnFormat } from './format.js';
import { expectNet, type Row } from './row.js';
import { Sums } from './sums.js';

/**
 * Stripe's itemised balance and payout reconciliation reports (`balance_change_from_activity.itemized`,
 * `payout_reconciliation.itemized`): decimal amounts with a point, times in UTC, currencies in lower case.
 * https://docs.stripe.com/reports/report-types
 */
const kinds: Readonly<Record<string, readonly [kind: string, status: SettlementLine['status']]>> = {
  ...{ charge: ['sale', 'succeeded'], charge_failure: ['sale', 'returned'], refund: ['refund', 'succeeded'] },
  ...{ refund_failure: ['refund', 'returned'], partial_capture_reversal: ['adjustment', 'succeeded'] },
  ...{ dispute: ['chargeback', 'succeeded'], dispute_reversal: ['chargeback', 'returned'] },
  ...{ fee: ['fee', 'succeeded'], network_cost: ['fee', 'succeeded'], tax: ['fee', 'succeeded'] },
  ...{ risk_reserved_funds: ['reserve', 'succeeded'], connect_reserved_funds: ['reserve', 'succeeded'] },
};

const payouts: ReadonlySet<string> = new Set(['payout', 'payout_reversal']);

/** What our adapter writes into the metadata of what it sends. */
const operationColumns = ['refund_metadata[defter_operation]', 'payment_metadata[defter_operation]'] as const;

function lineOf(row: Row, sums: Sums): SettlementLine | undefined {
  const currency = row.currency('currency');
  const [gross, fee, net] = ['gross', 'fee', 'net'].map((name) => row.amount(name, currency)) as Three;
  expectNet('net', currency, { is: net, of: gross - fee, sum: 'gross less fee' });
  const category = row.need('reporting_category').toLowerCase();
  const payout = row.text('automatic_payout_id');
  // The payout itself: what the lines that it pays must add up to.
  if (payouts.has(category)) {
    if (payout !== '') sums.state(`payout ${payout}`, currency, { amount: -net, line: row.record.line });
    return undefined;
  }
  if (payout !== '') sums.add(`payout ${payout}`, currency, net);
  const [kind, status] = kinds[category] ?? ['adjustment', 'succeeded'];
  const { at, on } = row.time(row.text('created_utc') === '' ? 'created' : 'created_utc');
  return {
    ...{ lineNumber: row.record.line, raw: row.record.raw, kind, status, currency },
    ...namesOf(row, kind, payout),
    ...{ amountMinor: sizeOf(gross), feeMinor: fee < 0n ? 0n : fee, netMinor: net },
    ...{ businessOn: on, occurredAt: at },
    ...exchanged(row, gross),
  };
}

type Names = Pick<SettlementLine, 'providerRef' | 'operationId' | 'batchRef'>;

/**
 * A payment is known to us by its intent (`pi_…`), whose charge (`ch_…`) the source is; refunds and disputes
 * by their own id (`re_…`, `dp_…`), which is the source, while the intent is that of the payment that they
 * take back. So is the metadata of a dispute's row: it names the sale, and of a dispute we sent nothing.
 */
function namesOf(row: Row, kind: string, payout: string): Names {
  const operationId = kind === 'chargeback' ? '' : row.text(operationColumns[kind === 'refund' ? 0 : 1]);
  const [intent, source] = [row.text('payment_intent_id'), row.text('source_id')];
  return {
    providerRef: kind === 'refund' || kind === 'chargeback' ? source || intent : intent || source,
    ...(operationId !== '' && { operationId }),
    ...(payout !== '' && { batchRef: payout }),
  };
}

const sizeOf = (amount: bigint): bigint => (amount < 0n ? -amount : amount);

type Three = [bigint, bigint, bigint];

/** What the customer paid in another currency, where Stripe says so; the rate is what both amounts give. */
function exchanged(row: Row, gross: bigint): Pick<SettlementLine, 'original'> {
  if (row.text('customer_facing_currency') === '') return {};
  const currency = row.currency('customer_facing_currency');
  if (currency === row.currency('currency')) return {};
  const amount = row.amount('customer_facing_amount', currency);
  const amountMinor = amount < 0n ? -amount : amount;
  if (amountMinor === 0n) return {};
  const size = gross < 0n ? -gross : gross;
  const digits = ((size * 10n ** 12n) / amountMinor).toString().padStart(13, '0');
  return { original: { amountMinor, currency, rate: `${digits.slice(0, -12)}.${digits.slice(-12)}` } };
}

export const stripe: ColumnFormat = {
  needed: ['currency', 'gross', 'fee', 'net', 'reporting_category', ['created_utc', 'created']],
  notation: { mark: 'point', zone: 'UTC' },
  open: () => {
    const sums = new Sums();
    return { line: (row) => lineOf(row, sums), end: (faults: Faults) => sums.check(faults) };
  },
};
