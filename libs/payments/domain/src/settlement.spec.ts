import { describe, expect, it } from '@jest/globals';
import {
  decideSettlement,
  type SettlementCommand,
  settlementPostings,
  type SettlementStage,
  undivided,
} from './index.js';
import { capturePostings } from './intent-booking.js';
import { operation } from './testing/samples.js';

const requested: SettlementStage = { status: 'requested' };
const asked = {
  ...{ requestedBy: 'mehmet', payloadHash: 'hash', stage: requested, evidenceBy: ['can'], bookedLikes: [] },
  ...{ creditedBy: null, standingAgain: null, isOutdated: false },
};
const command = {
  type: 'ApproveSettlement' as const,
  ...{ by: 'ayse', person: true, payloadHash: 'hash', otherThan: [] },
};
const at = '2026-02-01T10:00:00.000Z';

describe('a settlement', () => {
  it('is approved by another person who saw exactly it', () => {
    const event = { type: 'SettlementApproved', by: 'ayse', payloadHash: 'hash' };
    expect(decideSettlement(command, asked)).toEqual({ accepted: true, events: [event] });
  });

  it.each([
    ['a machine', { person: false }, {}, 'person-required'],
    ['who asked', {}, { requestedBy: 'ayse' }, 'approver-is-requester'],
    ['whoever handed its files in', { by: 'can' }, {}, 'approver-handed-it-in'],
    ['who saw something else', { payloadHash: 'other' }, {}, 'settlement-not-as-seen'],
  ])('is not approved by %s', (_who, change, state, code) => {
    const decision = decideSettlement({ ...command, ...change }, { ...asked, ...state });
    expect(decision).toEqual({ accepted: false, refusal: { code } });
  });
});

const reason = 'the bank sent it back';
const reject: SettlementCommand = { type: 'RejectSettlement', by: 'ayse', person: true, reason };
const withdraw: SettlementCommand = { type: 'WithdrawSettlement', by: 'mehmet', person: true, reason };

describe('a settlement that should not be booked', () => {
  it('is rejected by any other person, also one who handed its files in', () => {
    for (const by of ['ayse', 'can'])
      expect(decideSettlement({ ...reject, by }, asked)).toEqual({
        ...{ accepted: true, events: [{ type: 'SettlementEnded', how: 'rejected', by, reason }] },
      });
  });

  it('is withdrawn by whoever asked', () =>
    expect(decideSettlement(withdraw, asked)).toEqual({
      ...{ accepted: true, events: [{ type: 'SettlementEnded', how: 'withdrawn', by: 'mehmet', reason }] },
    }));

  it.each([
    ['rejected by a machine', reject, { person: false }, { code: 'person-required' }],
    ['rejected by whoever asked', reject, { by: 'mehmet' }, { code: 'approver-is-requester' }],
    ['withdrawn by a machine', withdraw, { person: false }, { code: 'person-required' }],
    [
      'withdrawn by somebody else',
      withdraw,
      { by: 'ayse' },
      { code: 'not-the-requester', requestedBy: 'mehmet' },
    ],
  ])('is not %s', (_who, first, change, refusal) =>
    expect(decideSettlement({ ...first, ...change }, asked)).toEqual({ accepted: false, refusal }),
  );

  it.each<Exclude<SettlementStage, { status: 'requested' }>>([
    { status: 'approved', by: 'ayse', at },
    { status: 'rejected', by: 'ayse', at, reason },
    { status: 'withdrawn', by: 'mehmet', at, reason },
    { status: 'refused', by: 'ledger', at, reason },
    { status: 'reverted', by: 'ledger', at, reason },
  ])('is decided once: after it is $status everybody hears by whom and when', (stage) => {
    const { status, ...rest } = stage;
    for (const late of [command, reject, withdraw]) {
      expect(decideSettlement(late, { ...asked, stage })).toEqual({
        ...{ accepted: false, refusal: { code: `settlement-${status}`, ...rest } },
      });
    }
  });
});

describe('a settlement that looks like booked ones', () => {
  const alike = { ...asked, bookedLikes: ['st_1', 'st_2'] };

  it('is approved only by naming each of them', () => {
    const refusedFor = (settlementId: string) => ({
      accepted: false,
      refusal: { code: 'settlement-looks-booked', settlementId },
    });
    const naming = (...otherThan: string[]) => decideSettlement({ ...command, otherThan }, alike);
    expect(naming()).toEqual(refusedFor('st_1'));
    expect(naming('st_1')).toEqual(refusedFor('st_2'));
    expect(naming('st_2', 'st_1').accepted).toBe(true);
  });

  it('is refused for what is wrong with the approval first', () => {
    const decision = decideSettlement({ ...command, payloadHash: 'other' }, alike);
    expect(decision).toEqual({ accepted: false, refusal: { code: 'settlement-not-as-seen' } });
  });
});

describe('a settlement of what is settled otherwise', () => {
  it.each([
    ['has its credit', { creditedBy: 'st_1' }, { code: 'credit-settled', settlementId: 'st_1' }],
    ['stands again', { standingAgain: 'st_1' }, { code: 'settlement-stands-again', settlementId: 'st_1' }],
    ['is of newer figures', { isOutdated: true }, { code: 'batch-changed' }],
  ])('is never approved where another one %s, but still rejected', (_, change, refusal) => {
    const naming = { ...command, otherThan: ['st_1'] };
    expect(decideSettlement(naming, { ...asked, ...change })).toEqual({ accepted: false, refusal });
    expect(decideSettlement(reject, { ...asked, ...change }).accepted).toBe(true);
  });
});

describe('its postings', () => {
  it('bring what the provider owes down and what the bank holds up, and book other fees', () => {
    const settled = { source: 'bank:c_1', destination: 'psp:c_1:receivable', amountMinor: 972n };
    const of = (feeDifferenceMinor: bigint) =>
      settlementPostings('c_1', { amountMinor: 972n, feeDifferenceMinor });
    expect(of(0n)).toEqual([settled]);
    expect(of(3n)).toEqual([
      settled,
      { source: 'fees:provider', destination: 'psp:c_1:receivable', amountMinor: 3n },
    ]);
    expect(of(-3n)).toEqual([
      settled,
      { source: 'psp:c_1:receivable', destination: 'fees:provider', amountMinor: 3n },
    ]);
  });

  it('leave nothing that the provider owes after a capture whose fee was another one than booked', () => {
    const sale = { ...operation('sale'), split: undivided(1000n) };
    const all = [
      ...capturePostings({ merchantId: null, customerId: '42' }, sale),
      ...settlementPostings('c_1', { amountMinor: 972n, feeDifferenceMinor: 3n }),
    ];
    const owed = all.reduce(
      (sum, { source, destination, amountMinor }) =>
        sum +
        (source === 'psp:c_1:receivable' ? amountMinor : 0n) -
        (destination === 'psp:c_1:receivable' ? amountMinor : 0n),
      0n,
    );
    expect(owed).toBe(0n);
  });
});
