import { describe, it } from '@jest/globals';
import { specify } from '@defter/kernel';
import { absentPayout, decidePayout, evolvePayout, type PayoutCommand, type PayoutEvent } from './index.js';
import { AT, operation, payoutInReview, payoutQueued, payoutSubmitted, seen } from './testing/samples.js';

const { given } = specify({ decide: decidePayout, evolve: evolvePayout, initial: absentPayout });
const approve = (change: object = {}): PayoutCommand => ({
  type: 'ApprovePayout',
  by: 'ayse',
  role: 'approver',
  person: true,
  payloadHash: 'hash',
  note: 'seen',
  at: AT,
  operation: operation('payout'),
  ...change,
});
const observe = (...args: Parameters<typeof seen>): PayoutCommand => ({
  type: 'ObserveOperation',
  observation: seen(...args),
});
const heard = (type: string, result: string, change: object = {}): PayoutEvent =>
  ({
    type,
    operationId: 'op_1',
    result,
    source: 'webhook',
    providerRef: 'ref_1',
    declineCode: null,
    at: AT,
    ...change,
  }) as PayoutEvent;
const booked = (
  kind: 'post' | 'void' | 'return' | 'late_debit' | 'loss',
  operationId: string | null = 'op_1',
): PayoutEvent => ({
  type: 'BookingRequested',
  bookingId: `payout:po_1:${kind}`,
  kind,
  operationId,
  at: AT,
});

describe('approving a payout', () => {
  it('takes another person, who saw exactly this', () => {
    const given3 = given(...payoutInReview);
    given3.when(approve({ by: 'shop-backend' })).thenRefused({ code: 'approver-is-requester' });
    given3.when(approve({ person: false })).thenRefused({ code: 'person-required' });
    given3.when(approve({ payloadHash: 'other' })).thenRefused({ code: 'payout-changed-since-review' });
    given3.when(approve()).thenAccepted(
      {
        type: 'PayoutApprovalGiven',
        by: 'ayse',
        role: 'approver',
        payloadHash: 'hash',
        note: 'seen',
        at: AT,
      },
      { type: 'PayoutApproved', at: AT },
      { type: 'PayoutQueued', operation: operation('payout'), at: AT },
    );
  });

  it('happens once', () =>
    given(...payoutQueued)
      .when(approve({ by: 'can' }))
      .thenRefused({ code: 'payout-not-in-review', payoutStatus: 'queued' }));

  it('takes two different people where two are required', () => {
    const [claim, ...rest] = payoutInReview;
    const two = [{ ...claim, approvalsRequired: 2 } as PayoutEvent, ...rest];
    const first: PayoutEvent = {
      type: 'PayoutApprovalGiven',
      by: 'ayse',
      role: 'approver',
      payloadHash: 'hash',
      note: 'seen',
      at: AT,
    };
    given(...two)
      .when(approve())
      .thenAccepted(first);
    given(...two, first)
      .when(approve())
      .thenRefused({ code: 'already-approved-by-you' });
  });
});

describe('the hold of a payout', () => {
  it('refused by funds ends the payout without a booking', () =>
    given(...payoutInReview.slice(0, 1))
      .when({ type: 'RecordHold', refusedBecause: 'insufficient-funds', at: AT })
      .thenAccepted({ type: 'PayoutRefused', reason: 'insufficient-funds', at: AT }));

  it('is given back when a person rejects', () =>
    given(...payoutInReview)
      .when({ type: 'RejectPayout', by: 'ayse', reason: 'fraud', at: AT })
      .thenAccepted({ type: 'PayoutRejected', by: 'ayse', reason: 'fraud', at: AT }, booked('void', null)));

  it('is posted when paid, and booked back when returned', () => {
    given(...payoutSubmitted)
      .when(observe('succeeded'))
      .thenAccepted(heard('OperationSucceeded', 'succeeded'), booked('post'));
    given(...payoutSubmitted, heard('OperationSucceeded', 'succeeded'), booked('post'))
      .when(observe('returned'))
      .thenAccepted(heard('OperationReturned', 'returned'), booked('return'));
  });

  it('is posted and booked back when the return comes before the payment', () =>
    given(...payoutSubmitted)
      .when(observe('returned'))
      .thenAccepted(heard('OperationReturned', 'returned'), booked('post'), booked('return')));

  it('given back already, a late payment debits the wallet', () =>
    given(...payoutSubmitted, heard('OperationFailed', 'failed'), booked('void'))
      .when(observe('succeeded'))
      .thenAccepted(
        heard('OperationSucceeded', 'succeeded'),
        {
          type: 'OperationQuarantined',
          operationId: 'op_1',
          reason: 'failed-and-succeeded',
          source: 'webhook',
          at: AT,
        },
        booked('late_debit'),
      ));

  const refused = (kind: 'late_debit' | 'void'): PayoutEvent => ({
    ...{ type: 'BookingRefused', bookingId: `payout:po_1:${kind}`, code: 'insufficient-funds' },
    ...{ holdEnd: null, at: AT },
  });
  const told = (kind: 'late_debit' | 'void'): PayoutCommand => ({
    ...{ type: 'RecordRefusedBooking', bookingId: `payout:po_1:${kind}`, code: 'insufficient-funds' },
    at: AT,
  });
  const paidLate = [
    ...[...payoutSubmitted, heard('OperationFailed', 'failed'), booked('void')],
    ...[heard('OperationSucceeded', 'succeeded'), booked('late_debit')],
  ];

  it('paid late from a spent wallet is our loss, once; refused for other reasons is for people', () => {
    given(...paidLate)
      .when(told('late_debit'))
      .thenAccepted(refused('late_debit'), booked('loss'));
    given(...paidLate, refused('late_debit'), booked('loss'))
      .when(told('late_debit'))
      .thenAccepted();
    given(...payoutSubmitted, heard('OperationFailed', 'failed'), booked('void'))
      .when(told('void'))
      .thenAccepted(refused('void'));
  });

  it('that came back after our loss is booked back; before its refusal the wallet is asked once more', () => {
    given(...paidLate, refused('late_debit'), booked('loss'))
      .when(observe('returned'))
      .thenAccepted(heard('OperationReturned', 'returned'), booked('return'));
    given(...paidLate, heard('OperationReturned', 'returned'), booked('return'))
      .when(told('late_debit'))
      .thenAccepted(refused('late_debit'), {
        ...booked('late_debit'),
        bookingId: 'payout:po_1:late_debit:2',
      } as PayoutEvent);
  });
});

describe('canceling a payout', () => {
  const cancel: PayoutCommand = { type: 'CancelPayout', by: 'ayse', reason: 'asked', at: AT };
  const canceled: PayoutEvent = { type: 'PayoutCanceled', by: 'ayse', reason: 'asked', at: AT };
  const neverSent = heard('OperationErrored', 'errored', {
    ...{ source: 'command', providerRef: null, at: AT },
  });

  it('is possible until a runner takes it', () => {
    given(...payoutQueued)
      .when(cancel)
      .thenAccepted(canceled, neverSent, booked('void'));
    given(...payoutSubmitted)
      .when(cancel)
      .thenRefused({ code: 'payout-not-cancelable', payoutStatus: 'submitted' });
  });

  it('is possible again when the call provably never left', () => {
    const unsent: PayoutEvent = { type: 'PayoutUnsent', operationId: 'op_1', at: AT };
    const errored = heard('OperationErrored', 'errored', { source: 'answer', providerRef: null });
    const answer = observe('errored', { source: 'answer', providerRef: null, echoed: null });
    given(...payoutSubmitted)
      .when(answer)
      .thenAccepted(errored, unsent);
    given(...payoutSubmitted, errored, unsent)
      .when(cancel)
      .thenAccepted(canceled, booked('void'));
    const again: PayoutEvent = { type: 'PayoutSubmitted', operationId: 'op_1', at: AT };
    given(...payoutSubmitted, errored, unsent, again)
      .when(answer)
      .thenAccepted(unsent);
  });

  it('is never possible while it may have been paid', () =>
    given(...payoutSubmitted, heard('OperationUnknown', 'unknown'))
      .when(cancel)
      .thenRefused({ code: 'payout-not-cancelable', payoutStatus: 'unknown' }));
});

it('a payout is sent again only when it provably never left, and asked about only when it may have', () => {
  given(...payoutSubmitted, heard('OperationUnknown', 'unknown'))
    .when({ type: 'RetryPayout', by: 'ayse', at: AT })
    .thenRefused({ code: 'payout-not-retryable', payoutStatus: 'unknown' });
  given(...payoutSubmitted, heard('OperationUnknown', 'unknown'))
    .when({ type: 'ResolvePayout', by: 'ayse', at: AT })
    .thenAccepted({ type: 'PayoutLookupAsked', by: 'ayse', at: AT });
});
