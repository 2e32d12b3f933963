import { describe, expect, it } from '@jest/globals';
import { type AroundBatch, type SettledBatch, settleBatch } from './index.js';

const batch = (change: Partial<SettledBatch> = {}): SettledBatch => ({
  ...{ grossMinor: 1000n, feesMinor: 25n, otherMinor: 0n, netMinor: 975n, bookedFeesMinor: 25n },
  ...{ bankMinor: 975n, unlikeLines: 0, handedInBy: [], ...change },
});
const automatic: AroundBatch = {
  ...{
    earlier: undefined,
    ended: undefined,
    creditedBy: null,
    similarTo: null,
    isAutomatic: true,
    filesProve: false,
  },
};
const decide = (change: Partial<SettledBatch> = {}, around: Partial<AroundBatch> = {}) =>
  settleBatch(batch(change), { ...automatic, ...around });
const booked = { type: 'SettlementBooked', amountMinor: 975n, feeDifferenceMinor: 0n };
const proposed = { type: 'SettlementProposed', amountMinor: 975n, feeDifferenceMinor: 0n };

describe('a batch that the bank has credited and in which nothing differs', () => {
  it('is proposed, and booked only where the settings say so', () => {
    expect(decide({}, { isAutomatic: false })).toEqual({ accepted: true, events: [proposed] });
    expect(decide()).toEqual({ accepted: true, events: [booked] });
  });

  it.each([
    ['a report alone says that it is paid', { bankMinor: null }, {}],
    ['one line is unlike ours', { unlikeLines: 1 }, {}],
    ['a reserve of one kuruş is held back', { grossMinor: 1001n, otherMinor: -1n }, {}],
    ['another settlement may be the same', {}, { similarTo: 'st_1' }],
    ['somebody handed a file in', { handedInBy: ['ayse'] }, {}],
  ] as const)('is proposed in spite of the settings where %s', (_, change, around) =>
    expect(decide(change, around)).toMatchObject({ events: [{ type: 'SettlementProposed' }] }),
  );

  it('is booked where handed-in files prove, by the settings', () =>
    expect(decide({ handedInBy: ['bridge'] }, { filesProve: true })).toMatchObject({ events: [booked] }));

  it.each([
    [24n, -1n],
    [26n, 1n],
  ])('is proposed with the difference when a fee of %s was kept', (feesMinor, feeDifferenceMinor) => {
    const [netMinor, bankMinor] = [1000n - feesMinor, 1000n - feesMinor];
    expect(decide({ feesMinor, netMinor, bankMinor })).toEqual({
      ...{
        accepted: true,
        events: [{ type: 'SettlementProposed', amountMinor: netMinor, feeDifferenceMinor }],
      },
    });
  });
});

describe('a batch', () => {
  it.each([
    ['whose sums differ by one', { netMinor: 976n, bankMinor: 976n }, 'batch-sums-differ'],
    ['of which the bank booked one less', { bankMinor: 974n }, 'bank-differs'],
    ['that pays nothing', { grossMinor: 25n, netMinor: 0n, bankMinor: 0n }, 'batch-pays-nothing'],
    ['that takes', { grossMinor: 24n, netMinor: -1n, bankMinor: -1n }, 'batch-pays-nothing'],
  ] as const)('%s is refused', (_, change, code) =>
    expect(decide(change)).toMatchObject({ accepted: false, refusal: { code } }),
  );

  it('whose credit at the bank is in another settlement is refused; in its own it is fine', () => {
    const refusal = { code: 'credit-settled', settlementId: 'st_1' };
    expect(decide({}, { creditedBy: 'st_1' })).toEqual({ accepted: false, refusal });
    const earlier = { settlementId: 'st_1', amountMinor: 975n, isStale: false };
    expect(decide({}, { creditedBy: 'st_1', earlier })).toEqual({ accepted: true, events: [] });
    expect(decide({}, { creditedBy: 'st_1', earlier: { ...earlier, settlementId: 'st_2' } })).toEqual({
      ...{ accepted: false, refusal },
    });
  });

  it('whose proposal waits is proposed anew with other figures, and never booked without a person', () => {
    const earlier = { settlementId: 'st_1', amountMinor: 975n, isStale: true };
    const renewed = { type: 'ProposalRenewed', amountMinor: 975n, feeDifferenceMinor: 0n };
    expect(decide({}, { earlier })).toEqual({ accepted: true, events: [renewed] });
  });

  it('has no difference of fees while a line is unlike ours', () =>
    expect(decide({ bookedFeesMinor: 20n, unlikeLines: 1 })).toEqual({ accepted: true, events: [proposed] }));

  it('that has its settlement gets no second one; of other money it is refused', () => {
    const earlier = { settlementId: 'st_1', amountMinor: 975n, isStale: false };
    expect(decide({}, { earlier })).toEqual({ accepted: true, events: [] });
    const other = { settlementId: 'st_1', amountMinor: 974n };
    expect(decide({}, { earlier: { ...other, isStale: true } })).toEqual({
      ...{ accepted: false, refusal: { code: 'settled-otherwise', ...other } },
    });
  });
});

describe('a batch whose settlement has ended', () => {
  const ended = { settlementId: 'st_1', amountMinor: 975n };

  it.each(['rejected', 'withdrawn'] as const)('isn’t asked for again by itself once it is %s', (how) => {
    for (const isAutomatic of [true, false])
      expect(decide({}, { ended: { ...ended, how }, isAutomatic })).toEqual({ accepted: true, events: [] });
  });

  it.each([
    ['rejected', 974n],
    ['refused', 975n],
    ['reverted', 975n],
  ] as const)('is told to people where the one that was %s was of %s', (how, amountMinor) =>
    expect(decide({}, { ended: { ...ended, how, amountMinor } })).toEqual({
      ...{ accepted: false, refusal: { code: 'settlement-ended', settlementId: 'st_1', how, amountMinor } },
    }),
  );
});
