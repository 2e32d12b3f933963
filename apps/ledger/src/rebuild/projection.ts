import { FOLD_ACCOUNT_METADATA, FOLD_NEW_ACCOUNTS } from './account.sql.js';
import { FOLD_BALANCES } from './balance.sql.js';
import { FOLD_CHANGED_HOLDS, FOLD_NEW_HOLDS } from './hold.sql.js';
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
  },
  posting: {
    table: 'posting',
    key: ['sequence', 'position'],
    columns: ['transaction_id', 'effective_at', ...MOVEMENT],
    fold: [FOLD_POSTINGS],
    restored: {},
  },
};

/** A column in its canonical form, so that equal rows are equal texts. */
export const canonical = (column: string, alias: string): string =>
  column === 'metadata' ? `coalesce(${alias}.metadata, '{}'::jsonb)` : `${alias}.${column}`;
