import {
  compareBalance,
  compareObserved,
  type CustomerBooks,
  type Entry,
  ofBooking,
  ofEntry,
  ofOperation,
  ofOwner,
  ofProvider,
} from './customer-books.js';
import { compareSets, different, type Found } from './findings.js';
import { debtParts, type Wish } from './wishes.js';

/**
 * Compares a deposit whose dispute was lost when most of it was spent: with the provider's book, ours and the
 * ledger's. In how many parts the debt was taken is nobody's promise; their sum is, and that it is what our
 * row and the ledger's account say is owed no more. Pure.
 */
export const compareDebt = (
  wish: Wish,
  acknowledged: { readonly id: string } | undefined,
  books: CustomerBooks,
): Found[] => {
  const { keptMinor, firstMinor, restMinor, secondMinor } = debtParts(wish);
  const isOver = wish.fate === 'recovered';
  const takenMinor = keptMinor + firstMinor + (isOver ? restMinor : 0n);
  const { saleId, disputeId, disputeRef } = idsOf(books);
  const money = wish.amountMinor;
  const come = (name: string, amount: bigint): Entry => ({ label: `${name}:${wish.customer}`, amount });
  const entries = [
    ...[{ label: saleId, amount: money }, come('spent', keptMinor - money), come('first', firstMinor)],
    ...(isOver ? [come('second', secondMinor)] : []),
  ];
  const parts = partsOf(books.entries, disputeId);
  const others = books.entries.filter((entry) => !parts.includes(entry));
  return [
    ...compareSets('ours', [`${acknowledged?.id ?? 'none'} succeeded`], books.owners.map(ofOwner)),
    ...compareSets(
      'our operations',
      [`${saleId} ${money}`, `${disputeId} ${money}`],
      books.operations.map(ofOperation),
    ),
    ...compareSets(
      'at the provider',
      [`${saleId} ${money} succeeded`, `${disputeRef} ${money} lost`],
      books.provider.map(ofProvider),
    ),
    ...compareSets(
      'bookings',
      ['debt booked', 'deposit booked', 'hold refused', 'late_debit refused', 'recovery booked'],
      bookingsOf(books),
    ),
    ...compareSets('in the ledger', entries.map(ofEntry), others.map(ofEntry)),
    ...compareParts(takenMinor, parts),
    ...compareOwed(money - takenMinor, books),
    ...compareObserved(wish, books.operations),
    ...compareBalance([...entries, { label: 'taken', amount: -takenMinor }], books),
  ];
};

/** What the two operations are called; `none` stands for what isn't there. */
const idsOf = ({ operations }: CustomerBooks) => {
  const sale = operations.find(({ kind }) => kind !== 'chargeback');
  const dispute = operations.find(({ kind }) => kind === 'chargeback');
  return {
    saleId: sale?.id ?? 'none',
    disputeId: dispute?.id ?? 'none',
    disputeRef: dispute?.providerRef ?? 'none',
  };
};

const partsOf = (entries: readonly Entry[], disputeId: string): readonly Entry[] =>
  entries.filter(({ label }) => label.startsWith(`dispute:${disputeId}:recovery`));

/** All parts as one; those that the ledger refused are owed as before, and asked for again. */
const bookingsOf = ({ bookings }: CustomerBooks): readonly string[] => {
  const isPart = ({ kind }: { readonly kind: string }): boolean => kind === 'recovery';
  const states = bookings.filter(isPart).map(({ state }) => state);
  const parts = states.includes('requested')
    ? ['recovery requested']
    : states.includes('booked')
      ? ['recovery booked']
      : [];
  return [...bookings.filter((booking) => !isPart(booking)).map(ofBooking), ...parts];
};

const compareParts = (expected: bigint, parts: readonly Entry[]): Found[] => {
  const taken = parts.reduce((sum, { amount }) => sum - amount, 0n);
  if (taken === expected) return [];
  const what = `taken for the debt: ${taken} (${parts.map(ofEntry).join(', ')}), not ${expected}`;
  return [{ kind: taken < expected ? 'lost' : 'doubled', what }];
};

const compareOwed = (expected: bigint, { debt }: CustomerBooks): Found[] => {
  const { owed = undefined, posted = undefined } = debt ?? {};
  return [
    ...(owed === expected ? [] : [different(`owed by our row: ${owed}, not ${expected}`)]),
    ...(posted === -expected ? [] : [different(`on the account of the debt: ${posted}, not ${-expected}`)]),
  ];
};
