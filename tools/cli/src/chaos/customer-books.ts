import { compareCounts, compareSets, different, type Found } from './findings.js';
import { type Fate, REFUNDED_MINOR, type Wish } from './wishes.js';

/** A movement on the customer's account; the label is the reference that it was booked under. */
export interface Entry {
  readonly label: string;
  readonly amount: bigint;
}

/** One customer in every book. */
export interface CustomerBooks {
  /** Our intents, refunds or payouts. */
  readonly owners: readonly { readonly id: string; readonly status: string }[];
  /** Our operations, with the webhooks and the lines of reports that we observed of each. */
  readonly operations: readonly {
    readonly id: string;
    readonly kind: string;
    readonly result: string;
    readonly amount: bigint;
    readonly providerRef?: string | null;
    readonly webhooks: number;
    readonly reports?: number;
  }[];
  readonly bookings: readonly { readonly id: string; readonly kind: string; readonly state: string }[];
  readonly provider: readonly { readonly id: string; readonly status: string; readonly amount: bigint }[];
  readonly entries: readonly Entry[];
  readonly posted: bigint;
  readonly held: bigint;
  /** What they owe for a lost dispute: by our row of it, and by the ledger's account. */
  readonly debt?: { readonly owed: bigint; readonly posted: bigint } | undefined;
}

interface Expectation {
  readonly status: string;
  /** In the provider's book; undefined when it was never to hear of it. */
  readonly provider: string | undefined;
  /** What became of the refund of it, in our book and in the provider's. */
  readonly refund?: { readonly status: string; readonly provider: string };
  readonly bookings: readonly string[];
  readonly entries: (id: string, operationId: string, refundOperationId: string) => readonly Entry[];
}

const depositOf = ({ amountMinor: amount }: Wish): Partial<Record<Fate, Expectation>> => ({
  paid: {
    ...{ status: 'succeeded', provider: 'succeeded', bookings: ['deposit booked'] },
    entries: (_, operationId) => [{ label: operationId, amount }],
  },
  declined: { status: 'requires_payment_method', provider: 'declined', bookings: [], entries: () => [] },
  reported: {
    ...{ status: 'succeeded', provider: 'declined', bookings: ['deposit booked'] },
    entries: (_, operationId) => [{ label: operationId, amount }],
  },
});

/** The deposit stays whole; what goes back is held until the provider has said what became of it. */
const refundOf = (wish: Wish): Partial<Record<Fate, Expectation>> => {
  const { paid } = depositOf(wish);
  if (paid === undefined) return {};
  return {
    paid: {
      ...{ ...paid, refund: { status: 'succeeded', provider: 'succeeded' } },
      bookings: ['deposit booked', 'post booked'],
      entries: (id, operationId, refund) => [
        ...paid.entries(id, operationId, refund),
        { label: `refund:${refund}`, amount: -REFUNDED_MINOR },
      ],
    },
    declined: {
      ...{ ...paid, refund: { status: 'failed', provider: 'declined' } },
      bookings: ['deposit booked', 'void booked'],
    },
  };
};

const withdrawalOf = ({ amountMinor: amount, customer }: Wish): Partial<Record<Fate, Expectation>> => {
  const out = (id: string, suffix = ''): Entry => ({ label: `payout:${id}${suffix}`, amount: -amount });
  const nothing = () => [];
  return {
    paid: { status: 'paid', provider: 'succeeded', bookings: ['post booked'], entries: (id) => [out(id)] },
    declined: { status: 'failed', provider: 'failed', bookings: ['void booked'], entries: nothing },
    rejected: { status: 'rejected', provider: undefined, bookings: ['void booked'], entries: nothing },
    returned: {
      ...{ status: 'returned', provider: 'returned', bookings: ['post booked', 'return booked'] },
      entries: (id) => [out(id), { label: `payout:${id}:return`, amount }],
    },
    reported: {
      ...{ status: 'returned', provider: 'succeeded', bookings: ['post booked', 'return booked'] },
      entries: (id) => [out(id), { label: `payout:${id}:return`, amount }],
    },
    late: {
      ...{ status: 'paid', provider: 'failed', bookings: ['late_debit booked', 'void booked'] },
      entries: (id) => [out(id, ':late_debit')],
    },
    refused: {
      ...{ status: 'paid', provider: 'failed' },
      bookings: ['late_debit refused', 'loss booked', 'void booked'],
      entries: () => [{ label: `spent:${customer}`, amount: -amount }],
    },
  };
};

const expectationOf = (wish: Wish): Expectation => {
  const kinds: Partial<Record<Wish['kind'], typeof depositOf>> = {
    ...{ deposit: depositOf, refund: refundOf, withdrawal: withdrawalOf },
  };
  const found = kinds[wish.kind]?.(wish)[wish.fate];
  if (found === undefined) throw new Error(`A ${wish.kind} is never ${wish.fate}`);
  return found;
};

/** What the customer's things are called in our books; `none` stands for what isn't there. */
const idsOf = ({ owners, operations }: CustomerBooks, acknowledgedId: string | undefined) => {
  const operation = (wanted: boolean): string =>
    operations.find(({ kind }) => (kind === 'refund') === wanted)?.id ?? 'none';
  return {
    id: owners.find((owner) => !isRefund(owner))?.id ?? acknowledgedId ?? 'none',
    operationId: operation(false),
    refundOperation: operation(true),
  };
};

/**
 * Compares what was wished and acknowledged with all books: the provider's, ours and the ledger's, as sets
 * with amounts. Pure.
 */
export const compareCustomer = (
  wish: Wish,
  acknowledged: { readonly id: string; readonly refundId?: string | undefined } | undefined,
  books: CustomerBooks,
): Found[] => {
  const expected = expectationOf(wish);
  const { id, operationId, refundOperation } = idsOf(books, acknowledged?.id);
  const entries = [...giftOf(wish), ...expected.entries(id, operationId, refundOperation)];
  const calls = [
    { call: `${operationId} ${wish.amountMinor}`, status: expected.provider },
    { call: `${refundOperation} ${REFUNDED_MINOR}`, status: expected.refund?.provider },
  ].filter(({ status }) => status !== undefined);
  const ours = [`${acknowledged?.id ?? id} ${expected.status}`];
  if (expected.refund !== undefined) {
    ours.push(`${acknowledged?.refundId ?? 'none'} ${expected.refund.status}`);
  }
  return [
    ...compareSets('ours', ours, books.owners.map(ofOwner)),
    ...compareSets(
      'our operations',
      calls.map(({ call }) => call),
      books.operations.map(ofOperation),
    ),
    ...compareSets(
      'at the provider',
      calls.map(({ call, status }) => `${call} ${status}`),
      books.provider.map(ofProvider),
    ),
    ...compareSets('bookings', expected.bookings, books.bookings.map(ofBooking)),
    ...compareSets('in the ledger', entries.map(ofEntry), books.entries.map(ofEntry)),
    ...compareObserved(wish, books.operations),
    ...compareBalance(entries, books),
  ];
};

export const compareBalance = (entries: readonly Entry[], { posted, held }: CustomerBooks): Found[] => {
  const balance = entries.reduce((sum, { amount }) => sum + amount, 0n);
  return [
    ...(held === 0n ? [] : [different(`${held} are still held`)]),
    ...(posted === balance ? [] : [different(`the balance is ${posted}, not ${balance}`)]),
  ];
};

/** What is to be withdrawn is given before. Several customers share a gift, named after their prefix. */
const giftOf = ({ kind, customer, amountMinor: amount }: Wish): readonly Entry[] =>
  kind === 'withdrawal' ? [{ label: `gift:${customer.replace(/c\d+$/, '')}`, amount }] : [];

const isRefund = ({ id }: CustomerBooks['owners'][number]): boolean => id.startsWith('re_');

export const ofEntry = ({ label, amount }: Entry): string => `${label} ${amount}`;
export const ofOwner = ({ id, status }: CustomerBooks['owners'][number]): string => `${id} ${status}`;
export const ofOperation = ({ id, amount }: CustomerBooks['operations'][number]): string => `${id} ${amount}`;
export const ofProvider = ({ id, amount, status }: CustomerBooks['provider'][number]): string =>
  `${id} ${amount} ${status}`;
export const ofBooking = ({ kind, state }: CustomerBooks['bookings'][number]): string => `${kind} ${state}`;

/**
 * The provider had its acknowledgement for each webhook, and each line of a report was told: none may be
 * missing, and none may count twice.
 */
export const compareObserved = (
  { webhooks, reports = 0 }: Pick<Wish, 'webhooks' | 'reports'>,
  operations: CustomerBooks['operations'],
): Found[] => {
  // Without any operation that is found already; one that never went out has none.
  if (operations.length === 0) return [];
  const seen = (of: 'webhooks' | 'reports') => operations.reduce((sum, each) => sum + (each[of] ?? 0), 0);
  return [
    ...compareCounts('webhooks were observed', webhooks, seen('webhooks')),
    ...compareCounts('lines of reports were observed', reports, seen('reports')),
  ];
};
