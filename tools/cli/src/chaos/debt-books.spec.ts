import { describe, expect, it } from '@jest/globals';
import type { CustomerBooks } from './customer-books.js';
import { compareDebt } from './debt-books.js';
import type { Wish } from './wishes.js';

/** 1000 were paid and disputed, 100 left; 400 come, then 570. */
const recovered: Wish = {
  ...{ kind: 'debt', customer: 'c1', amountMinor: 1000n, scenario: 'approve', fate: 'recovered' },
  ...{ webhooks: 3, flow: 'indebted' },
};
const part = (nth: number, amount: bigint) => ({
  label: `dispute:op_2:recovery${nth === 1 ? '' : `:${nth}`}`,
  amount: -amount,
});
const come = [
  { label: 'op_1', amount: 1000n },
  { label: 'spent:c1', amount: -900n },
  { label: 'first:c1', amount: 400n },
];
const second = { label: 'second:c1', amount: 570n };
const booking = (kind: string, state: string) => ({ id: `${kind} ${state}`, kind, state });
const books: CustomerBooks = {
  owners: [{ id: 'pi_1', status: 'succeeded' }],
  operations: [
    { id: 'op_1', kind: 'sale', result: 'succeeded', amount: 1000n, webhooks: 1 },
    { id: 'op_2', kind: 'chargeback', result: 'succeeded', amount: 1000n, webhooks: 2, providerRef: 'dp_1' },
  ],
  provider: [
    { id: 'op_1', status: 'succeeded', amount: 1000n },
    { id: 'dp_1', status: 'lost', amount: 1000n },
  ],
  bookings: [
    booking('deposit', 'booked'),
    booking('hold', 'refused'),
    booking('late_debit', 'refused'),
    booking('debt', 'booked'),
    booking('recovery', 'booked'),
    booking('recovery', 'booked'),
  ],
  entries: [...come, second, part(1, 500n), part(2, 500n)],
  ...{ posted: 70n, held: 0n, debt: { owed: 0n, posted: 0n } },
};
const found = (over: Partial<CustomerBooks>, wish: Wish = recovered): string[] =>
  compareDebt(wish, { id: 'pi_1' }, { ...books, ...over }).map(({ kind }) => kind);

describe('the comparison of the books of a debt', () => {
  it('finds nothing where all agree, in however many parts it was taken', () => {
    expect(found({})).toEqual([]);
    const parts = [part(1, 100n), part(2, 400n), part(3, 500n)];
    expect(found({ entries: [...come, second, ...parts] })).toEqual([]);
    expect(found({ bookings: [...books.bookings, booking('recovery', 'refused')] })).toEqual([]);
  });

  it('finds a part that was taken twice, and one that is missing', () => {
    const twice = [...books.entries, part(3, 500n)];
    expect(found({ entries: twice, posted: -430n, debt: { owed: 0n, posted: 500n } })).toEqual([
      ...['doubled', 'different', 'different'],
    ]);
    const once = books.entries.slice(0, -1);
    expect(found({ entries: once, posted: 570n, debt: { owed: 500n, posted: -500n } })).toEqual([
      ...['lost', 'different', 'different', 'different'],
    ]);
  });

  it('finds one unit that was taken too much or too little', () => {
    for (const amount of [499n, 501n])
      expect(found({ entries: [...come, second, part(1, 500n), part(2, amount)] })).toHaveLength(1);
  });

  it('finds that our row and the account of the ledger say otherwise', () => {
    expect(found({ debt: { owed: 1n, posted: 0n } })).toEqual(['different']);
    expect(found({ debt: { owed: 0n, posted: -1n } })).toEqual(['different']);
    expect(found({ debt: undefined })).toEqual(['different', 'different']);
  });

  it('finds a part that waits for ever, and a debit under another name', () => {
    expect(found({ bookings: [...books.bookings, booking('recovery', 'requested')] })).toEqual(['different']);
    const other = { label: 'a key', amount: -500n };
    expect(found({ entries: [...come, second, part(1, 500n), other] })).toEqual(['doubled', 'lost']);
  });

  it('finds that more was taken than came', () => {
    const owing: Wish = { ...recovered, fate: 'owing' };
    const taken = { entries: [...come, part(1, 500n)], posted: 0n, debt: { owed: 500n, posted: -500n } };
    expect(found(taken, owing)).toEqual([]);
    expect(found({ ...taken, debt: { owed: 499n, posted: -499n } }, owing)).toEqual([
      'different',
      'different',
    ]);
  });
});
