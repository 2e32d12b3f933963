import type { Connection } from '@defter/platform';
import type { Projection } from './projection.js';

/** Events that are folded in one transaction. */
export const CHUNK = 25_000;

const TAKE_NOTE = `
insert into rebuild_progress as known (ledger_id, projection, sequence) values ($1, $2, $4)
on conflict (ledger_id, projection) do update set sequence = excluded.sequence where known.sequence = $3
returning sequence`;

/** Up to which event the rebuilt rows go; 0 when there are none. */
export const progressOf = async (
  connection: Connection,
  ledgerId: number,
  { table }: Projection,
): Promise<bigint> => {
  const [row] = await connection.query<{ sequence: bigint }>(
    'select sequence from rebuild_progress where ledger_id = $1 and projection = $2',
    [ledgerId, table],
  );
  return row?.sequence ?? 0n;
};

/** Adds the events after `from` up to `to` to the rebuilt rows, within the transaction at hand. */
export const fold = async (
  connection: Connection,
  ledgerId: number,
  projection: Projection,
  { from, to }: { readonly from: bigint; readonly to: bigint },
): Promise<void> => {
  if (to <= from) return;
  for (const statement of projection.fold) await connection.query(statement, [ledgerId, from, to]);
  // The progress commits with the rows, so that no event is ever folded twice.
  const noted = await connection.query(TAKE_NOTE, [ledgerId, projection.table, from, to]);
  if (noted.length !== 1) throw new Error(`Another rebuild of ${projection.table} went on meanwhile`);
};

/** Forgets what was rebuilt. */
export const forget = (connection: Connection, ledgerId: number, { table }: Projection): Promise<void> =>
  inTransaction(connection, 'read committed', async () => {
    await connection.query(`delete from rebuilt_${table} where ledger_id = $1`, [ledgerId]);
    const progress = 'delete from rebuild_progress where ledger_id = $1 and projection = $2';
    await connection.query(progress, [ledgerId, table]);
  });

/** The ledger's last sequence. */
export const headOf = async (connection: Connection, ledgerId: number): Promise<bigint> => {
  const sql = 'select sequence from ledger_head where ledger_id = $1';
  const [row] = await connection.query<{ sequence: bigint }>(sql, [ledgerId]);
  return row?.sequence ?? 0n;
};

/** Runs the work in a transaction of this one connection. */
export const inTransaction = async <T>(
  connection: Connection,
  isolation: 'read committed' | 'repeatable read',
  work: () => Promise<T>,
): Promise<T> => {
  await connection.query(`begin isolation level ${isolation}`);
  try {
    const result = await work();
    await connection.query('commit');
    return result;
  } catch (error) {
    await connection.query('rollback').catch(() => undefined);
    throw error;
  }
};
