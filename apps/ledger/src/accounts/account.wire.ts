import type { AccountRow, BalanceRow } from './account.read.js';

type Volumes = Readonly<Record<string, { input: bigint; output: bigint; balance: bigint }>>;

/** Volumes by asset: what came in, what went out, the difference. */
export const volumesView = (rows: readonly BalanceRow[]): Volumes =>
  Object.fromEntries(
    rows.map(({ asset, input, output }) => [asset, { input, output, balance: input - output }]),
  );

/** The balance of an account in an asset; `available` = `posted` − open outgoing holds. */
export const balanceView = ({ asset, input, output, pendingIn, pendingOut }: BalanceRow) => {
  const posted = input - output;
  return { asset, posted, pendingOut, pendingIn, available: posted - pendingOut };
};

/** A row of the list of all balances. */
export const accountVolumesView = (row: BalanceRow) => ({
  account: row.account,
  ...balanceView(row),
  balance: row.input - row.output,
  input: row.input,
  output: row.output,
});

/** An account, with its volumes when they were asked for. */
export const accountView = (row: AccountRow, balances: readonly BalanceRow[] | undefined) => ({
  ...row,
  // The names under which the published client looks for it.
  firstUsage: row.insertedAt,
  insertionDate: row.insertedAt,
  ...(balances === undefined
    ? {}
    : { volumes: volumesView(balances.filter(({ account }) => account === row.address)) }),
});
