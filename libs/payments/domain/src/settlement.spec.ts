import { describe, expect, it } from '@jest/globals';
import { approveSettlement } from './index.js';

const asked = { requestedBy: 'mehmet', payloadHash: 'hash', isApproved: false };
const command = { by: 'ayse', person: true, payloadHash: 'hash' };

describe('a settlement', () => {
  it('is approved by another person who saw exactly it', () => {
    const event = { type: 'SettlementApproved', by: 'ayse', payloadHash: 'hash' };
    expect(approveSettlement(command, asked)).toEqual({ accepted: true, events: [event] });
  });

  it.each([
    ['a machine', { person: false }, {}, 'person-required'],
    ['who asked', {}, { requestedBy: 'ayse' }, 'approver-is-requester'],
    ['who saw something else', { payloadHash: 'other' }, {}, 'settlement-not-as-seen'],
    ['whoever comes second', {}, { isApproved: true }, 'settlement-approved'],
  ])('is not approved by %s', (_who, change, state, code) => {
    const decision = approveSettlement({ ...command, ...change }, { ...asked, ...state });
    expect(decision).toEqual({ accepted: false, refusal: { code } });
  });
});
