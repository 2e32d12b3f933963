import { describe, expect, it } from '@jest/globals';
import { classify } from './classify.js';
import { classifyEvent, classifyOrphan, classifyReport } from './classify-event.js';
import type { Residue } from './residue.js';
import { line, operation } from './sides.fixture.js';

const typesOf = (residue: Residue): string[] => classify(residue).map(({ findingType }) => findingType);
const pair = (of: Parameters<typeof line>[0], with_: Parameters<typeof operation>[0] = {}): Residue => ({
  ...{ kind: 'pair-differs', line: line(of), operation: operation(with_) },
});

describe('a line or an operation alone', () => {
  it('settled, but unknown to us', () => {
    const [found] = classify({ kind: 'line-alone', line: line() });
    expect(found).toMatchObject({ findingType: 'missing_in_ledger', severity: 'HIGH', action: 'escalate' });
    expect(found).toMatchObject({ txId: 'op_1', providerRef: 'mp_1', playerId: null, keys: ['line:k1'] });
    expect(found?.message).toContain('1000.00 TRY');
  });

  it('settled again', () => {
    const [found] = classify({ kind: 'line-again', line: line(), operation: operation(), matchedBy: 'k0' });
    expect(found).toMatchObject({
      findingType: 'duplicate_settlement_line',
      severity: 'MED',
      playerId: '42',
    });
    expect(found?.keys).toEqual(['line:k1', 'operation:op_1']);
  });

  it('ours, but settled nowhere: each leg by itself', () => {
    const keys = (['payment', 'return'] as const).map((leg) => {
      const [found] = classify({ kind: 'operation-alone', leg, operation: operation() });
      expect(found).toMatchObject({ findingType: 'missing_at_psp', severity: 'HIGH' });
      return found?.keys[0];
    });
    expect(new Set(keys).size).toBe(2);
  });

  it('settled, but not booked: each leg by itself', () => {
    const keys = (['payment', 'return'] as const).map((leg) => {
      const [found] = classify({ kind: 'not-booked', leg, operation: operation() });
      expect(found).toMatchObject({ findingType: 'missing_in_ledger', severity: 'HIGH', txId: 'op_1' });
      return found?.keys.join();
    });
    expect(keys).toEqual(['operation:op_1/ledger', 'operation:op_1/ledger/return']);
  });
});

describe('a pair that differs', () => {
  it('says nothing when nothing differs', () => expect(typesOf(pair({}))).toEqual([]));
  it('by one kuruş', () => expect(typesOf(pair({ amount: 99_999n }))).toEqual(['amount_mismatch']));
  it('not when the amount is net of the fee', () => expect(typesOf(pair({ amount: 97_500n }))).toEqual([]));
  it('when it is one kuruş off net', () =>
    expect(typesOf(pair({ amount: 97_501n }))).toEqual(['amount_mismatch']));
  it('by fee', () => expect(typesOf(pair({ fee: 2_501n }))).toEqual(['fee_mismatch']));
  it('by fee and amount', () => {
    expect(typesOf(pair({ fee: 2_501n, amount: 1n }))).toEqual(['amount_mismatch', 'fee_mismatch']);
  });
  it('by currency, in which figures can not be compared', () => {
    expect(typesOf(pair({ currency: 'USD', amount: 1n, fee: 0n }))).toEqual(['currency_mismatch']);
  });
  it('by status, when ours never succeeded', () => {
    for (const result of ['pending', 'declined', 'failed', 'unknown', 'sending', 'errored']) {
      expect(typesOf(pair({}, { result }))).toEqual(['status_mismatch']);
    }
  });
  it('by status, when it came back and we do not know', () => {
    expect(typesOf(pair({ leg: 'return', status: 'returned' }, { result: 'succeeded' }))).toEqual([
      'status_mismatch',
    ]);
  });
  it('of a dispute not while it is open, nor when it was won and its money came back', () => {
    const dispute = (leg: 'payment' | 'return', result: string, cameBack: boolean): string[] => {
      const sides = {
        line: line({ kind: 'chargeback', leg }),
        operation: operation({ kind: 'chargeback', result }),
      };
      return typesOf({ kind: 'pair-differs', ...sides, cameBack });
    };
    expect(dispute('payment', 'pending', false)).toEqual([]);
    expect(dispute('payment', 'succeeded', false)).toEqual([]);
    for (const won of ['declined', 'failed']) {
      expect([dispute('payment', won, true), dispute('return', won, true)]).toEqual([[], []]);
      expect(dispute('payment', won, false)).toEqual(['status_mismatch']);
    }
    for (const open of ['pending', 'succeeded', 'unknown'])
      expect(dispute('return', open, true)).toEqual(['status_mismatch']);
  });
  it('not when it was paid and came back later', () => {
    expect(typesOf(pair({}, { result: 'returned' }))).toEqual([]);
    expect(typesOf(pair({ leg: 'return', status: 'returned', fee: 0n }, { result: 'returned' }))).toEqual([]);
  });
  it('is MED for a few kuruş, HIGH above a hundred or a tenth of the whole', () => {
    const severity = (amount: bigint, of = 100_000n) =>
      classify(pair({ amount }, { amount: of }))[0]?.severity;
    expect(severity(99_999n)).toBe('MED');
    expect(severity(90_001n)).toBe('MED');
    expect(severity(90_000n)).toBe('HIGH');
    expect(severity(9_990_001n, 10_000_000n)).toBe('MED');
    expect(severity(9_990_000n, 10_000_000n)).toBe('HIGH');
  });
});

describe('what the ledger booked', () => {
  const booked = (amount: bigint, currency = 'TRY', result = 'succeeded'): Residue => ({
    ...{ kind: 'booked-differs', operation: operation({ result }), booked: { amount, currency } },
  });
  it('agrees', () => expect(typesOf(booked(100_000n))).toEqual([]));
  it('is another amount', () => expect(typesOf(booked(100_001n))).toEqual(['amount_mismatch']));
  it('is another currency', () => expect(typesOf(booked(100_000n, 'USD'))).toEqual(['currency_mismatch']));
  it('should not be there', () =>
    expect(typesOf(booked(100_000n, 'TRY', 'declined'))).toEqual(['status_mismatch']));
});

describe('events and reports', () => {
  const trouble = { providerEventId: 'evt_1', requestId: 'whk_1', detail: 'why' };
  it('tells a conflict from what belongs to nothing', () => {
    expect(classifyEvent({ ...trouble, kind: 'conflicting_event' })).toMatchObject({
      ...{ findingType: 'conflicting_event', severity: 'HIGH', providerEventId: 'evt_1' },
    });
    for (const kind of ['unparseable', 'unverified'] as const) {
      expect(classifyEvent({ ...trouble, kind })).toMatchObject({
        findingType: 'orphan_event',
        severity: 'MED',
      });
    }
  });
  it('is one finding for each event that fits nothing, whatever the reason', () => {
    const of = (reason: string) =>
      classifyOrphan({
        ...{ eventId: 'evt_1', requestId: 'whk_1', providerEventId: 'their_1', providerType: 'paid', reason },
        providerRef: null,
      });
    expect(of('a').keys).toEqual(of('b').keys);
    expect(of('a')).toMatchObject({
      findingType: 'orphan_event',
      severity: 'MED',
      providerEventId: 'their_1',
    });
  });
  it('is one finding per report, whatever the reason', () => {
    const of = (reason: string) => classifyReport({ reportRef: 'r1', businessOn: '2026-01-31', reason });
    expect(of('a').keys).toEqual(of('b').keys);
    expect(of('a')).toMatchObject({ findingType: 'batch_sum_mismatch', severity: 'HIGH' });
  });
});
