import { describe, expect, it } from '@jest/globals';
import { Book } from '../book/book.js';
import { type Operation, stepAt } from '../operations/operation.js';
import { movementsOf, netMinor } from '../settlements/settlement.js';
import { apply, refusalOf, request, start, take } from '../testing/taking.js';
import { decideDispute, type DisputeCommand } from './disputes.decider.js';
import { decideReturn } from './return-payout.decider.js';

const at = (ms: number) => new Date(start + ms);
const opening = (amountMinor?: bigint, ms = 1_000): DisputeCommand => ({
  ...{ type: 'OpenDispute', connectionId: 'c_one', chargeOperationId: 'op_1', reason: 'fraudulent' },
  ...{ amountMinor, at: at(ms) },
});
const moving = (disputeId: string, to: 'evidence' | 'won' | 'lost', ms = 2_000): DisputeCommand => ({
  ...{ type: 'MoveDispute', connectionId: 'c_one', disputeId, to, at: at(ms) },
});
const run = (book: Book, command: DisputeCommand) => {
  const decision = decideDispute(command, book);
  if (!decision.accepted) return decision.refusal;
  apply(book, decision.events);
  return undefined;
};
const opened = (amountMinor?: bigint) => {
  const book = new Book();
  const charge = take(book, request({ play: 'instant' }));
  expect(run(book, opening(amountMinor))).toBeUndefined();
  const dispute = book.operationsOf('c_one').find(({ kind }) => kind === 'dispute') as Operation;
  return { book, charge, dispute };
};
const now = (book: Book, { operationId }: Operation) => book.find('c_one', operationId) as Operation;

describe('a dispute', () => {
  it('takes all that is left, and refunds have to do with the rest', () => {
    const { book, charge, dispute } = opened(600n);
    expect(dispute).toMatchObject({
      amountMinor: 600n,
      parent: charge.providerRef,
      parentOperationId: 'op_1',
    });
    const refund = (amountMinor: bigint) =>
      request({ kind: 'refund', parent: charge.providerRef, amountMinor, operationId: 'op_r' });
    expect(refusalOf(book, refund(401n))).toMatchObject({ refundableMinor: '400' });
    expect(run(book, opening(401n))).toEqual({ code: 'dispute-exceeds-charge', leftMinor: '400' });
    expect(run(book, opening())).toBeUndefined();
    expect(run(book, opening())).toEqual({ code: 'dispute-exceeds-charge', leftMinor: '0' });
  });

  it('goes opened → evidence → won, and tells each step once', () => {
    const { book, dispute } = opened();
    expect(run(book, moving(dispute.operationId, 'evidence'))).toBeUndefined();
    expect(run(book, moving(dispute.operationId, 'evidence'))).toMatchObject({
      code: 'dispute-already-there',
    });
    expect(run(book, moving(dispute.operationId, 'won', 3_000))).toBeUndefined();
    expect(now(book, dispute).deliveries.map(({ type }) => type)).toEqual([
      ...['dispute_opened', 'dispute_evidence', 'dispute_won'],
    ]);
    for (const to of ['evidence', 'won', 'lost'] as const)
      expect(run(book, moving(dispute.operationId, to, 4_000))).toEqual({
        code: 'dispute-is-over',
        status: 'won',
      });
  });

  it('moves the money when it is opened, and back only when it is won', () => {
    const nets = (to: 'won' | 'lost') => {
      const { book, dispute } = opened();
      run(book, moving(dispute.operationId, to));
      return movementsOf(now(book, dispute), at(9_000)).map(netMinor);
    };
    expect([nets('won'), nets('lost')]).toEqual([[-1_000n, 1_000n], [-1_000n]]);
  });

  it('won gives the charge back to refunds, lost does not', () => {
    const left = (to: 'won' | 'lost') => {
      const { book, charge, dispute } = opened();
      run(book, moving(dispute.operationId, to));
      return book.refundableMinor(charge);
    };
    expect([left('won'), left('lost')]).toEqual([1_000n, 0n]);
  });

  it('needs a payment that has succeeded', () => {
    const book = new Book();
    expect(run(book, opening())).toEqual({ code: 'charge-not-found' });
    take(book, request());
    expect(run(book, opening(1n, 0))).toEqual({ code: 'charge-not-succeeded', status: 'pending' });
    expect(run(book, moving('dp_none', 'lost'))).toEqual({ code: 'dispute-not-found' });
  });
});

describe('a payout that comes back', () => {
  it('only after it was paid, and once', () => {
    const book = new Book();
    const payout = take(book, request({ kind: 'payout' }));
    expect(decideReturn(payout, 'payout', at(0))).toMatchObject({
      refusal: { code: 'payout-not-paid', status: 'pending' },
    });
    const decision = decideReturn(payout, 'payout', at(5_000));
    apply(book, decision.accepted ? decision.events : []);
    const returned = now(book, payout);
    expect(stepAt(returned, at(5_000)).status).toBe('returned');
    expect(returned.deliveries.map(({ type }) => type)).toEqual(['withdraw_paid', 'withdraw_returned']);
    expect(decideReturn(returned, 'payout', at(6_000))).toMatchObject({ refusal: { status: 'returned' } });
    expect(decideReturn(undefined, 'payout', at(0))).toMatchObject({ refusal: { code: 'payout-not-found' } });
  });
});
