import { describe, expect, it } from '@jest/globals';
import type { CustomerBooks } from './customer-books.js';
import { compareSettlement } from './settlement-books.js';
import type { Wish } from './wishes.js';

const wish: Wish = {
  ...{ kind: 'settlement', customer: 'B1', amountMinor: 975n, scenario: '', fate: 'paid' },
  ...{ webhooks: 0, flow: 'settled' },
};
const net = { label: 'bank:c_one > psp:c_one:receivable', amount: 975n };
const kept = { label: 'fees:provider > psp:c_one:receivable', amount: 15n };
const books: CustomerBooks = {
  owners: [{ id: 'st_1', status: 'approved by another' }],
  bookings: [{ id: 'settlement:st_1', kind: 'settlement', state: 'booked' }],
  entries: [net, kept],
  ...{ operations: [], provider: [], posted: 0n, held: 0n },
};
const found = (over: Partial<CustomerBooks>): string[] =>
  compareSettlement('c_one')(wish, { id: 'st_1' }, { ...books, ...over }).map(({ kind }) => kind);

describe('the comparison of the books of a batch', () => {
  it('finds nothing where all agree', () => expect(found({})).toEqual([]));

  it('finds a batch that has two settlements, another one, or none', () => {
    expect(found({ owners: [...books.owners, { id: 'st_2', status: 'requested' }] })).toEqual(['doubled']);
    expect(found({ owners: [{ id: 'st_2', status: 'approved by another' }] })).toEqual(['different']);
    expect(found({ owners: [] })).toEqual(['lost']);
  });

  it('finds one that nobody else approved', () => {
    for (const status of ['approved', 'requested'])
      expect(found({ owners: [{ id: 'st_1', status }] })).toEqual(['different']);
  });

  it('finds one that the ledger has twice, not, the other way, or with another amount', () => {
    expect(found({ entries: [net, net, kept] })).toEqual(['doubled']);
    expect(found({ entries: [] })).toEqual(['lost']);
    const back = { ...net, label: 'psp:c_one:receivable > bank:c_one' };
    expect(found({ entries: [back, kept] })).toEqual(['different']);
    expect(found({ entries: [{ ...net, amount: 974n }, kept] })).toEqual(['different']);
  });

  it('finds fees that were not booked', () => expect(found({ entries: [net] })).toEqual(['lost']));
});
