import type { SettlementLine } from '../settlement-line.js';
import type { Faults } from './file-fault.js';
import type { ColumnFormat } from './format.js';
import { BadRow, expectNet, type Row } from './row.js';
import { Sums } from './sums.js';

/**
 * PayTR's list of sales and refunds (`islem-dokumu`), whose service answers the same fields as JSON: S is a
 * sale, I a refund; `islem_tutari` is what the goods cost, `odeme_tutari` what was paid with instalments,
 * `net_tutar` what is left after the deduction.
 * https://dev.paytr.com/islem-dokumu
 */
const kinds: Readonly<Record<string, string>> = { S: 'sale', I: 'refund', İ: 'refund' };

function lineOf(row: Row, sums: Sums): SettlementLine | undefined {
  const currency = row.currency('para_birimi');
  const amount = (column: string): bigint => row.amount(column, currency);
  const [price, net, feeMinor] = [amount('islem_tutari'), amount('net_tutar'), amount('kesinti_tutari')];
  const paid = row.text('odeme_tutari') === '' ? price : amount('odeme_tutari');
  const type = row.need('islem_tipi');
  if (type.toUpperCase() === 'TOPLAM') {
    sums.state('net_tutar', currency, { amount: net, line: row.record.line });
    return undefined;
  }
  const kind = kinds[type];
  if (kind === undefined) throw new BadRow(`the type "${type}" is not known`);
  // A refund is written with or without its sign.
  const sum = 'what was paid less kesinti_tutari';
  expectNet('net_tutar', currency, { is: sizeIn(kind, net), of: sizeIn(kind, paid) - feeMinor, sum });
  const netMinor = kind === 'sale' ? net : -sizeIn(kind, net);
  sums.add('net_tutar', currency, netMinor);
  const { at, on } = row.time('islem_tarihi');
  return {
    ...{ lineNumber: row.record.line, raw: row.record.raw, kind, status: 'succeeded', currency },
    ...{ providerRef: row.need('siparis_no'), amountMinor: sizeIn(kind, paid), feeMinor, netMinor },
    ...(paid > price && { surchargeMinor: paid - price }),
    ...{ businessOn: on, occurredAt: at },
  };
}

const sizeIn = (kind: string, amount: bigint): bigint =>
  kind === 'refund' && amount < 0n ? -amount : amount;

export const paytr: ColumnFormat = {
  needed: ['islem_tipi', 'islem_tutari', 'net_tutar', 'kesinti_tutari', 'islem_tarihi', 'para_birimi'].concat(
    'siparis_no',
  ),
  notation: { mark: 'either', zone: 'Europe/Istanbul' },
  open: () => {
    const sums = new Sums();
    return { line: (row) => lineOf(row, sums), end: (faults: Faults) => sums.check(faults) };
  },
};
