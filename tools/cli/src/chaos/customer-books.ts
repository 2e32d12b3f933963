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
      ...{ status: 'paid', provider: 'failed' },
      bookings: ['late_debit refused', 'loss booked', 'void booked'],
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
  const expected = expectationOf(wish);
  const id = books.owners[0]?.id ?? acknowledgedId ?? 'none';
  const operationId = books.operations[0]?.id ?? 'none';
  const entries = [...giftOf(wish), ...expected.entries(id, operationId)];
  const operations = expected.provider === undefined ? [] : [`${operationId} ${wish.amountMinor}`];
  const provider = operations.map((each) => `${each} ${expected.provider ?? ''}`);
  const findings = [
    ...compareSets('ours', [`${acknowledgedId ?? id} ${expected.status}`], books.owners.map(ofOwner)),
    ...compareSets('our operations', operations, books.operations.map(ofOperation)),
    ...compareSets('at the provider', provider, books.provider.map(ofProvider)),
    ...compareSets('bookings', expected.bookings, books.bookings.map(ofBooking)),
    ...compareSets('in the ledger', entries.map(ofEntry), books.entries.map(ofEntry)),
    ...compareWebhooks(wish, books.operations[0]?.webhooks),
    ...compareBalance(entries, books),
  ];
  return findings.map((finding) => ({ ...finding, customer: wish.customer }));
};

const compareBalance = (entries: readonly Entry[], { posted, held }: CustomerBooks): Found[] => {
  const balance = entries.reduce((sum, { amount }) => sum + amount, 0n);
  return [
    ...(held === 0n ? [] : [different(`${held} are still held`)]),
    ...(posted === balance ? [] : [different(`the balance is ${posted}, not ${balance}`)]),
  ];
};

/** What is to be withdrawn is given before. Several customers share a gift, named after their prefix. */
const giftOf = ({ kind, customer, amountMinor: amount }: Wish): readonly Entry[] =>
  kind === 'withdrawal' ? [{ label: `gift:${customer.replace(/c\d+$/, '')}`, amount }] : [];

type Found = Omit<Finding, 'customer'>;
const different = (what: string): Found => ({ kind: 'different', what });

const ofEntry = ({ label, amount }: Entry): string => `${label} ${amount}`;
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
