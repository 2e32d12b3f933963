import { type Connection, type Database } from '@defter/platform';
import { compare, type Comparison } from './compare.js';
import { CHUNK, fold, forget, headOf, inTransaction, progressOf } from './fold.js';
import type { Projection } from './projection.js';
import { switchOver } from './switch-over.js';

/** How far a rebuild is. */
export interface Progress {
  readonly projection: string;
  readonly sequence: bigint;
  readonly head: bigint;
}

export interface RebuildOptions {
  /** Forgets what an earlier run left. */
  readonly restart?: boolean;
  /** Puts the rebuilt rows in place although they differ from the live ones. */
  readonly switchOver?: boolean;
  readonly onProgress?: (progress: Progress) => void;
}

export interface RebuildResult {
  readonly projection: string;
  /** Events that this run folded, and how long that took. */
  readonly events: number;
  readonly foldMs: number;
  readonly before: Comparison;
  /** Rows that were replaced, and how the tables compare since. */
  readonly switched?: { readonly rows: number; readonly after: Comparison };
}

/** Another rebuild of the same projection runs. */
export class RebuildBusy extends Error {}

/**
 * Makes a projection anew from the events, beside the live table, while the ledger serves. What an
 * interrupted run folded is kept, unless `restart`. Equal tables leave nothing behind; rebuilt rows that
 * differ stay for the switch. @throws RebuildBusy
 */
export const rebuild = (
  owner: Database,
  ledgerId: number,
  projection: Projection,
  options: RebuildOptions = {},
): Promise<RebuildResult> =>
  inSession(owner, (connection) => rebuildIn(connection, ledgerId, projection, options));

/** A session as rebuilds need it: one after the other may share it. */
export const inSession = async <T>(
  owner: Database,
  work: (connection: Connection) => Promise<T>,
): Promise<T> => {
  const connection = await owner.session();
  try {
    // Equal rows must be equal texts, and a plan for whole tables isn't worth compiling.
    await connection.query(`set timezone = 'UTC'; set jit = off; set work_mem = '64MB'`);
    return await work(connection);
  } finally {
    connection.release(true);
  }
};

/** The same as `rebuild`, in a session that is there. @throws RebuildBusy */
export const rebuildIn = async (
  connection: Connection,
  ledgerId: number,
  projection: Projection,
  options: RebuildOptions,
): Promise<RebuildResult> => {
  await takeTurn(connection, ledgerId, projection);
  try {
    if (options.restart === true) await forget(connection, ledgerId, projection);
    const startedAt = performance.now();
    const events = await catchUp(connection, ledgerId, projection, options);
    const foldMs = performance.now() - startedAt;
    const before = await compare(connection, ledgerId, projection);
    const result = { projection: projection.table, events, foldMs, before };
    if (isEqual(before)) {
      await forget(connection, ledgerId, projection);
      return result;
    }
    if (options.switchOver !== true) return result;
    const rows = await switchOver(connection, ledgerId, projection, before.sequence);
    const after = await compare(connection, ledgerId, projection);
    if (isEqual(after)) await forget(connection, ledgerId, projection);
    return { ...result, switched: { rows, after } };
  } finally {
    // Closing a session takes a moment; the next rebuild shouldn't find this one's lock.
    await connection.query('select pg_advisory_unlock_all()').catch(() => undefined);
  }
};

/** Whether the live rows are what the events say. */
export const isEqual = ({ live, rebuilt, differing }: Comparison): boolean =>
  live.sha256 === rebuilt.sha256 && differing === 0;

const takeTurn = async (connection: Connection, ledgerId: number, { table }: Projection): Promise<void> => {
  const [lock] = await connection.query<{ taken: boolean }>(
    'select pg_try_advisory_lock(hashtextextended($1, 0)) as taken',
    [`defter rebuild ${ledgerId} ${table}`],
  );
  if (lock?.taken !== true) throw new RebuildBusy(`Another rebuild of ${table} is running`);
};

/** Folds chunk after chunk until little is left; the comparison folds the rest in its snapshot. */
const catchUp = async (
  connection: Connection,
  ledgerId: number,
  projection: Projection,
  { onProgress }: RebuildOptions,
): Promise<number> => {
  let from = await progressOf(connection, ledgerId, projection);
  const first = from;
  for (;;) {
    const head = await headOf(connection, ledgerId);
    const to = head - from > CHUNK ? from + BigInt(CHUNK) : head;
    if (to > from)
      await inTransaction(connection, 'read committed', () =>
        fold(connection, ledgerId, projection, { from, to }),
      );
    from = to;
    onProgress?.({ projection: projection.table, sequence: to, head });
    if (to === head) return parseInt(`${to - first}`, 10);
  }
};
