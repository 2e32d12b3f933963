import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ReportFault } from '../book/book-event.wire.js';
import { netMinor, type SettlementLine } from '../settlements/settlement.js';
import { bankBookings } from './bank-booking.js';
import { type AccountDay, camt053, closingMinor } from './camt053.js';

const line = (n: number, over: Partial<SettlementLine> = {}): SettlementLine => ({
  ...{ operationId: `op_${n}`, providerRef: `mp_ch_${n}`, kind: 'charge', grossMinor: 1_000n, feeMinor: 25n },
  ...{ currency: 'TRY', status: 'succeeded', occurredAt: '2025-10-09T08:00:00.000Z' },
  ...over,
});
const splitting = (operationId: string): ReportFault => ({
  ...{ id: 'flt_1', connectionId: 'c_one', kind: 'split_batch', operationId, setAt: '' },
});

describe('what the bank books', () => {
  it('is one sum per date of movements and currency, on the next date', () => {
    const lines = [
      line(1),
      line(2, { kind: 'refund', feeMinor: 0n, grossMinor: 400n }),
      line(3, { currency: 'USD' }),
      line(4, { occurredAt: '2025-10-09T21:00:00.000Z' }),
    ];
    const booked = bankBookings('c_one', lines, []).map((each) => [
      ...[each.settlesOn, each.bookedOn, each.currency, each.amountMinor, each.movements],
    ]);
    expect(booked).toEqual([
      ['2025-10-09', '2025-10-10', 'TRY', 575n, 2],
      ['2025-10-09', '2025-10-10', 'USD', 975n, 1],
      ['2025-10-10', '2025-10-11', 'TRY', 975n, 1],
    ]);
  });

  it('comes in two parts with one sum when it is split', () => {
    const parts = bankBookings('c_one', [line(1), line(2)], [splitting('op_2')]);
    expect(parts.map(({ amountMinor }) => amountMinor)).toEqual([1_300n, 650n]);
    expect(new Set(parts.map(({ reference }) => reference)).size).toBe(2);
  });

  it('is all that moved, whatever it was', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            kind: fc.constantFrom('charge', 'capture', 'refund', 'payout', 'dispute'),
            status: fc.constantFrom('succeeded', 'returned'),
            grossMinor: fc.bigInt({ min: 1n, max: 2n ** 70n }),
            currency: fc.constantFrom('TRY', 'USD', 'EUR'),
            occurredAt: fc.constantFrom('2025-10-09T08:00:00.000Z', '2025-10-10T08:00:00.000Z'),
          }),
        ),
        fc.boolean(),
        (rows, isSplit) => {
          const lines = rows.map((row, n) => line(n, row as Partial<SettlementLine>));
          const booked = bankBookings('c_one', lines, isSplit ? [splitting('op_0')] : []);
          const sum = (amounts: readonly bigint[]) => amounts.reduce((total, each) => total + each, 0n);
          expect(sum(booked.map(({ amountMinor }) => amountMinor))).toBe(sum(lines.map(netMinor)));
          expect(booked.every(({ reference }) => reference.length <= 35)).toBe(true);
        },
      ),
    ));
});

describe('the statement', () => {
  const day = (openingMinor: bigint, amounts: readonly bigint[]): AccountDay => ({
    ...{ iban: 'TR500009900000000000000064', currency: 'TRY', owner: 'c_one', date: '2025-10-10', number: 1 },
    openingMinor,
    bookings: amounts.map((amountMinor, n) => ({
      ...{ reference: `STL-${n}`, settlesOn: '2025-10-09', bookedOn: '2025-10-10', currency: 'TRY' },
      ...{ amountMinor, movements: 3 },
    })),
  });
  const amountsOf = (xml: string) =>
    [...xml.matchAll(/<Amt Ccy="TRY">([0-9.]+)<\/Amt>\n *<CdtDbtInd>(\w+)</g)].map(
      ([, amount, direction]) => `${direction} ${amount}`,
    );

  it('opens, books and closes so that it adds up, also below zero', () => {
    const xml = camt053('c_one', '2025-10-10', [day(500n, [1_234n, -2_000n])]);
    expect(amountsOf(xml)).toEqual([
      ...['CRDT 5.00', 'DBIT 2.66'],
      ...['CRDT 12.34', 'CRDT 12.34', 'DBIT 20.00', 'DBIT 20.00'],
    ]);
    expect(closingMinor(day(500n, [1_234n, -2_000n]))).toBe(-266n);
    expect(xml).toContain('<NbOfTxs>3</NbOfTxs>');
    expect(xml).toContain('<FrDtTm>2025-10-09T21:00:00.000Z</FrDtTm>');
  });

  it('has its elements in the order of the schema, each closed', () => {
    const xml = camt053('c_one', '2025-10-10', [day(0n, [5n])]);
    const open: string[] = [];
    for (const [, slash, name = ''] of xml.matchAll(/<(\/?)([A-Za-z]+)[^>]*>/g)) {
      if (slash === '') open.push(name);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
    const order = (parent: string) => {
      const inner = new RegExp(`<${parent}>\\n([^]*?)</${parent}>`).exec(xml)?.[1] ?? '';
      const indent = /^ */.exec(inner)?.[0] ?? '';
      return [...inner.matchAll(new RegExp(`^${indent}<([A-Za-z]+)`, 'gm'))].map(([, name]) => name);
    };
    expect(order('Stmt')).toEqual([
      ...['Id', 'ElctrncSeqNb', 'CreDtTm', 'FrToDt', 'Acct', 'Bal', 'Bal', 'TxsSummry', 'Ntry'],
    ]);
    expect(order('Ntry')).toEqual([
      ...['NtryRef', 'Amt', 'CdtDbtInd', 'Sts', 'BookgDt', 'ValDt', 'AcctSvcrRef', 'BkTxCd', 'NtryDtls'],
    ]);
    expect(order('Btch')).toEqual(['PmtInfId', 'NbOfTxs', 'TtlAmt', 'CdtDbtInd']);
    expect(order('TxDtls')).toEqual(['Refs', 'Amt', 'CdtDbtInd', 'RmtInf']);
  });
});
