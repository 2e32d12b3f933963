import { ProblemException, type Queryable } from '@defter/platform';
import { requestProblems } from '../ledger.problems.js';

const ISO = (instant: string): string =>
  `to_char((${instant}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const READ = `
select sequence::float8 as sequence, encode(hash, 'hex') as hash,
  coalesce(revision = restored_revision, revision = 0 and last_batch = 0) as open,
  ${ISO('clock_timestamp()')} as now,
  ${ISO('select recorded_at from batch b where b.ledger_id = $1 order by b.batch desc limit 1')} as latest
from ledger_head where ledger_id = $1`;

const GO_ON = `
update ledger_head set revision = revision + $2::bigint, restored_revision = revision + $2::bigint
where ledger_id = $1`;

// The version of the settings rises, too: the rules are others now.
const END = `
update ledger_head set restored_revision = null, settings_version = settings_version + 1
where ledger_id = $1`;

/** A ledger into which something is imported, as it is while its head is locked. */
export interface Restoring {
  readonly sequence: number;
  readonly hash: string;
  /** Nothing was ever committed, or nothing but the import that goes on now. */
  readonly open: boolean;
  /** The database's clock, and the time of the last batch, null when there is none. */
  readonly now: string;
  readonly latest: string | null;
}

/** Reads how far the import is; the head must be locked. */
export const readRestoring = async (locked: Queryable, ledgerId: number): Promise<Restoring> => {
  const [row] = await locked.query<Restoring>(READ, [ledgerId]);
  if (row === undefined) throw new Error(`Ledger ${ledgerId} has no head`);
  return row;
};

/**
 * An import is not decided: no rule of money is applied to it. So it goes into a ledger that has nothing of
 * its own, and never again once it ended. @throws ProblemException `import-conflict`
 */
export const expectOpen = ({ open }: Restoring): void => {
  if (!open) throw conflict('It has commits of its own, or its import ended; import into a new ledger');
};

/** Marks the ledger as being restored; `commits` of this transaction that raised no revision yet. */
export const markRestoring = async (locked: Queryable, ledgerId: number, commits: 0 | 1): Promise<void> => {
  await locked.query(GO_ON, [ledgerId, commits]);
};

/** From here on it is a ledger like any other. */
export const endRestoring = async (locked: Queryable, ledgerId: number): Promise<void> => {
  await locked.query(END, [ledgerId]);
};

/** The ledger takes nothing of what is imported. */
export const conflict = (detail: string): ProblemException =>
  new ProblemException('import-conflict', requestProblems['import-conflict'], detail);
