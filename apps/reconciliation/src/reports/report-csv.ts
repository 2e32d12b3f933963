import type { CapacityContent } from './capacity-content.js';
import { csvOf } from './csv.js';
import type { DailyContent } from './daily-content.js';
import type { ReportHead, StoredReport } from './report.js';
import type { SettlementContent } from './settlement-content.js';
import type { SloContent } from './slo/slo-content.js';

/** A report's rows for a spreadsheet: findings, batches, tables. Amounts are minor units. */
export function reportCsv({ kind, content }: StoredReport): string {
  switch (kind) {
    case 'daily':
      return dailyCsv(content as DailyContent);
    case 'settlement':
      return settlementCsv(content as SettlementContent);
    case 'capacity':
      return capacityCsv(content as ReportHead as CapacityContent);
    case 'slo':
      return sloCsv(content as ReportHead as SloContent);
  }
}

const blank = (cells: number): null[] => Array.from({ length: cells }, () => null);

/**
 * `row`: a `finding` that is open, or what people have `explained` of a difference, by the finding it is
 * about. Its amount has a column of its own, so that the sum of `amount_minor` is what is open.
 */
const FINDING = [
  ...['id', 'severity', 'finding_type', 'status', 'provider', 'connection_id', 'reference', 'customer_id'],
  ...['amount_minor', 'currency', 'first_seen_at', 'message', 'action', 'action_sentence'],
  ...['row', 'business_on', 'name', 'explained_minor', 'is_whole', 'explained_how', 'transaction_id'],
];

function dailyCsv({ findings, explanations = [] }: DailyContent): string {
  const open = findings.map((each) => [
    ...[each.id, each.severity, each.type, each.status, each.provider, each.connection, each.reference],
    ...[each.customer, each.amount, each.currency, each.since, each.message, each.action, each.sentence],
    ...['finding', ...blank(6)],
  ]);
  const explained = explanations.map((each) => [
    ...[each.finding, null, each.type, null, each.provider, each.connection, ...blank(3), each.currency],
    ...[...blank(4), 'explained', each.on, each.name, each.minor, `${each.isWhole}`, each.how],
    each.transactionId,
  ]);
  return csvOf(FINDING, [...open, ...explained]);
}

/**
 * `row`: a `report` beside our operations, a `settlement` beside the bank, an `account` of both, or what
 * people have `explained` of them: `state` says how, and of which difference it is `name` says.
 */
const SETTLED = [
  ...[
    'row',
    'business_on',
    'provider',
    'connection_id',
    'name',
    'currency',
    'lines',
    'in_minor',
    'out_minor',
  ],
  ...['fee_minor', 'net_minor', 'ours_minor', 'unmatched_lines', 'unmatched_minor', 'explained_minor'],
  ...['unexplained_lines', 'unexplained_minor', 'booked_minor', 'statement_minor', 'bookings', 'state'],
  ...['finding_id', 'transaction_id'],
];

function settlementCsv(content: SettlementContent): string {
  const { businessOn, batches, payments = [], bank, explanations = [] } = content;
  const reports = batches.map((each) => [
    ...['report', each.on, each.provider, each.connection, each.batch, each.currency, each.lines],
    ...[each.inMinor, each.outMinor, each.feeMinor, each.netMinor, each.oursMinor, each.unmatchedLines],
    ...[each.unmatchedMinor, each.explainedMinor, each.unexplainedLines, each.unexplainedMinor],
    ...blank(6),
  ]);
  const settlements = payments.map((each) => [
    ...['settlement', each.on, each.provider, each.connection, each.settlement, each.currency, each.lines],
    ...[...blank(3), each.netMinor, ...blank(7), each.paidMinor, each.bookings, each.state, ...blank(2)],
  ]);
  const accounts = bank.map((each) => [
    ...['account', businessOn, each.provider, each.connection, each.connection, each.currency],
    ...[...blank(4), each.netMinor, ...blank(3), each.explainedMinor, null, each.unexplainedMinor],
    ...[each.arrivedMinor, each.statementMinor, each.bookings, ...blank(3)],
  ]);
  const explained = explanations.map((each) => [
    ...['explained', each.on, each.provider, each.connection, each.name, each.currency, ...blank(8)],
    ...[each.minor, ...blank(5), each.how, each.finding, each.transactionId],
  ]);
  return csvOf(SETTLED, [...reports, ...settlements, ...accounts, ...explained]);
}

const TABLE = ['table', 'rows', 'bytes', 'bytes_per_row', 'bytes_per_day'];

const capacityCsv = ({ tables }: CapacityContent): string =>
  csvOf(
    TABLE,
    tables.map((each) => [each.table, each.rows, each.bytes, each.bytesPerRow, each.bytesPerDay]),
  );

const OBJECTIVE = [
  ...['week', 'objective', 'part', 'verdict', 'target', 'attained', 'budget_spent', 'total', 'bad'],
  'measured_share',
];

const sloCsv = ({ week, objectives }: SloContent): string =>
  csvOf(
    OBJECTIVE,
    objectives.flatMap(({ name, target, parts }) =>
      parts.map((each) => [
        ...[week, name, each.part, each.verdict, target, each.attained, each.budgetSpent, each.total],
        ...[each.bad, each.measured],
      ]),
    ),
  );
