import { describe, expect, it } from '@jest/globals';
import { UnreadableReport } from '@defter/payments-contracts';
import { readSettlement } from './settlement-file.js';

const good = [
  'settlement,1,c_one,2025-10-09,Europe/Istanbul',
  'operation_id,provider_ref,kind,gross,fee,net,currency,status,occurred_at',
  'op_1,mp_ch_1,charge,90071992547409931234,34,90071992547409931200,TRY,succeeded,2025-10-09T08:00:00.000Z',
  'op_2,mp_po_1,payout,500,0,-500,TRY,succeeded,2025-10-09T08:00:01.000Z',
  'op_2,mp_po_1,payout,500,0,500,TRY,returned,2025-10-09T08:00:02.000Z',
  'op_3,mp_rf_1,refund,7,0,-7,USD,succeeded,2025-10-09T08:00:03.000Z',
  'total,TRY,3,90071992547409932234,34,90071992547409931200',
  'total,USD,1,7,0,-7',
  'end,4',
  '',
].join('\n');
const read = (text: string) => readSettlement(Buffer.from(text), '2025-10-09');
const refusal = (text: string): string => {
  try {
    read(text);
  } catch (error) {
    if (error instanceof UnreadableReport) return error.message;
    throw error;
  }
  return 'readable';
};

describe('a settlement file', () => {
  it('is read exactly', () => {
    const lines = read(good);
    expect(
      lines.map(({ kind, status, amountMinor, feeMinor, currency }) => [
        kind,
        status,
        amountMinor,
        feeMinor,
        currency,
      ]),
    ).toEqual([
      ['sale', 'succeeded', 90071992547409931234n, 34n, 'TRY'],
      ['payout', 'succeeded', 500n, 0n, 'TRY'],
      ['payout', 'returned', 500n, 0n, 'TRY'],
      ['refund', 'succeeded', 7n, 0n, 'USD'],
    ]);
    expect(lines[3]).toMatchObject({
      lineNumber: 6,
      operationId: 'op_3',
      providerRef: 'mp_rf_1',
      businessOn: '2025-10-09',
    });
  });

  it('may be empty of movements', () => {
    expect(read(`${good.split('\n').slice(0, 2).join('\n')}\nend,0\n`)).toEqual([]);
  });

  it.each([
    ['another date', '2025-10-09,Europe', '2025-10-08,Europe', 'line 1: the file is of 2025-10-08'],
    ['another version', 'settlement,1', 'settlement,2', 'line 1: not a settlement file of version 1'],
    ['other columns', ',gross,fee,', ',fee,gross,', 'line 2: the columns are not'],
    ['a wrong count', 'end,4', 'end,5', 'line 9: "end,4" is expected'],
    ['a total off by one', 'total,USD,1,7', 'total,USD,1,8', 'line 8: the lines give "total,USD,1,7,0,-7"'],
    ['a total too few', 'total,USD,1,7,0,-7\n', '', 'line 8: the lines give "total,USD,1,7,0,-7"'],
    ['a float', ',7,0,-7,', ',7.0,0,-7,', 'line 6: an amount is not a whole number'],
    ['a net that does not add up', ',500,0,-500,', ',500,0,-499,', 'line 4: net is not gross less fee'],
    ['a kind nobody knows', 'charge', 'gift', 'line 3: the kind is not known'],
    ['a status nobody knows', 'TRY,returned', 'TRY,lost', 'line 5: the status is not known'],
    ['a field too many', 'op_2,mp', 'op_2,,mp', 'line 4: 9 fields are expected, there are 10'],
  ])('with %s is refused, with the line and the reason', (_, from, to, message) => {
    expect(good).toContain(from);
    expect(refusal(good.replace(from, to))).toContain(message);
  });

  it('tells captures as income, disputes as what is taken and, when won, given back', () => {
    const lines = read(
      [
        'settlement,1,c_one,2025-10-09,Europe/Istanbul',
        'operation_id,provider_ref,kind,gross,fee,net,currency,status,occurred_at',
        'op_1,mp_ca_1,capture,500,5,495,TRY,succeeded,2025-10-09T08:00:00.000Z',
        'dp_1,mp_dp_1,dispute,500,0,-500,TRY,succeeded,2025-10-09T08:00:01.000Z',
        'dp_1,mp_dp_1,dispute,500,0,500,TRY,returned,2025-10-09T08:00:02.000Z',
        'total,TRY,3,1500,5,495',
        'end,3',
        '',
      ].join('\n'),
    );
    expect(lines.map(({ kind, operationId, providerRef }) => [kind, operationId, providerRef])).toEqual([
      ['capture', 'op_1', 'mp_ca_1'],
      ['chargeback', undefined, 'mp_dp_1'],
      ['chargeback', undefined, 'mp_dp_1'],
    ]);
  });
});
