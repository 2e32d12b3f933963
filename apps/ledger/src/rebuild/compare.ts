import type { Connection } from '@defter/platform';
import { fold, headOf, inTransaction, progressOf } from './fold.js';
import { canonical, type Projection } from './projection.js';
import { digestOf, type TableDigest } from './table-digest.js';

/** A row that is not what the events say. Null where there is no such row. */
export interface Difference {
  readonly key: string;
  readonly live: string | null;
  readonly rebuilt: string | null;
}

export interface Comparison {
  /** The event up to which both were compared. */
  readonly sequence: bigint;
  readonly live: TableDigest;
  readonly rebuilt: TableDigest;
  readonly differing: number;
  /** The first of them. */
  readonly differences: readonly Difference[];
}

export const SHOWN = 100;

/**
 * Compares the live rows with the rebuilt ones in one snapshot, in which both stand at the same event: nobody
 * who writes has to wait. The keys that differ stay in the session's table `rebuild_difference`.
 */
export const compare = (
  connection: Connection,
  ledgerId: number,
  projection: Projection,
): Promise<Comparison> =>
  inTransaction(connection, 'repeatable read', async () => {
    const sequence = await headOf(connection, ledgerId);
    const from = await progressOf(connection, ledgerId, projection);
    await fold(connection, ledgerId, projection, { from, to: sequence });
    const live = await digestOf(connection, rowsOf(projection.table, ledgerId, projection));
    const rebuilt = await digestOf(connection, rowsOf(`rebuilt_${projection.table}`, ledgerId, projection));
    const beside = await differencesBeside(connection, ledgerId, projection);
    const at = { sequence, live, rebuilt };
    // Equal digests are of equal rows: nothing has to be looked for, and nothing to be switched.
    if (live.sha256 === rebuilt.sha256 && beside.length === 0)
      return { ...at, differing: 0, differences: [] };
    const { differing, differences } = await differencesOf(connection, ledgerId, projection);
    return { ...at, differing: differing + beside.length, differences: [...beside, ...differences] };
  });

const differencesOf = async (
  connection: Connection,
  ledgerId: number,
  projection: Projection,
): Promise<Pick<Comparison, 'differing' | 'differences'>> => {
  await connection.query('drop table if exists pg_temp.rebuild_difference');
  await connection.query(differenceTable(ledgerId, projection));
  const differences = await connection.query<Difference>(
    `select key, live, rebuilt from rebuild_difference order by key limit ${SHOWN}`,
  );
  const count = 'select count(*)::integer as differing from rebuild_difference';
  const [row] = await connection.query<{ differing: number }>(count);
  return { differing: row?.differing ?? 0, differences };
};

const differencesBeside = async (
  connection: Connection,
  ledgerId: number,
  { beside = [] }: Projection,
): Promise<readonly Difference[]> => {
  const found: Difference[] = [];
  for (const { name, live, rebuilt } of beside) {
    const sql = `select $2::text as key, (${live}) as live, (${rebuilt}) as rebuilt`;
    const rows = await connection.query<Difference>(sql, [ledgerId, name]);
    found.push(...rows.filter((row) => row.live !== row.rebuilt));
  }
  return found;
};

/** Key columns of text: sorted by their bytes, whatever language the database was made for. */
const TEXTS = new Set(['account', 'asset', 'address', 'idempotency_key', 'pattern']);

/** The rows of a table as the digest reads them: key and columns, in the order of the key. */
export const rowsOf = (
  table: string,
  ledgerId: number,
  { key, columns, where = 'true' }: Pick<Projection, 'key' | 'columns' | 'where'>,
): string => {
  const shown = [...key, ...columns].map((column) => canonical(column, 't')).join(', ');
  const order = key.map((column) => `t.${column}${TEXTS.has(column) ? ' collate "C"' : ''}`).join(', ');
  return `select ${shown} from ${table} t where t.ledger_id = ${ledgerId} and (${where}) order by ${order}`;
};

const differenceTable = (ledgerId: number, { table, key, columns, where = 'true' }: Projection): string => {
  const names = key.join(', ');
  const row = (alias: string) => columns.map((column) => canonical(column, alias)).join(', ');
  const side = (name: string) => `(select * from ${name} where ledger_id = ${ledgerId} and (${where}))`;
  const text = (alias: string) =>
    `case when ${alias}.ledger_id is not null then row(${row(alias)})::text end`;
  return `create temp table rebuild_difference as
    select ${names}, concat_ws(' ', ${names}) as key, ${text('l')} as live, ${text('r')} as rebuilt
    from ${side(table)} l full join ${side(`rebuilt_${table}`)} r using (${names})
    where l.ledger_id is null or r.ledger_id is null or (${row('l')}) is distinct from (${row('r')})`;
};
