import { describe, expect, it } from '@jest/globals';
import { specify } from '@defter/kernel';
import {
  absentPayout,
  approvalsRequiredFor,
  decidePayout,
  evolvePayout,
  type PayoutCommand,
  type PayoutEvent,
} from './index.js';
import {
  AT,
  operation,
  payoutFacts,
  payoutInReview,
  payoutQueued,
  payoutSubmitted,
} from './testing/samples.js';

const { given } = specify({ decide: decidePayout, evolve: evolvePayout, initial: absentPayout });
const approve = (change: object = {}): PayoutCommand => ({
  ...{ type: 'ApprovePayout', by: 'ayse', role: 'approver', person: true, payloadHash: 'hash', note: '' },
  ...{ at: AT, operation: operation('payout'), ...change },
});
const approval = (by: string, payloadHash = 'hash'): PayoutEvent => ({
  ...{ type: 'PayoutApprovalGiven', by, role: 'approver', payloadHash, note: '', at: AT },
});
const twoNeeded: readonly PayoutEvent[] = [
  { type: 'PayoutClaimed', ...payoutFacts, approvalsRequired: 2, at: AT },
  ...payoutInReview.slice(1),
];
const queued: readonly PayoutEvent[] = [
  { type: 'PayoutApproved', at: AT },
  { type: 'PayoutQueued', operation: operation('payout'), at: AT },
];
const content = { destination: 'TR99', metadata: {}, payloadHash: 'hash-2' };
const revise = (by = 'can', seenHash = 'hash'): PayoutCommand => ({
  ...{ type: 'RevisePayout', by, seenHash, ...content, at: AT },
});
const revised = (by = 'can'): PayoutEvent => ({ type: 'PayoutRevised', revision: 2, ...content, by, at: AT });
const voided: PayoutEvent = {
  ...{ type: 'BookingRequested', bookingId: 'payout:po_1:void', kind: 'void', operationId: null, at: AT },
};

describe('an edit', () => {
  it('voids the approvals of what was before', () => {
    given(...twoNeeded, approval('ayse'))
      .when(revise())
      .thenAccepted(revised());
    const edited = given(...twoNeeded, approval('ayse'), revised());
    edited.when(approve({ by: 'mehmet' })).thenRefused({ code: 'payout-changed-since-review' });
    edited.when(approve({ by: 'mehmet', payloadHash: 'hash-2' })).thenAccepted(approval('mehmet', 'hash-2'));
    given(...twoNeeded, approval('ayse'), revised(), approval('mehmet', 'hash-2'))
      .when(approve({ payloadHash: 'hash-2' }))
      .thenAccepted(approval('ayse', 'hash-2'), ...queued);
  });

  it("can't be approved by who made it, nor by who asked", () => {
    given(...payoutInReview, revised())
      .when(approve({ by: 'can', payloadHash: 'hash-2' }))
      .thenRefused({ code: 'approver-edited-it' });
    given(...payoutInReview, revised())
      .when(approve({ by: 'shop-backend', payloadHash: 'hash-2' }))
      .thenRefused({ code: 'approver-is-requester' });
  });

  it('is of what was seen, and only before the last approval', () => {
    given(...payoutInReview, revised())
      .when(revise('ayse', 'hash'))
      .thenRefused({ code: 'payout-changed-since-review' });
    given(...payoutQueued)
      .when(revise())
      .thenRefused({ code: 'payout-not-editable', payoutStatus: 'queued' });
  });
});

describe('a payout on hold', () => {
  const held: PayoutEvent = { type: 'PayoutHeld', reason: 'kyc', by: 'ayse', at: AT };
  const hold: PayoutCommand = { ...held, type: 'HoldPayout' };
  const release: PayoutCommand = { type: 'ReleasePayout', by: 'can', at: AT };
  const released: PayoutEvent = { type: 'PayoutReleased', by: 'can', at: AT };
  const stateAfter = (...events: readonly PayoutEvent[]) => events.reduce(evolvePayout, absentPayout);

  it('is neither approved nor sent, and says why', () => {
    given(...payoutInReview)
      .when(hold)
      .thenAccepted(held);
    given(...payoutInReview, held)
      .when(approve())
      .thenRefused({ code: 'payout-not-in-review', payoutStatus: 'on_hold' });
    given(...payoutQueued, held)
      .when({ type: 'SubmitPayout', operationId: 'op_1', at: AT })
      .thenRefused({ code: 'payout-not-submittable', payoutStatus: 'on_hold' });
    expect(stateAfter(...payoutInReview, held)).toMatchObject({ status: 'on_hold', holdReason: 'kyc' });
  });

  it('goes back to where it was', () => {
    given(...payoutInReview, held)
      .when(release)
      .thenAccepted(released);
    expect(stateAfter(...payoutInReview, held, released)).toMatchObject({
      ...{ status: 'in_review', holdReason: null },
    });
    expect(stateAfter(...payoutQueued, held, released)).toMatchObject({ status: 'queued', holdReason: null });
    given(...payoutInReview)
      .when(release)
      .thenRefused({ code: 'payout-not-on-hold', payoutStatus: 'in_review' });
  });

  it('may be canceled, and rejected unless it was approved', () => {
    const reject: PayoutCommand = { type: 'RejectPayout', by: 'can', reason: 'fraud', at: AT };
    given(...payoutInReview, held)
      .when(reject)
      .thenAccepted({ type: 'PayoutRejected', by: 'can', reason: 'fraud', at: AT }, voided);
    given(...payoutQueued, held)
      .when(reject)
      .thenRefused({ code: 'payout-not-in-review', payoutStatus: 'on_hold' });
    given(...payoutInReview, held)
      .when({ ...reject, type: 'CancelPayout' })
      .thenAccepted({ type: 'PayoutCanceled', by: 'can', reason: 'fraud', at: AT }, voided);
  });

  it('can no longer be one when it may have been sent', () =>
    given(...payoutSubmitted)
      .when(hold)
      .thenRefused({ code: 'payout-not-holdable', payoutStatus: 'submitted' }));
});

describe('the one who looks at it', () => {
  const assign = (assignee: string | null): PayoutCommand => ({
    ...{ type: 'AssignPayout', assignee, by: 'can', at: AT },
  });

  it('is anyone but who asked', () => {
    given(...payoutInReview)
      .when(assign('ayse'))
      .thenAccepted({ type: 'PayoutAssigned', assignee: 'ayse', by: 'can', at: AT });
    given(...payoutInReview, { type: 'PayoutAssigned', assignee: 'ayse', by: 'can', at: AT })
      .when(assign('ayse'))
      .thenAccepted();
    given(...payoutInReview)
      .when(assign('shop-backend'))
      .thenRefused({ code: 'assignee-is-requester' });
    given(...payoutQueued)
      .when(assign('ayse'))
      .thenRefused({ code: 'payout-not-in-review', payoutStatus: 'queued' });
  });
});

it('the highest band that the amount reaches says how many must approve', () => {
  const bands = [
    { currency: 'TRY', fromMinor: 1000n, approvals: 2 },
    { currency: 'TRY', fromMinor: 0n, approvals: 1 },
    { currency: 'EUR', fromMinor: 10n, approvals: 2 },
  ] as const;
  expect(approvalsRequiredFor(999n, 'TRY', bands)).toBe(1);
  expect(approvalsRequiredFor(1000n, 'TRY', bands)).toBe(2);
  expect(approvalsRequiredFor(1000n, 'USD', bands)).toBe(1);
});
