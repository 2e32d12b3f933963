/** What the seeded ledger holds; questions are about rows that are there. */
export interface SeededSize {
  readonly transactions: number;
  readonly accounts: number;
}

export interface ListQuestion {
  readonly name: string;
  readonly method?: 'GET' | 'HEAD';
  /** Another question each time. */
  readonly path: (size: SeededSize) => string;
}

const below = (limit: number): number => Math.floor(Math.random() * limit);
const DAY_MS = 24 * 3_600_000;

const asked = (list: string, filter: object, more = ''): string =>
  `/${list}?pageSize=100${more}&query=${encodeURIComponent(JSON.stringify(filter))}`;

/** A day of the seeded year. */
const day = (field: string): object[] => {
  const from = Date.now() - (2 + below(360)) * DAY_MS;
  return [
    { $gte: { [field]: new Date(from).toISOString() } },
    { $lt: { [field]: new Date(from + DAY_MS).toISOString() } },
  ];
};

const user = ({ accounts }: SeededSize): string => `users:${below(accounts)}:main`;

/** Every list, by what people ask of it; a hundred rows each. */
export const LIST_QUESTIONS: readonly ListQuestion[] = [
  { name: 'transactions', path: () => '/transactions?pageSize=100' },
  {
    name: 'transactions, deep',
    path: ({ transactions }) => asked('transactions', { $lt: { id: below(transactions) } }),
  },
  {
    name: 'transactions of an account',
    path: (size) => asked('transactions', { $match: { account: user(size) } }),
  },
  {
    name: 'transactions of the busiest account',
    path: ({ transactions }) =>
      asked('transactions', {
        $and: [{ $match: { destination: 'fees:payments' } }, { $lt: { id: below(transactions) } }],
      }),
  },
  {
    name: 'transactions of an account on a day',
    path: (size) =>
      asked('transactions', { $and: [{ $match: { account: user(size) } }, ...day('timestamp')] }),
  },
  {
    name: 'transactions by a partial address',
    path: ({ accounts }) => asked('transactions', { $match: { account: `users:${below(accounts)}:` } }),
  },
  {
    name: 'transactions by a partial address of many',
    path: () => asked('transactions', { $match: { destination: 'users::main' } }),
  },
  {
    name: 'transactions by reference',
    path: ({ transactions }) =>
      asked('transactions', { $match: { reference: `order-${below(transactions)}` } }),
  },
  {
    name: 'transactions by rare metadata',
    path: ({ transactions }) =>
      asked('transactions', { $match: { 'metadata[order]': `o-${below(transactions)}` } }),
  },
  {
    name: 'transactions by common metadata',
    path: () => asked('transactions', { $match: { 'metadata[channel]': 'web' } }),
  },
  { name: 'transactions of a day', path: () => asked('transactions', { $and: day('timestamp') }) },
  {
    name: 'transactions recorded on a day',
    path: () => asked('transactions', { $and: day('insertedAt') }),
  },
  {
    name: 'transactions of a status',
    path: () => asked('transactions', { $match: { status: 'pending' } }),
  },
  { name: 'count of transactions', method: 'HEAD', path: () => '/transactions' },
  {
    name: 'count of an account’s transactions',
    method: 'HEAD',
    path: (size) =>
      `/transactions?query=${encodeURIComponent(JSON.stringify({ $match: { account: user(size) } }))}`,
  },
  { name: 'accounts with volumes', path: () => '/accounts?pageSize=100&expand=volumes' },
  {
    name: 'accounts below an address',
    path: () => asked('accounts', { $match: { address: 'merchants:' } }),
  },
  {
    name: 'accounts by metadata',
    path: () => asked('accounts', { $match: { 'metadata[tier]': 'gold' } }),
  },
  {
    name: 'accounts by balance',
    path: () => asked('accounts', { $gt: { 'balance[TRY/2]': 500_000 } }),
  },
  { name: 'volumes', path: () => '/volumes?pageSize=100' },
  {
    name: 'volumes below an address',
    path: () => asked('volumes', { $match: { account: 'merchants:' } }),
  },
  {
    name: 'balances added up below an address',
    path: () => `/aggregate/balances?address=merchants`,
  },
  { name: 'all balances added up', path: () => '/aggregate/balances' },
  { name: 'volumes of groups', path: () => '/volumes?pageSize=100&groupBy=1' },
  { name: 'logs', path: () => '/logs?pageSize=100' },
  { name: 'logs of a day', path: () => asked('logs', { $and: day('date') }) },
  { name: 'logs of a type', path: () => asked('logs', { $match: { type: 'SET_METADATA' } }) },
];
