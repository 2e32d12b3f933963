import { compareCustomer, type CustomerBooks } from './customer-books.js';
import { compareDebt } from './debt-books.js';
import type { Finding } from './findings.js';
import type { Told } from './players.js';
import { compareSettlement } from './settlement-books.js';
import type { Wish } from './wishes.js';

/** Compares what was wished and acknowledged with all books, as the kind of the wish asks for. Pure. */
export const compareWish = (
  wish: Wish,
  told: Told | undefined,
  { books, connectionId }: { readonly books: CustomerBooks; readonly connectionId: string },
): readonly Finding[] => {
  const compare = { debt: compareDebt, settlement: compareSettlement(connectionId) };
  const ofKind: Partial<Record<Wish['kind'], typeof compareDebt>> = compare;
  const found = (ofKind[wish.kind] ?? compareCustomer)(wish, told, books);
  return found.map((each) => ({ ...each, customer: wish.customer }));
};
