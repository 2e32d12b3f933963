import type { Books } from './books.js';
import { drifted, readBooks, sumOf } from './books.js';
import { type DepositsPlayed, playDeposits } from './deposits.js';
import { type Differences, differences, playReconciliation, type Reconciled } from './reconciling.js';
import type { Stage } from './stage.js';
import { playWithdrawals, type Withdrawal } from './withdrawals.js';

/** One sentence that must be true, and the figures that show it. */
export interface Check {
  readonly claim: string;
  readonly holds: boolean;
  readonly figures: string;
}

/** Everything that happened, for the table. */
export interface Story {
  readonly deposits: DepositsPlayed;
  readonly withdrawals: readonly Withdrawal[];
  readonly books: Books;
  readonly reconciled: Reconciled;
  readonly checks: readonly Check[];
}

export interface StoryScale {
  readonly deposits: number;
  readonly withdrawals: number;
}

/** Plays the main job through the public APIs and reads the books afterwards. */
export const playStory = async (
  stage: Stage,
  scale: StoryScale,
  say: (line: string) => void,
): Promise<Story> => {
  say(
    `${scale.deposits} deposits, with duplicated, reordered and delayed webhooks; ` +
      'the ledger is killed meanwhile',
  );
  const deposits = await playDeposits(stage, scale.deposits);
  say(deposits.killed);
  say(`${scale.withdrawals} withdrawals, each approved by another person`);
  const withdrawals = await playWithdrawals(stage, scale.withdrawals, deposits.intents);
  say('Four faults in the settlement file; reconciliation');
  const sent = withdrawals.filter(({ payout }) => payout?.operation !== null && payout !== undefined).length;
  const reconciled = await playReconciliation(stage, scale.deposits + sent);
  say('Reading the books');
  const books = await readBooks(stage);
  return {
    deposits,
    withdrawals,
    books,
    reconciled,
    checks: checksOf({ deposits, withdrawals, books, reconciled }),
  };
};

const total = (amounts: readonly (number | bigint)[]): bigint =>
  amounts.reduce<bigint>((sum, amount) => sum + BigInt(amount), 0n);

/** Withdrawals that ended in one of the states. */
export const ended = (withdrawals: readonly Withdrawal[], ...states: readonly string[]) =>
  withdrawals.flatMap(({ payout }) =>
    payout !== undefined && states.includes(payout.status) ? [payout] : [],
  );

const checksOf = ({ deposits, withdrawals, books, reconciled }: Omit<Story, 'checks'>): Check[] => {
  const credited = new Set(books.keys.filter((key) => key.startsWith('deposit:')));
  const creditedTwice = books.keys.length - new Set(books.keys).size;
  const operations = deposits.intents.flatMap(({ attempts }) =>
    attempts.map(({ operation_id }) => `deposit:${operation_id}`),
  );
  const lost = operations.filter((key) => !credited.has(key));
  const strangers = [...credited].filter((key) => !operations.includes(key));
  const moneyIn = total(deposits.wishes.map(({ amount }) => amount));
  const paid = total(ended(withdrawals, 'paid').map(({ amount_minor }) => amount_minor));
  const wallets = sumOf(books, 'users:');
  const drift = drifted(books);
  const zero = [...books.accounts.values()].reduce((sum, { posted }) => sum + posted, 0n);
  const returned = ended(withdrawals, 'returned').map(({ operation }) => operation?.operation_id ?? '');
  const compared = differences(reconciled, returned);
  const asPlanned = withdrawals.filter(
    ({ wish, payout }) => (payout?.status ?? 'refused') === PLANNED[wish.fate],
  ).length;
  return [
    check(
      'no acknowledged deposit is lost',
      lost.length === 0,
      `${operations.length} acknowledged, ${lost.length} missing`,
    ),
    check(
      'none is booked twice or out of nowhere',
      creditedTwice + strangers.length === 0,
      `${creditedTwice} doubled, ${strangers.length} unknown`,
    ),
    check(
      'every withdrawal ended as it had to',
      asPlanned === withdrawals.length,
      `${asPlanned} of ${withdrawals.length}`,
    ),
    check('wallets = in − out', wallets === moneyIn - paid, `${wallets} = ${moneyIn} − ${paid}`),
    check(
      'nothing is held any more',
      sumOf(books, 'users:', 'held') === 0n,
      `${sumOf(books, 'users:', 'held')}`,
    ),
    check(
      'each balance is the fold of its events',
      drift.length === 0,
      `${books.accounts.size} accounts, ${books.events} events, ${drift.length} differ`,
    ),
    check('all accounts sum to zero', zero === 0n, `${zero}`),
    check(
      'findings found = faults injected + payouts that came back',
      compared.missed.length + compared.invented.length === 0,
      foundFigures(reconciled, returned.length, compared),
    ),
  ];
};

const PLANNED = {
  paid: 'paid',
  refused: 'refused',
  declined: 'failed',
  rejected: 'rejected',
  returned: 'returned',
} as const;

const check = (claim: string, holds: boolean, figures: string): Check => ({ claim, holds, figures });

/** `5 found: 4 faults injected, 1 payout that came back`, and by name what is wrong with that. */
export const foundFigures = (
  { injected, findings }: { readonly injected: readonly unknown[]; readonly findings: readonly unknown[] },
  returned: number,
  { missed, invented, wanted }: Differences,
): string => {
  const wrong = [...missed.map((each) => `missed ${each}`), ...invented.map((each) => `unexpected ${each}`)];
  const payouts = `${returned} ${returned === 1 ? 'payout' : 'payouts'} that came back`;
  const why = `${injected.length} faults injected, ${payouts}`;
  const count = findings.length === wanted ? `${wanted} found` : `${findings.length} found, not ${wanted}`;
  return [`${count}: ${why}`, ...wrong].join('; ');
};
