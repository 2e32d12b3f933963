import {
  decodeEvent,
  type LedgerEvent,
  type LedgerState,
  type Posting,
  type TransactionState,
} from '@defter/ledger-domain';
import { columnOf } from './columns.js';
import type { KnownKey } from './draft.js';
import type { Connection } from '@defter/platform';
import { type Head, headOf, WRITER_SESSION } from './head.js';
import { LOAD_SQL, type LoadedRow } from './load.sql.js';
import { type Needs, needsOfPostings, NO_NEEDS } from './needs.js';
import { decodeRefusal } from './refusal.wire.js';

/** Runs a prepared statement, on the pool of the writers or inside the transaction that holds the head. */
export interface Runner {
  run<R extends object>(statement: { name: string; text: string; values: unknown[] }): Promise<{ rows: R[] }>;
}

/** Which ledger, and whether it must be known which of the accounts exist. */
export interface LedgerToLoad {
  readonly ledgerId: number;
  readonly strict: boolean;
}

/** Reads the head and what a batch needs. */
export const readNeeds = async (
  runner: Runner,
  { ledgerId, strict }: LedgerToLoad,
  needs: Needs,
): Promise<LoadedRow> => {
  const { rows } = await runner.run<LoadedRow>({
    name: 'ledger-load',
    text: LOAD_SQL,
    values: [
      ledgerId,
      columnOf('free', needs.keys),
      columnOf('free', needs.references),
      columnOf('plain', needs.transactionIds),
      columnOf('plain', needs.accounts),
      columnOf('free', needs.assets),
      strict,
    ],
  });
  const [row] = rows;
  if (row === undefined) throw new Error(`Ledger ${ledgerId} has no head`);
  return row;
};

const SESSION = Object.entries(WRITER_SESSION).map(([name, value]) => `set local ${name} = ${value};`);

/** Begins a transaction and locks the head: until it ends, nobody else writes to the ledger. */
export const beginWithHead = async (connection: Connection, ledgerId: number): Promise<Head> => {
  const lock = `select 1 from ledger_head where ledger_id = ${ledgerId} for update`;
  await connection.query(`begin; ${SESSION.join(' ')} ${lock}`);
  // Read by a later statement, whose snapshot is taken after the lock: whoever held it before has committed.
  return headOf(await readNeeds(connection, { ledgerId, strict: false }, NO_NEEDS));
};

/**
 * Puts what was read into the state. What the state knows of transactions stays: it comes from a batch that
 * may be on its way still.
 * @returns the heads under which something more had to be read; they must all be the same
 */
export const fillState = async (
  runner: Runner,
  ledger: LedgerToLoad,
  row: LoadedRow,
  state: LedgerState,
): Promise<readonly Head[]> => {
  fillBalances(state, row);
  const transactions = (row.transactions ?? []).map(toTransaction);
  for (const transaction of transactions) {
    if (!state.knowsTransaction(transaction.id)) state.setTransaction(transaction);
  }
  const held = needsOfPostings(
    transactions.flatMap((each) => ('postings' in each ? each.postings : [])),
    state,
  );
  if (held.accounts.length === 0) return [];
  const more = await readNeeds(runner, ledger, held);
  fillBalances(state, more);
  return [headOf(more)];
};

const fillBalances = (state: LedgerState, row: LoadedRow): void => {
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

/** What the database knows of the batch's keys. */
export const knownKeys = (row: LoadedRow): Map<string, KnownKey> => {
  const known = new Map<string, KnownKey>();
  for (const { key, fingerprint, sequence, type, recordedAt, payload } of row.accepted ?? []) {
    const decoded = decodeEvent(type as LedgerEvent['type'], payload);
    const record = { sequence, recordedAt, key, ...decoded };
    known.set(key, { fingerprint, outcome: { accepted: true, hit: true, record } });
  }
  for (const { key, fingerprint, refusal } of row.refused ?? []) {
    known.set(key, {
      fingerprint,
      outcome: { accepted: false, hit: true, refusal: decodeRefusal(refusal) },
    });
  }
  return known;
};
