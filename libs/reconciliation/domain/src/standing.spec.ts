import { describe, expect, it } from '@jest/globals';
import { classifyAgedOperation, classifyDrift, classifyStuckPayout } from './index.js';

const now = new Date('2026-11-26T12:00:00Z');
const before = (ms: number) => new Date(now.getTime() - ms);
const DAY_MS = 86_400_000;
const payout = (since: Date) => ({
  ...{ payoutId: 'po_1', operationId: null, status: 'processing', amount: 12_500n, currency: 'TRY' },
  ...{ customerId: 'ayla', providerRef: null, attention: [], since },
});

describe('a payout that stands still', () => {
  it.each([
    [DAY_MS - 1, 'MED'],
    [DAY_MS, 'HIGH'],
  ])('for %i ms is of %s risk', (ms, severity) =>
    expect(classifyStuckPayout(payout(before(ms)), now).severity).toBe(severity),
  );

  it('has the same facts at each look until its risk grows', () => {
    const raw = (ms: number) => classifyStuckPayout(payout(before(ms)), now).raw;
    expect(raw(2 * 3_600_000)).toEqual(raw(23 * 3_600_000));
    expect(raw(23 * 3_600_000)).not.toEqual(raw(25 * 3_600_000));
  });
});

describe('an operation without an outcome', () => {
  it('is of high risk from the beginning', () => {
    const operation = { ...payout(before(1)), operationId: 'op_1', kind: 'sale', result: 'unknown' };
    expect(classifyAgedOperation(operation, now)).toMatchObject({
      ...{ severity: 'HIGH', txId: 'op_1', playerId: 'ayla', keys: ['aged:op_1'] },
    });
  });
});

describe('an account that is off', () => {
  const drift = (account: string) => ({
    ...{ ledger: 'main', account, asset: 'TRY/2', of: 'balance' as const, moving: false },
    expected: { input: 1_000n, output: 400n },
    actual: { input: 1_001n, output: 400n },
  });

  it('by one unit is of high risk, with both figures', () => {
    const found = classifyDrift(drift('users:ayla:main'));
    expect(found).toMatchObject({
      ...{ severity: 'HIGH', playerId: 'ayla', keys: ['wallet:main:users:ayla:main:TRY/2'] },
      raw: { difference: '1', expected: { balance: '600' }, actual: { balance: '601' } },
    });
    expect(found.message).toContain('6.01 TRY, its events say 6.00 TRY: 0.01 TRY');
  });

  it('belongs to a customer only where it is a wallet', () => {
    expect(classifyDrift(drift('fees:payments')).playerId).toBeNull();
    expect(classifyDrift(drift('users:ayla')).playerId).toBe('ayla');
  });

  it('in its entries says what they add up to on both sides: the balance may be the same', () => {
    const expected = { input: 1_000n, output: 400n };
    const found = classifyDrift({
      ...drift('users:ayla:main'),
      ...{ of: 'entries', expected, actual: { input: 1_100n, output: 500n } },
    });
    expect(found.message).toContain('add up to 11.00 TRY in and 5.00 TRY out');
    expect(found.message).toContain('its events say 10.00 TRY and 4.00 TRY');
    expect(found).toMatchObject({ severity: 'HIGH', raw: { of: 'entries', difference: '0' } });
  });
});
