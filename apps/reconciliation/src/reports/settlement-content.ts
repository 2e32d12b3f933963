import { addDays } from '../business-day.js';
import { type Explanation, sumOf as explainedBy } from './explanation.js';
import type { ReportHead } from './report.js';

/** What one batch says in one currency, and what we have of it. Amounts are minor units as text. */
export interface Batch {
  readonly on: string;
  readonly provider: string;
  readonly connection: string;
  readonly batch: string;
  readonly currency: string;
  readonly lines: number;
  readonly inMinor: string;
  readonly outMinor: string;
  readonly feeMinor: string;
  /** In less out less fees: what the provider owes for it. */
  readonly netMinor: string;
  /** Our amounts of the matched lines, with the same signs, less the fees that we expected. */
  readonly oursMinor: string;
  readonly unmatchedLines: number;
  readonly unmatchedMinor: string;
  /** Never netted with each other. */
  readonly explainedMinor: string;
  readonly unexplainedLines: number;
  readonly unexplainedMinor: string;
}

/** A settlement, that is, the lines that one transfer pays, and what stands on the bank statement for it. */
export interface Payment {
  /** Of its last line. */
  readonly on: string;
  readonly provider: string;
  readonly connection: string;
  readonly settlement: string;
  readonly currency: string;
  readonly lines: number;
  readonly netMinor: string;
  readonly paidMinor: string;
  readonly bookings: number;
  readonly paidOn: string | null;
}

/**
 * `paid`: to the unit. `differs`: by another amount. `on-its-way`: not there yet, and it needn't be.
 * `late`: it should be. `unknown`: no statement of the account is here.
 */
export type PaymentState = 'paid' | 'differs' | 'on-its-way' | 'late' | 'unknown';

/** A booking on a bank statement, and the settlement that it pays; none: nobody knows what it is. */
export interface Booking {
  readonly key: string;
  readonly on: string;
  readonly provider: string;
  readonly connection: string;
  readonly currency: string;
  readonly minor: string;
  readonly settlement: string | null;
}

/**
 * Many lines, one transfer: what was settled in the period, what arrived at the bank by our books, and what
 * the bank's own statement says. Where settled and statement differ, both reasons stand apart, never netted.
 */
export interface BankTotal {
  readonly provider: string;
  readonly connection: string;
  readonly currency: string;
  readonly netMinor: string;
  /** By our books, and in how many transfers. */
  readonly arrivedMinor: string;
  readonly transfers: number;
  /** Settled less arrived by our books. */
  readonly toComeMinor: string;
  /** By the bank's statements; null where there is none. */
  readonly statementMinor: string | null;
  readonly bookings: number;
  /** On the statement less in our books: above zero, the bank has what nobody booked. */
  readonly notBookedMinor: string | null;
  /** Settlements on their way, bookings that pay settlements of before, and what people have explained. */
  readonly explainedMinor: string;
  /** Settlements that are late or paid otherwise, and bookings that pay no settlement. */
  readonly unexplainedMinor: string;
}

export interface SettlementContent extends ReportHead {
  /** The first day of the period; it ends with the business date. */
  readonly from: string;
  readonly batches: readonly Batch[];
  readonly bank: readonly BankTotal[];
  /** Reports from before don't have them. */
  readonly payments?: readonly (Payment & { readonly state: PaymentState })[];
  /** What people have explained; it counts as explained above. Reports from before have none. */
  readonly explanations?: readonly Explanation[];
}

/** What arrived at the bank for a connection, by our books. */
export interface Arrived {
  readonly connection: string;
  readonly currency: string;
  readonly minor: string;
  readonly transfers: number;
}

/** What is known of the money of a period, from every side. */
export interface Sides {
  readonly batches: readonly Batch[];
  readonly arrived: readonly Arrived[];
  readonly payments: readonly Payment[];
  readonly bookings: readonly Booking[];
  /** What people have explained of what is in doubt at the bank. */
  readonly explanations: readonly Explanation[];
  /** The last day of the period. */
  readonly until: string;
  /** Days after a settlement's last line in which it may still be on its way; matching's window, too. */
  readonly transferDays: number;
  readonly providerOf: (connection: string) => string;
}

interface Account {
  readonly connection: string;
  readonly currency: string;
}
const isOf =
  ({ connection, currency }: Account) =>
  (each: Account): boolean =>
    each.connection === connection && each.currency === currency;

/** How each settlement stands at the bank. */
export const paymentStates = (sides: AtBank): (Payment & { readonly state: PaymentState })[] =>
  sides.payments.map((payment) => ({ ...payment, state: stateOf(payment, sides) }));

type AtBank = Pick<Sides, 'payments' | 'bookings' | 'until' | 'transferDays'>;

/** Settlements that are late or paid otherwise, and bookings that pay nothing we know. */
export const bankDoubts = (sides: AtBank): BankDoubts => ({
  settlements: paymentStates(sides).flatMap(({ state, ...payment }) =>
    state === 'late' || state === 'differs' ? [{ ...payment, state }] : [],
  ),
  bookings: sides.bookings.filter(({ settlement }) => settlement === null),
});

export interface BankDoubts {
  readonly settlements: readonly (Payment & { readonly state: 'late' | 'differs' })[];
  readonly bookings: readonly Booking[];
}

function stateOf(payment: Payment, { bookings, until, transferDays }: AtBank): PaymentState {
  if (payment.bookings > 0) return payment.paidMinor === payment.netMinor ? 'paid' : 'differs';
  if (!bookings.some(isOf(payment))) return 'unknown';
  return addDays(payment.on, transferDays) >= until ? 'on-its-way' : 'late';
}

const sizeOf = (amount: bigint): bigint => (amount < 0n ? -amount : amount);
const sumOf = <T>(items: readonly T[], amount: (item: T) => bigint): bigint =>
  items.reduce((sum, item) => sum + amount(item), 0n);

/** Sets every connection's settlements, transfers and bookings beside each other, as far as they are here. */
export function bankTotals(sides: Sides): BankTotal[] {
  const { batches, arrived, payments, bookings, providerOf } = sides;
  const all: readonly Account[] = [...batches, ...arrived, ...payments, ...bookings];
  const names = [...new Set(all.map(({ connection, currency }) => `${connection} ${currency}`))].sort();
  return names.map((name) => {
    const [connection = '', currency = ''] = name.split(' ');
    const is = isOf({ connection, currency });
    const net = sumOf(batches.filter(is), ({ netMinor }) => BigInt(netMinor));
    const came = arrived.find(is);
    const booked = BigInt(came?.minor ?? '0');
    const here = bookings.filter(is);
    const statement = here.length === 0 ? null : sumOf(here, ({ minor }) => BigInt(minor));
    return {
      ...{ provider: providerOf(connection), connection, currency, netMinor: `${net}` },
      ...{ arrivedMinor: `${booked}`, transfers: came?.transfers ?? 0, toComeMinor: `${net - booked}` },
      statementMinor: statement === null ? null : `${statement}`,
      bookings: here.length,
      notBookedMinor: statement === null ? null : `${statement - booked}`,
      ...reasonsOf({
        ...{ ...sides, payments: payments.filter(is), bookings: here },
        explanations: sides.explanations.filter((each) => each.what !== 'line' && is(each)),
      }),
    };
  });
}

type Reasons = Pick<BankTotal, 'explainedMinor' | 'unexplainedMinor'>;

/** Why settled and statement differ. Without a statement there is nothing to explain. */
function reasonsOf(sides: AtBank & Pick<Sides, 'explanations'>): Reasons {
  const { payments, bookings } = sides;
  const states = paymentStates(sides);
  const offBy = (of: PaymentState): bigint =>
    sumOf(
      states.filter(({ state }) => state === of),
      ({ netMinor, paidMinor }) => sizeOf(BigInt(netMinor) - BigInt(paidMinor)),
    );
  const ofPeriod = new Set(payments.map(({ settlement }) => settlement));
  const size = ({ minor }: Booking): bigint => sizeOf(BigInt(minor));
  const before = bookings.filter(({ settlement }) => settlement !== null && !ofPeriod.has(settlement));
  const strangers = bookings.filter(({ settlement }) => settlement === null);
  const byPeople = explainedBy(sides.explanations);
  return {
    explainedMinor: `${offBy('on-its-way') + sumOf(before, size) + byPeople}`,
    unexplainedMinor: `${offBy('late') + offBy('differs') + sumOf(strangers, size) - byPeople}`,
  };
}

/** What nobody can explain, by currency and where it is seen. Minor units as text. */
export function unexplainedOf({ batches, bank }: Pick<SettlementContent, 'batches' | 'bank'>): Unexplained[] {
  const parts = [
    ...batches.flatMap(({ currency, unmatchedMinor, unexplainedMinor }) => [
      { at: 'unmatched' as const, currency, minor: unmatchedMinor },
      { at: 'differs' as const, currency, minor: unexplainedMinor },
    ]),
    ...bank.map(({ currency, unexplainedMinor }) => ({
      at: 'bank' as const,
      currency,
      minor: unexplainedMinor,
    })),
  ];
  const keys = [...new Set(parts.map(({ at, currency }) => `${currency} ${at}`))].sort();
  return keys.map((key) => {
    const same = parts.filter(({ at, currency }) => `${currency} ${at}` === key);
    const { at, currency } = same[0] as Unexplained;
    return { at, currency, minor: `${sumOf(same, ({ minor }) => BigInt(minor))}` };
  });
}

export interface Unexplained {
  /** Not with us at all, with another amount, or at the bank. */
  readonly at: 'unmatched' | 'differs' | 'bank';
  readonly currency: string;
  readonly minor: string;
}

/** Lines that nobody can explain: not with us at all, or with a difference that has no name. */
export const doubtfulLines = ({ batches }: Pick<SettlementContent, 'batches'>): number =>
  batches.reduce((sum, { unmatchedLines, unexplainedLines }) => sum + unmatchedLines + unexplainedLines, 0);

/** Accounts that should have got money, and of which no statement says whether they did. */
export const unseenAccounts = ({ bank }: Pick<SettlementContent, 'bank'>): number =>
  bank.filter(({ netMinor, statementMinor }) => netMinor !== '0' && statementMinor === null).length;

/** Accounts of which the bank says something else than the provider, and nobody knows why. */
export const doubtfulAccounts = ({ bank }: Pick<SettlementContent, 'bank'>): number =>
  bank.filter(({ unexplainedMinor = '0' }) => unexplainedMinor !== '0').length;
