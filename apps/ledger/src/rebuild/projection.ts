import { FOLD_ACCOUNT_METADATA, FOLD_NEW_ACCOUNTS } from './account.sql.js';
import { FOLD_BALANCES } from './balance.sql.js';
import { ACCOUNT_COUNT, type Beside, LATEST_EFFECTIVE } from './beside.sql.js';
import {
  FOLD_DATED_ENTRIES,
  FOLD_DATED_HOURS,
  FOLD_DATED_RUNS,
  FOLD_PENDING_ENTRIES,
} from './history.sql.js';
import { FOLD_CHANGED_HOLDS, FOLD_NEW_HOLDS } from './hold.sql.js';
import { FOLD_MISMATCHES } from './mismatch.sql.js';
import { FOLD_POSTINGS } from './posting.sql.js';
import {
  FOLD_ENDED,
  FOLD_NEW_TRANSACTIONS,
  FOLD_REVERTED,
  FOLD_TRANSACTION_METADATA,
} from './transaction.sql.js';

/** A table that follows from the events, and how. */
export interface Projection {
  /** The live table; `rebuilt_<table>` stands beside it. */
  readonly table: string;
  /** The primary key, after the ledger's number. */
  readonly key: readonly string[];
  /** What is compared beside the key; null and empty metadata are the same. */
  readonly columns: readonly string[];
  /** Statements that take `$1` ledger, `$2` after, `$3` up to, in this order. */
  readonly fold: readonly string[];
  /** Columns that the events don't give, and what a restored row has in them until its next change. */
  readonly restored: Readonly<Record<string, string>>;
  /** Which rows count, where not all do. */
  readonly where?: string;
  /**
   * Where commits make new rows from what earlier rows say: those that were written after event `$2`, and
   * are put right together with the rows that were wrong before.
   */
  readonly since?: string;
  /** What else is compared and mended with it. */
  readonly beside?: readonly Beside[];
}

const MOVEMENT = ['source', 'destination', 'asset', 'amount'];

export const PROJECTIONS: Readonly<Record<string, Projection>> = {
  balance: {
    table: 'balance',
    key: ['account', 'asset'],
    columns: ['input', 'output', 'pending_in', 'pending_out'],
    fold: [FOLD_BALANCES],
    // No limits: the decisions hold them, and the next commit that touches the balance writes them again.
    // The first sequence isn't known, which is always right.
    restored: {
      floor: 'null',
      ceiling: 'null',
      first_sequence: '0',
      sequence: '(select sequence from ledger_head where ledger_head.ledger_id = $1)',
    },
  },
  transaction: {
    table: 'transaction',
    key: ['transaction_id'],
    columns: [
      ...['sequence', 'status', 'effective_at', 'reference', 'expires_at', 'reverts', 'reverted_by'],
      'metadata',
    ],
    fold: [FOLD_NEW_TRANSACTIONS, FOLD_REVERTED, FOLD_ENDED, FOLD_TRANSACTION_METADATA],
    restored: {},
  },
  hold: {
    table: 'hold',
    key: ['transaction_id', 'position'],
    columns: [...MOVEMENT, 'captured', 'remaining'],
    fold: [FOLD_NEW_HOLDS, FOLD_CHANGED_HOLDS],
    restored: {},
  },
  account: {
    table: 'account',
    key: ['address'],
    columns: ['first_sequence', 'inserted_at', 'metadata'],
    fold: [FOLD_NEW_ACCOUNTS, FOLD_ACCOUNT_METADATA],
    restored: {},
    beside: [ACCOUNT_COUNT],
  },
  posting: {
    table: 'posting',
    key: ['sequence', 'position'],
    columns: ['transaction_id', 'effective_at', ...MOVEMENT],
    fold: [FOLD_POSTINGS],
    restored: {},
  },
  dated_entry: {
    table: 'dated_entry',
    key: ['account', 'asset', 'effective_at', 'sequence', 'position'],
    columns: ['recorded_at', 'input', 'output'],
    fold: [FOLD_DATED_ENTRIES],
    restored: {},
    beside: [LATEST_EFFECTIVE],
  },
  dated_hour: {
    table: 'dated_hour',
    key: ['account', 'asset', 'hour'],
    columns: ['input', 'output'],
    fold: [FOLD_DATED_HOURS],
    restored: {},
    // Whether hours that even out have a row depends on how commands shared commits.
    where: 'input <> 0 or output <> 0',
  },
  dated_run: {
    table: 'dated_run',
    key: ['account', 'first_sequence'],
    columns: ['last_sequence'],
    fold: [FOLD_DATED_RUNS],
    restored: {},
    // Whether a posting goes on with a run is read from the run before it.
    since: 'last_sequence > $2',
  },
  pending_entry: {
    table: 'pending_entry',
    key: ['account', 'asset', 'sequence'],
    columns: ['pending_in', 'pending_out'],
    fold: [FOLD_PENDING_ENTRIES],
    restored: {},
  },
  mismatch: {
    table: 'mismatch',
    key: ['sequence', 'part'],
    columns: [
      ...['kind', 'origin', 'transaction_id', 'account', 'asset', 'expected', 'actual', 'refusal'],
      'recorded_at',
    ],
    fold: [FOLD_MISMATCHES],
    restored: {},
    // What comparisons found is in no event.
    where: "origin = 'command'",
  },
};

/** A column in its canonical form, so that equal rows are equal texts. */
export const canonical = (column: string, alias: string): string =>
  column === 'metadata' ? `coalesce(${alias}.metadata, '{}'::jsonb)` : `${alias}.${column}`;
