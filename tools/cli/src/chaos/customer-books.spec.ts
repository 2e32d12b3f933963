import { describe, expect, it } from '@jest/globals';
import { compareCustomer, type CustomerBooks } from './customer-books.js';
import { REFUNDED_MINOR, type Wish } from './wishes.js';

const deposit: Wish = {
  ...{ kind: 'deposit', customer: 'p0r0w0c1', amountMinor: 100n, scenario: 'approve', fate: 'paid' },
  ...{ webhooks: 1, flow: 'usual' },
};
const depositBooks: CustomerBooks = {
  owners: [{ id: 'pi_1', status: 'succeeded' }],
  operations: [{ id: 'op_1', kind: 'sale', result: 'succeeded', amount: 100n, webhooks: 1 }],
  bookings: [{ id: 'deposit:op_1', kind: 'deposit', state: 'booked' }],
  provider: [{ id: 'op_1', status: 'succeeded', amount: 100n }],
  entries: [{ label: 'op_1', amount: 100n }],
  ...{ posted: 100n, held: 0n },
};
const withdrawal: Wish = { ...deposit, kind: 'withdrawal' };
const withdrawalBooks: CustomerBooks = {
  owners: [{ id: 'po_1', status: 'paid' }],
  operations: [{ id: 'op_2', kind: 'payout', result: 'succeeded', amount: 100n, webhooks: 1 }],
  bookings: [{ id: 'payout:po_1:post', kind: 'post', state: 'booked' }],
  provider: [{ id: 'op_2', status: 'succeeded', amount: 100n }],
  entries: [
    { label: 'gift:p0r0w0', amount: 100n },
    { label: 'payout:po_1', amount: -100n },
  ],
  ...{ posted: 0n, held: 0n },
};
const refund: Wish = { ...deposit, kind: 'refund', webhooks: 2 };
const refundBooks: CustomerBooks = {
  owners: [
    { id: 'pi_1', status: 'succeeded' },
    { id: 're_1', status: 'succeeded' },
  ],
  operations: [
    { id: 'op_1', kind: 'sale', result: 'succeeded', amount: 100n, webhooks: 1 },
    { id: 'op_3', kind: 'refund', result: 'succeeded', amount: REFUNDED_MINOR, webhooks: 1 },
  ],
  bookings: [
    { id: 'deposit:op_1', kind: 'deposit', state: 'booked' },
    { id: 'refund:op_3:post', kind: 'post', state: 'booked' },
  ],
  provider: [
    { id: 'op_1', status: 'succeeded', amount: 100n },
    { id: 'op_3', status: 'succeeded', amount: REFUNDED_MINOR },
  ],
  entries: [
    { label: 'op_1', amount: 100n },
    { label: 'refund:op_3', amount: -REFUNDED_MINOR },
  ],
  ...{ posted: 100n - REFUNDED_MINOR, held: 0n },
};
const kinds = (wish: Wish, id: string, books: CustomerBooks): string[] =>
  compareCustomer(wish, { id, refundId: 're_1' }, books).map(({ kind }) => kind);
const ofDeposit = (over: Partial<CustomerBooks>, id = 'pi_1') =>
  kinds(deposit, id, { ...depositBooks, ...over });
const ofWithdrawal = (over: Partial<CustomerBooks>, fate: Wish['fate'] = 'paid') =>
  kinds({ ...withdrawal, fate }, 'po_1', { ...withdrawalBooks, ...over });

const ofRefund = (over: Partial<CustomerBooks>, fate: Wish['fate'] = 'paid') =>
  kinds({ ...refund, fate }, 'pi_1', { ...refundBooks, ...over });

describe('the comparison of the books', () => {
  it('finds nothing where all agree', () => {
    expect(ofDeposit({})).toEqual([]);
    expect(ofWithdrawal({})).toEqual([]);
  });

  it('finds what was acknowledged and is not there, or another one', () => {
    expect(ofDeposit({ owners: [] })).toContain('lost');
    expect(ofDeposit({}, 'pi_2')).toEqual(['different']);
  });

  it('finds a second charge, and a lost one', () => {
    const [one] = depositBooks.provider;
    const second = { id: 'op_1x2', status: 'succeeded', amount: 100n };
    expect(ofDeposit({ provider: one === undefined ? [] : [one, second] })).toEqual(['doubled']);
    expect(ofDeposit({ provider: [] })).toEqual(['lost']);
  });

  it('finds an amount that is off by one, wherever it is', () => {
    expect(ofDeposit({ provider: [{ id: 'op_1', status: 'succeeded', amount: 101n }] })).toEqual([
      'different',
    ]);
    expect(ofDeposit({ entries: [{ label: 'op_1', amount: 99n }] })).toEqual(['different']);
    expect(ofDeposit({ posted: 99n })).toEqual(['different']);
  });

  it('finds a booking that was made twice, or not', () => {
    const entry = { label: 'op_1', amount: 100n };
    expect(ofDeposit({ entries: [entry, entry] })).toEqual(['doubled']);
    expect(ofDeposit({ entries: [] })).toEqual(['lost']);
    expect(ofDeposit({ bookings: [{ id: 'deposit:op_1', kind: 'deposit', state: 'requested' }] })).toEqual([
      'different',
    ]);
  });

  it('finds a hold that stayed, and a withdrawal that was paid and not booked', () => {
    expect(ofWithdrawal({ held: 100n })).toEqual(['different']);
    expect(ofWithdrawal({ entries: [{ label: 'gift:p0r0w0', amount: 100n }] })).toEqual(['lost']);
  });

  it('finds a refund that is missing, was given twice, or was given although it was declined', () => {
    expect(ofRefund({})).toEqual([]);
    const [intent, refunded] = refundBooks.owners;
    if (intent === undefined || refunded === undefined) throw new Error('no owners');
    expect(ofRefund({ owners: [intent] })).toEqual(['lost']);
    expect(ofRefund({ owners: [intent, { ...refunded, id: 're_2' }] })).toEqual(['different']);
    const twice = { id: 'op_3x2', status: 'succeeded', amount: REFUNDED_MINOR };
    expect(ofRefund({ provider: [...refundBooks.provider, twice] })).toEqual(['doubled']);
    expect(ofRefund({ entries: refundBooks.entries.slice(0, 1), posted: 100n })).toContain('lost');
    expect(ofRefund({ held: REFUNDED_MINOR })).toEqual(['different']);
    expect(ofRefund({}, 'declined')).toContain('doubled');
  });

  it('finds one that went to the provider although it was rejected', () => {
    expect(ofWithdrawal({}, 'rejected')).toContain('doubled');
  });

  it('finds an acknowledged webhook that was not observed, or twice', () => {
    const [operation] = depositBooks.operations;
    const seen = (webhooks: number) => (operation === undefined ? [] : [{ ...operation, webhooks }]);
    expect(ofDeposit({ operations: seen(0) })).toEqual(['lost']);
    expect(ofDeposit({ operations: seen(2) })).toEqual(['doubled']);
  });

  it('finds a line of a report that was not observed, or twice, and one that credited twice', () => {
    const reported: Wish = { ...deposit, fate: 'reported', reports: 2 };
    const [operation] = depositBooks.operations;
    const [charge] = depositBooks.provider;
    if (operation === undefined || charge === undefined) throw new Error('no operation');
    const of = (reports: number, over: Partial<CustomerBooks> = {}) =>
      kinds(reported, 'pi_1', {
        ...{ ...depositBooks, operations: [{ ...operation, reports }] },
        ...{ provider: [{ ...charge, status: 'declined' }], ...over },
      });
    expect([of(2), of(1), of(3)]).toEqual([[], ['lost'], ['doubled']]);
    const [credit] = depositBooks.entries;
    if (credit === undefined) throw new Error('no entry');
    expect(of(2, { entries: [credit, { ...credit, label: 'line_op_1_2' }], posted: 200n })).toEqual([
      ...['doubled', 'different'],
    ]);
    expect(of(2, { entries: [], posted: 0n })).toEqual(['lost', 'different']);
  });
});
