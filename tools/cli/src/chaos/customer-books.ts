import type { Fate, Wish } from './wishes.js';

/** A movement on the customer's account; the label is the reference that it was booked under. */
export interface Entry {
  readonly label: string;
  readonly amount: bigint;
}

/** One customer in every book. */
export interface CustomerBooks {
  /** Our intents or payouts. */
  readonly owners: readonly { readonly id: string; readonly status: string }[];
  /** Our operations, with the webhooks that we observed of each. */
  readonly operations: readonly {
    readonly id: string;
    readonly result: string;
    readonly amount: bigint;
    readonly webhooks: number;
  }[];
  readonly bookings: readonly { readonly id: string; readonly kind: string; readonly state: string }[];
  readonly provider: readonly { readonly id: string; readonly status: string; readonly amount: bigint }[];
  readonly entries: readonly Entry[];
  readonly posted: bigint;
  readonly held: bigint;
}

export type Kind = 'lost' | 'doubled' | 'different';

export interface Finding {
  readonly kind: Kind;
  readonly customer: string;
  readonly what: string;
}

interface Expectation {
  readonly status: string;
  /** In the provider's book; undefined when it was never to hear of it. */
  readonly provider: string | undefined;
  readonly bookings: readonly string[];
  readonly entries: (id: string, operationId: string) => readonly Entry[];
}

const depositOf = ({ amountMinor: amount }: Wish): Partial<Record<Fate, Expectation>> => ({
  paid: {
    ...{ status: 'succeeded', provider: 'succeeded', bookings: ['deposit booked'] },
    entries: (_, operationId) => [{ label: operationId, amount }],
  },
  declined: { status: 'requires_payment_method', provider: 'declined', bookings: [], entries: () => [] },
});

const withdrawalOf = ({ amountMinor: amount, customer }: Wish): Record<Fate, Expectation> => {
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
    late: {
      ...{ status: 'paid', provider: 'failed', bookings: ['late_debit booked', 'void booked'] },
      entries: (id) => [out(id, ':late_debit')],
    },
    refused: {
      ...{ status: 'paid', provider: 'failed', bookings: ['late_debit refused', 'void booked'] },
      entries: () => [{ label: `spent:${customer}`, amount: -amount }],
    },
  };
};

const expectationOf = (wish: Wish): Expectation => {
  const found = wish.kind === 'deposit' ? depositOf(wish)[wish.fate] : withdrawalOf(wish)[wish.fate];
  if (found === undefined) throw new Error(`A ${wish.kind} is never ${wish.fate}`);
  return found;
};

/**
 * Compares what was wished and acknowledged with all books: the provider's, ours and the ledger's, as sets
 * with amounts. Pure.
 */
export const compareCustomer = (
  wish: Wish,
  acknowledgedId: string | undefined,
  books: CustomerBooks,
): Finding[] => {
  const { customer, amountMinor } = wish;
  const expected = expectationOf(wish);
  const [owner] = books.owners;
  const [operation] = books.operations;
  const id = owner?.id ?? acknowledgedId ?? 'none';
  const gift = wish.kind === 'withdrawal' ? [{ label: giftOf(customer), amount: amountMinor }] : [];
  const entries = [...gift, ...expected.entries(id, operation?.id ?? 'none')];
  const operations = expected.provider === undefined ? [] : [`${operation?.id ?? 'none'} ${amountMinor}`];
  const provider = operations.map((each) => `${each} ${expected.provider ?? ''}`);
  const shown = ({ label, amount }: Entry): string => `${label} ${amount}`;
  const balance = entries.reduce((sum, { amount }) => sum + amount, 0n);
  const findings = [
    ...compareSets('ours', [`${acknowledgedId ?? id} ${expected.status}`], books.owners.map(ofOwner)),
    ...compareSets('our operations', operations, books.operations.map(ofOperation)),
    ...compareSets('at the provider', provider, books.provider.map(ofProvider)),
    ...compareSets('bookings', expected.bookings, books.bookings.map(ofBooking)),
    ...compareSets('in the ledger', entries.map(shown), books.entries.map(shown)),
    ...compareWebhooks(wish, operation?.webhooks),
    ...(books.held === 0n ? [] : [different(`${books.held} are still held`)]),
    ...(books.posted === balance ? [] : [different(`the balance is ${books.posted}, not ${balance}`)]),
  ];
  return findings.map((finding) => ({ ...finding, customer }));
};

/** Several customers share a gift; its reference begins with the wave's prefix. */
const giftOf = (customer: string): string => `gift:${customer.replace(/c\d+$/, '')}`;

type Found = Omit<Finding, 'customer'>;
const different = (what: string): Found => ({ kind: 'different', what });

const ofOwner = ({ id, status }: CustomerBooks['owners'][number]) => `${id} ${status}`;
const ofOperation = ({ id, amount }: CustomerBooks['operations'][number]) => `${id} ${amount}`;
const ofProvider = ({ id, amount, status }: CustomerBooks['provider'][number]) => `${id} ${amount} ${status}`;
const ofBooking = ({ kind, state }: CustomerBooks['bookings'][number]) => `${kind} ${state}`;

/** The provider had its acknowledgement for each: none may be missing, and none may count twice. */
const compareWebhooks = ({ webhooks: sent }: Wish, observed = sent): Found[] =>
  observed === sent
    ? []
    : [
        {
          kind: observed < sent ? 'lost' : 'doubled',
          what: `${observed} webhooks were observed, ${sent} were sent`,
        },
      ];

/** Fewer than expected is lost, more is doubled, and as many but others is different. */
const compareSets = (where: string, expected: readonly string[], actual: readonly string[]): Found[] => {
  const [wanted, found] = [[...expected].sort(), [...actual].sort()];
  if (wanted.join('\n') === found.join('\n')) return [];
  const kind = found.length < wanted.length ? 'lost' : found.length > wanted.length ? 'doubled' : 'different';
  return [{ kind, what: `${where}: [${found.join(', ')}], not [${wanted.join(', ')}]` }];
};
