import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mockPsp } from '@defter/provider-mock-psp';
import { faultKinds, type ReportFault } from '../book/book-event.wire.js';
import { decideFaults } from '../rehearsal/set-faults.decider.js';
import { applyFaults } from './apply-faults.js';
import { businessDateOf } from '../business-date.js';
import { settlementCsv } from './settlement-csv.js';
import { netMinor, type SettlementLine } from './settlement.js';

const date = '2025-10-09';
const now = new Date('2025-10-12T00:00:00.000Z');
const at = '2025-10-09T08:00:00.000Z';
const line = (n: number, over: Partial<SettlementLine> = {}): SettlementLine => ({
  ...{ operationId: `op_${n}`, providerRef: `mp_ch_${n}`, kind: 'charge', grossMinor: 1_000n, feeMinor: 25n },
  ...{
    currency: 'TRY',
    status: 'succeeded',
    occurredAt: `2025-10-09T08:00:${String(n).padStart(2, '0')}.000Z`,
  },
  ...over,
});
const truth = Array.from({ length: 10 }, (_, n) => line(n));
const parse = (lines: readonly SettlementLine[]) =>
  mockPsp.reports.parse(Buffer.from(settlementCsv('c_one', date, lines)), { id: 'x', businessOn: date });
const faultOf = (kind: ReportFault['kind'], operationId = 'op_3'): ReportFault => ({
  ...{ id: 'flt_1', connectionId: 'c_one', kind, operationId, setAt: at },
});

describe('a business date', () => {
  it('is that of Istanbul', () => {
    expect(businessDateOf('2025-10-09T20:59:59.999Z')).toBe('2025-10-09');
    expect(businessDateOf('2025-10-09T21:00:00.000Z')).toBe('2025-10-10');
    expect(businessDateOf('2024-02-28T21:00:00.000Z')).toBe('2024-02-29');
  });
});

describe('the file', () => {
  it('is read by the adapter exactly as it was written, also above 2^53', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            kind: fc.constantFrom('charge', 'refund', 'payout'),
            grossMinor: fc.bigInt({ min: 1n, max: 2n ** 120n }),
            feeMinor: fc.bigInt({ min: 0n, max: 2n ** 70n }),
            currency: fc.constantFrom('TRY', 'USD', 'EUR'),
          }),
          { maxLength: 20 },
        ),
        (rows) => {
          const lines = rows.map((row, n) => line(n, row as Partial<SettlementLine>));
          const back = parse(lines);
          const kinds = { sale: 'charge', refund: 'refund', payout: 'payout' } as Readonly<
            Record<string, string>
          >;
          expect(
            back.map(({ kind, amountMinor, feeMinor, currency }) => [
              kinds[kind],
              amountMinor,
              feeMinor,
              currency,
            ]),
          ).toEqual(
            lines.map(({ kind, grossMinor, feeMinor, currency }) => [kind, grossMinor, feeMinor, currency]),
          );
        },
      ),
    ));

  it('tells a returned payout as money that came back', () => {
    const [out, back] = [
      line(1, { kind: 'payout', feeMinor: 0n }),
      line(2, { kind: 'payout', feeMinor: 0n, status: 'returned' }),
    ];
    expect([netMinor(out), netMinor(back)]).toEqual([-1_000n, 1_000n]);
    expect(parse([out, back]).map(({ status }) => status)).toEqual(['succeeded', 'returned']);
  });
});

const drawn = (lines: readonly SettlementLine[], faults: readonly ReportFault[], on = date, at = now) =>
  applyFaults(lines, faults, at).get(on) ?? { lines: [], injected: [] };
const next = '2025-10-10';

describe('a fault', () => {
  const inThisFile = faultKinds.filter((kind) => kind !== 'late' && kind !== 'day_edge');
  it.each(inThisFile)('%s changes exactly what it says, and the file is still a whole file', (kind) => {
    const fault = faultOf(kind, kind === 'extra' ? 'op_invented' : 'op_3');
    const { lines, injected } = drawn(truth, [fault]);
    const parsed = parse(lines);
    const others = parsed.filter(({ operationId }) => operationId !== fault.operationId);
    expect(others).toHaveLength(kind === 'extra' ? 10 : 9);
    const hit = parsed.filter(({ operationId }) => operationId === fault.operationId);
    const [told] = injected;
    expect(injected).toHaveLength(1);
    expect(hit).toHaveLength({ missing: 0, duplicate_line: 2 }[kind as string] ?? 1);
    const [last] = hit.slice(-1);
    expect([told?.lineNumber, told?.line]).toEqual([last?.lineNumber ?? null, last?.raw ?? null]);
    const isTrue = ['duplicate_line', 'reissued', 'split_batch'].includes(kind);
    expect(told?.trueLine === told?.line).toBe(isTrue);
    expect([last?.amountMinor !== 1_000n, last?.feeMinor !== 25n, last?.currency !== 'TRY']).toEqual([
      kind === 'wrong_amount' || kind === 'extra' || kind === 'missing',
      kind === 'wrong_fee' || kind === 'extra' || kind === 'missing',
      kind === 'wrong_currency' || kind === 'missing',
    ]);
  });

  it('late: the line stands in the next file as it is', () => {
    expect(drawn(truth, [faultOf('late')]).lines).toHaveLength(9);
    const { lines, injected } = drawn(truth, [faultOf('late')], next);
    expect(lines).toEqual([line(3)]);
    expect(injected).toMatchObject([{ businessOn: next, lineNumber: 3 }]);
  });

  it('day_edge: the line says the first moment of the next date, and stands in its file', () => {
    expect(drawn(truth, [faultOf('day_edge')]).lines).toHaveLength(9);
    const { lines } = drawn(truth, [faultOf('day_edge')], next);
    expect(lines).toEqual([line(3, { occurredAt: '2025-10-09T21:00:00.000Z' })]);
  });

  it('reissued: wrong for an hour, then right', () => {
    const shown = (at: string) =>
      drawn(truth, [faultOf('reissued')], date, new Date(at)).lines.find(
        ({ operationId }) => operationId === 'op_3',
      )?.grossMinor;
    expect(shown('2025-10-09T09:00:02.999Z')).toBeGreaterThan(1_000n);
    expect(shown('2025-10-09T09:00:03.000Z')).toBe(1_000n);
  });

  it('is aimed at the payment, not at the return, and shows on one date only', () => {
    const paid = line(1, { kind: 'payout' });
    const back = line(1, { kind: 'payout', status: 'returned', occurredAt: '2025-10-10T08:00:00.000Z' });
    const fault = faultOf('wrong_amount', 'op_1');
    expect(drawn([paid, back], [fault]).injected).toHaveLength(1);
    expect(drawn([paid, back], [fault], next)).toEqual({ lines: [back], injected: [] });
  });
});

describe('setting faults', () => {
  const settled = new Set(truth.map(({ operationId }) => operationId));
  const set = (wanted: Parameters<typeof decideFaults>[0]['wanted'], existing: readonly ReportFault[] = []) =>
    decideFaults({ connectionId: 'c_one', wanted, at: new Date(at) }, settled, existing);

  it('chooses another operation for each, always the same', () => {
    const wanted = faultKinds.map((kind) => ({ kind }));
    const decision = set(wanted);
    expect(decision).toEqual(set(wanted));
    const faults = decision.accepted ? decision.events.flatMap((event) => event.faults) : [];
    expect(new Set(faults.map(({ operationId }) => operationId)).size).toBe(faultKinds.length);
    expect(new Set(faults.map(({ id }) => id)).size).toBe(faultKinds.length);
  });

  it('is all or nothing', () => {
    const refused = (code: string) => ({ accepted: false, refusal: expect.objectContaining({ code }) });
    const missing = { kind: 'missing' as const };
    expect(set([missing, { ...missing, operationId: 'op_none' }])).toEqual(refused('operation-not-settled'));
    expect(set([{ ...missing, operationId: 'op_3' }], [faultOf('wrong_fee')])).toEqual(
      refused('operation-already-faulty'),
    );
    expect(set(Array.from({ length: 11 }, () => missing))).toEqual(refused('nothing-to-fault'));
    expect(set([{ kind: 'extra', operationId: 'op_3' }])).toEqual(refused('operation-exists'));
  });
});
