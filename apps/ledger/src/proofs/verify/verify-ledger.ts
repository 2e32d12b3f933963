import { type Database, notFound, ProblemException } from '@defter/platform';
import { originOf } from '@defter/ledger-domain';
import { requestProblems } from '../../ledger.problems.js';
import type { CheckpointRow } from '../checkpoint.read.js';
import type { NoteKey } from '../signed-note.js';
import { AccountCheck } from './account-check.js';
import { type Finding, Findings } from './findings.js';
import { LogCheck } from './log-check.js';
import { checkHead, checkSideTables } from './side-tables.js';

/** How far a verification is. */
export interface Progress {
  readonly phase: 'log' | 'accounts' | 'other tables';
  /** Events, or accounts. */
  readonly done: number;
  /** Where it is known. */
  readonly of?: number;
}

/** What a verification found out. */
export interface Summary {
  readonly ledger: string;
  readonly sequence: number;
  readonly batches: number;
  readonly accounts: number;
  readonly checkpoints: number;
  /** The root of the tree over all batches, in base64: what the next checkpoint would sign. */
  readonly root: string | null;
  readonly findings: number;
  readonly findingsByTable: Readonly<Record<string, number>>;
}

export interface VerifyOptions {
  readonly tenantId: string;
  readonly ledger: string;
  /** The first part of the ledger's origin. */
  readonly installation: string;
  readonly keys: readonly NoteKey[];
  /** A checkpoint that somebody kept elsewhere: only it can show that the end was cut off. */
  readonly held?: CheckpointRow;
  readonly onFinding: (finding: Finding) => void;
  readonly onProgress: (progress: Progress) => void;
}

// One snapshot for everything, plans for whole tables, and instants that read the same everywhere.
const BEGIN = `begin isolation level repeatable read read only;
set local timezone = 'UTC'; set local jit = off; set local cursor_tuple_fraction = 1;
set local work_mem = '64MB'`;

/** A verification that began: it holds the ledger's lock and a snapshot. */
export interface Verification {
  run(): Promise<Summary>;
}

/**
 * Begins to verify a ledger from its rows alone, in one snapshot, while the ledger serves. Memory stays
 * bounded, whatever the rows hold. `database` should allow statements of hours. @throws ProblemException
 * `ledger-not-found`, `verification-runs`
 */
export const beginVerification = async (
  database: Database,
  options: VerifyOptions,
): Promise<Verification> => {
  const connection = await database.session();
  try {
    const { tenantId, ledger } = options;
    const find = 'select ledger_id as "ledgerId" from ledger where tenant_id = $1 and name = $2';
    const [row] = await connection.query<{ ledgerId: number }>(find, [tenantId, ledger]);
    if (row === undefined) throw notFound(`Tenant ${tenantId} has no ledger ${ledger}`);
    const lock = 'select pg_try_advisory_lock(hashtextextended($1, 0)) as taken';
    const [locked] = await connection.query<{ taken: boolean }>(lock, [`defter verify ${row.ledgerId}`]);
    if (locked?.taken !== true) {
      throw new ProblemException('verification-runs', requestProblems['verification-runs']);
    }
    await connection.query(BEGIN);
    return { run: () => all(connection, row.ledgerId, options).finally(() => end(connection)) };
  } catch (error) {
    connection.release(true);
    throw error;
  }
};

type Session = Awaited<ReturnType<Database['session']>>;

/** The lock goes before the answer does: the server notices a closed connection only some time later. */
const end = async (connection: Session): Promise<void> => {
  try {
    await connection.query('rollback');
    await connection.query('select pg_advisory_unlock_all()');
  } catch {
    // The session was lost, and its lock with it.
  }
  connection.release(true);
};

const all = async (connection: Session, ledgerId: number, options: VerifyOptions): Promise<Summary> => {
  const { tenantId, ledger, installation, keys, held, onProgress } = options;
  const findings = new Findings(options.onFinding);
  const head = 'select sequence::float8 as sequence from ledger_head where ledger_id = $1';
  const [{ sequence: of } = { sequence: 0 }] = await connection.query<{ sequence: number }>(head, [ledgerId]);
  const origin = originOf(installation, tenantId, ledger);
  const end = await LogCheck.run(connection, ledgerId, {
    findings,
    trust: { keys, origin, ...(held === undefined ? {} : { held }) },
    onEvents: (done) => onProgress({ phase: 'log', done, of }),
  });
  const accounts = await AccountCheck.run(connection, ledgerId, findings, (done) =>
    onProgress({ phase: 'accounts', done }),
  );
  onProgress({ phase: 'other tables', done: 0 });
  await checkHead(connection, ledgerId, end, findings);
  await checkSideTables(connection, ledgerId, findings);
  return {
    ledger,
    sequence: end.sequence,
    batches: end.batch,
    accounts,
    checkpoints: end.checkpoints,
    root: end.root,
    findings: findings.total,
    findingsByTable: findings.byTable,
  };
};
