import { describe, expect, it } from '@jest/globals';
import { SETTLEMENT_MEMBERS, SETTLEMENT_STATUSES, type SettlementStatus } from '@defter/payments-contracts';
import type { SettlementStage } from '@defter/payments-domain';
import type { Caller } from '@defter/platform';
import type { SettlementEnd, SettlementRow } from '../settlement-row.js';
import { toSettlementView } from './settlement-view.js';

const at = new Date('2026-02-01T10:00:00Z');
const row: SettlementRow = {
  ...{
    settlementId: 'st_1',
    connectionId: 'c_one',
    reference: 'B-1/TRY',
    amountMinor: 975n,
    currency: 'TRY',
  },
  ...{ requestedBy: 'mehmet', createdAt: at, payloadHash: 'hash', approvedBy: null, approvedAt: null },
  ...{ batchRef: null, batch: null, feeDifferenceMinor: 0n, evidenceBy: [], similarTo: null },
  ...{ automatic: false, end: null },
};
const caller = { tenantId: 't_one', actor: 'ayse', kind: 'person', scopes: [] } as unknown as Caller;
const statusOf = (change: Partial<SettlementRow>) =>
  toSettlementView({ ...row, ...change }, caller, []).status;
const end = (how: SettlementEnd['how']): SettlementEnd => ({
  ...{ how, at, by: 'ayse', reason: 'x', revertedBy: null, reinstatedBy: null },
});

describe('a settlement of the API', () => {
  it('has what the contract says', () =>
    expect(Object.keys(toSettlementView(row, caller, [])).sort()).toEqual([...SETTLEMENT_MEMBERS].sort()));

  it('stands where the contract says', () => {
    const statuses: readonly SettlementStage['status'][] = [
      ...[statusOf({}), statusOf({ approvedAt: at, approvedBy: 'ayse' })],
      ...(['rejected', 'withdrawn', 'refused', 'reverted'] as const).map((how) =>
        statusOf({ end: end(how) }),
      ),
    ];
    const known: readonly SettlementStatus[] = statuses;
    expect([...known].sort()).toEqual([...SETTLEMENT_STATUSES].sort());
  });
});
