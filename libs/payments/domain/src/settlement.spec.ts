import { describe, expect, it } from '@jest/globals';
import { approveSettlement, settlementPostings, undivided } from './index.js';
import { capturePostings } from './intent-booking.js';
import { operation } from './testing/samples.js';

const asked = {
  requestedBy: 'mehmet',
  payloadHash: 'hash',
  isApproved: false,
  evidenceBy: ['can'],
  bookedLikes: [],
};
const command = { by: 'ayse', person: true, payloadHash: 'hash', otherThan: [] };

describe('a settlement', () => {
  it('is approved by another person who saw exactly it', () => {
    const event = { type: 'SettlementApproved', by: 'ayse', payloadHash: 'hash' };
    expect(approveSettlement(command, asked)).toEqual({ accepted: true, events: [event] });
  });

  it.each([
    ['a machine', { person: false }, {}, 'person-required'],
    ['who asked', {}, { requestedBy: 'ayse' }, 'approver-is-requester'],
    ['whoever handed its files in', { by: 'can' }, {}, 'approver-handed-it-in'],
    ['who saw something else', { payloadHash: 'other' }, {}, 'settlement-not-as-seen'],
    ['whoever comes second', {}, { isApproved: true }, 'settlement-approved'],
  ])('is not approved by %s', (_who, change, state, code) => {
    const decision = approveSettlement({ ...command, ...change }, { ...asked, ...state });
    expect(decision).toEqual({ accepted: false, refusal: { code } });
  });
});

describe('a settlement that looks like booked ones', () => {
  const alike = { ...asked, bookedLikes: ['st_1', 'st_2'] };

  it('is approved only by naming each of them', () => {
    const refusedFor = (settlementId: string) => ({
      accepted: false,
      refusal: { code: 'settlement-looks-booked', settlementId },
    });
    const naming = (...otherThan: string[]) => approveSettlement({ ...command, otherThan }, alike);
    expect(naming()).toEqual(refusedFor('st_1'));
    expect(naming('st_1')).toEqual(refusedFor('st_2'));
    expect(naming('st_2', 'st_1').accepted).toBe(true);
  });

  it('is refused for what is wrong with the approval first', () => {
    const decision = approveSettlement({ ...command, payloadHash: 'other' }, alike);
    expect(decision).toEqual({ accepted: false, refusal: { code: 'settlement-not-as-seen' } });
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
