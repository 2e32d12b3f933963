import {
  decodeEvent,
  type LedgerEvent,
  type LedgerState,
  type Posting,
  type TransactionState,
} from '@defter/ledger-domain';
import type { Connection } from '@defter/platform';
import type { KnownKey } from './draft.js';
import { LOAD_SQL, type LoadedRow } from './load.sql.js';
import { type Needs, needsOf, needsOfPostings } from './needs.js';
import { decodeRefusal } from './refusal.wire.js';
import type { Group } from './submission.js';

/** What a batch is decided on, beside the state: the time of recording and the keys that were used before. */
export interface Loaded {
  readonly at: string;
  readonly known: Map<string, KnownKey>;
}

/** Reads what the groups need into the state. Call it with the head locked. */
export const load = async (
  connection: Connection,
  ledger: { readonly ledgerId: number; readonly strict: boolean },
  groups: readonly Group[],
  state: LedgerState,
): Promise<Loaded> => {
  const row = await read(connection, ledger, needsOf(groups, state));
  fill(state, row);
  const transactions = (row.transactions ?? []).map(toTransaction);
  for (const transaction of transactions) state.setTransaction(transaction);
  const held = needsOfPostings(
    transactions.flatMap((each) => ('postings' in each ? each.postings : [])),
    state,
  );
  if (held.accounts.length > 0) fill(state, await read(connection, ledger, held));
  return { at: row.at, known: knownKeys(row) };
};

const read = async (
  connection: Connection,
  { ledgerId, strict }: { readonly ledgerId: number; readonly strict: boolean },
  needs: Needs,
): Promise<LoadedRow> => {
  const { rows } = await connection.run<LoadedRow>({
    name: 'ledger-load',
    text: LOAD_SQL,
    values: [
      ledgerId,
      needs.keys,
      needs.references,
      needs.transactionIds,
      needs.accounts,
      needs.assets,
      strict,
    ],
  });
  const [row] = rows;
  if (row === undefined) throw new Error('The load statement gave no row');
  return row;
};

const fill = (state: LedgerState, row: LoadedRow): void => {
  for (const [account, asset, input, output, pendingIn, pendingOut] of row.balances ?? []) {
    const balance = {
      input: BigInt(input),
      output: BigInt(output),
      pendingIn: BigInt(pendingIn),
      pendingOut: BigInt(pendingOut),
    };
    state.setBalance(account, asset, balance);
    if (state.isBeyondLimit(account, asset)) state.excuse(account, asset);
  }
  for (const address of row.accounts ?? []) state.setAccount(address);
};

const toTransaction = (row: NonNullable<LoadedRow['transactions']>[number]): TransactionState => {
  const named = row.reference === null ? {} : { reference: row.reference };
  const rows = row.postings ?? [];
  const postings: Posting[] = rows.map(([source, destination, asset, amount]) => ({
    source,
    destination,
    asset,
    amount: BigInt(amount),
  }));
  const { id, status } = row;
  if (status === 'posted')
    return { status, id, postings, timestamp: row.timestamp, revertedBy: row.revertedBy, ...named };
  if (status !== 'pending') return { status, id, ...named };
  const remaining = rows.map(([, , , , held]) => BigInt(held ?? '0'));
  return {
    status,
    id,
    postings,
    remaining,
    ...named,
    ...(row.expiresAt === null ? {} : { expiresAt: row.expiresAt }),
  };
};

const knownKeys = (row: LoadedRow): Map<string, KnownKey> => {
  const known = new Map<string, KnownKey>();
  for (const { key, fingerprint, sequence, type, recordedAt, payload } of row.accepted ?? []) {
    const decoded = decodeEvent(type as LedgerEvent['type'], payload);
    known.set(key, {
      fingerprint: Buffer.from(fingerprint, 'hex'),
      outcome: { accepted: true, hit: true, record: { sequence, recordedAt, key, ...decoded } },
    });
  }
  for (const { key, fingerprint, refusal } of row.refused ?? []) {
    known.set(key, {
      fingerprint: Buffer.from(fingerprint, 'hex'),
      outcome: { accepted: false, hit: true, refusal: decodeRefusal(refusal) },
    });
  }
  return known;
};
