import { isAddress } from '@defter/ledger-domain';
import { malformed } from '@defter/platform';
import { EVERYTHING, type Filter } from '../filters/filter.js';
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
export const accountView = (row: AccountRow, { volumes, effectiveVolumes }: ShownBalances) => ({
  ...row,
  // The names under which the published client looks for it.
  firstUsage: row.insertedAt,
  insertionDate: row.insertedAt,
  ...(volumes === undefined ? {} : { volumes: volumesOf(row, volumes) }),
  ...(effectiveVolumes === undefined ? {} : { effectiveVolumes: volumesOf(row, effectiveVolumes) }),
});

/** Balances of the accounts shown, where they were asked for. */
interface ShownBalances {
  readonly volumes: readonly BalanceRow[] | undefined;
  readonly effectiveVolumes: readonly BalanceRow[] | undefined;
}

const volumesOf = ({ address }: AccountRow, balances: readonly BalanceRow[]): Volumes =>
  volumesView(balances.filter(({ account }) => account === address));

/** What is asked for beside the account itself. */
export interface Expansions {
  readonly volumes: boolean;
  readonly effectiveVolumes: boolean;
}

const EXPANSIONS = ['volumes', 'effectiveVolumes'];

/** What `expand` asks for. @throws ProblemException `malformed` for other expansions */
export const toExpansions = (expand: readonly string[] = []): Expansions => {
  if (expand.every((name) => EXPANSIONS.includes(name)))
    return { volumes: expand.includes('volumes'), effectiveVolumes: expand.includes('effectiveVolumes') };
  throw malformed([{ loc: ['query', 'expand'], msg: `must be ${EXPANSIONS.join(' or ')}`, type: 'enum' }]);
};

/** `groupBy`: the number of segments that name a group. @throws ProblemException `malformed` */
export const toSegments = ([text, second]: readonly string[] = []): number | undefined => {
  // What users of this shape send for “not grouped”.
  if (text === undefined || text === '0') return undefined;
  if (second === undefined && /^[1-9]\d?$/.test(text)) return parseInt(text, 10);
  const msg = 'must be the number of segments that name a group, from 1 to 99';
  throw malformed([{ loc: ['query', 'groupBy'], msg, type: 'integer' }]);
};

/** `address`: that address and all below it. @throws ProblemException `malformed` */
export const below = ([address, second]: readonly string[] = []): Filter => {
  if (address === undefined) return EVERYTHING;
  if (second !== undefined || !isAddress(address))
    throw malformed([{ loc: ['query', 'address'], msg: 'must be one address', type: 'address' }]);
  const segments = address.split(':');
  return {
    kind: 'address',
    field: 'address',
    patterns: [
      { segments, open: false },
      { segments, open: true },
    ],
  };
};
