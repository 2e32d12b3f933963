import type { LedgerState, Posting, RecordedTransaction } from '@defter/ledger-domain';
import type { Dice } from './dice.js';

const ASSET = 'TRY/2';
const DEPOSIT = 1_000_000n;
const CHANNELS = ['web', 'app', 'pos', 'kiosk'];
const TIERS = ['gold', 'silver'];

/** What the transactions of a made ledger look like. */
export interface Makings {
  readonly dice: Dice;
  /** Wallets `users:<n>:main`; a hundredth as many merchants `merchants:<n>`. */
  readonly accounts: number;
  /** The first transactions are one deposit for each wallet. */
  readonly everyWallet?: boolean;
}

const user = (index: number): string => `users:${index}:main`;
const merchant = (index: number): string => `merchants:${index}`;

/** One wallet in ten gets nine in ten of the transactions, as wallets do. */
const someUser = ({ dice, accounts }: Makings): string =>
  user(dice.below(dice.chance(90) ? Math.ceil(accounts / 10) : accounts));

const posting = (source: string, destination: string, amount: bigint): Posting => ({
  source,
  destination,
  asset: ASSET,
  amount,
});

/** The next transaction: a transfer, a payment with a fee, a deposit or a withdrawal, within the funds. */
export const madeTransaction = (
  id: number,
  timestamp: string,
  makings: Makings,
  state: LedgerState,
): RecordedTransaction => {
  const { dice } = makings;
  const postings = postingsOf(id, makings, state);
  const deposit = postings[0]?.source === 'world';
  return {
    id,
    status: 'posted',
    postings,
    ...(dice.chance(10) ? { reference: `order-${id}` } : {}),
    timestamp,
    metadata: dice.chance(5) ? { channel: CHANNELS[dice.below(4)] ?? '', order: `o-${id}` } : {},
    ...(deposit && dice.chance(5)
      ? { accountMetadata: { [postings[0]?.destination ?? '']: { tier: TIERS[dice.below(2)] ?? '' } } }
      : {}),
  };
};

const postingsOf = (id: number, makings: Makings, state: LedgerState): Posting[] =>
  makings.everyWallet === true && id <= makings.accounts
    ? [posting('world', user(id - 1), DEPOSIT)]
    : madePostings(makings, state);

const madePostings = (makings: Makings, state: LedgerState): Posting[] => {
  const { dice, accounts } = makings;
  const from = someUser(makings);
  const amount = BigInt(100 + dice.below(20_000));
  const { input, output } = state.balance(from, ASSET);
  if (input - output < amount) return [posting('world', from, DEPOSIT)];
  const kind = dice.below(100);
  if (kind < 5) return [posting(from, 'world', amount)];
  if (kind < 30) {
    const shop = merchant(dice.below(Math.ceil(accounts / 100)));
    const fee = amount / 50n;
    return [posting(from, shop, amount), posting(shop, 'fees:payments', fee)];
  }
  return [posting(from, user(dice.below(accounts)), amount)];
};
