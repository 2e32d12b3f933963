import type { Connection } from '@defter/platform';
import { fold, inTransaction, progressOf } from './fold.js';
import type { Projection } from './projection.js';

const LOCK_HEAD = 'select sequence from ledger_head where ledger_id = $1 for update';

/** Replicas keep balances in memory; a new version of the settings makes them read again. */
const FORGET_MEMORY = 'update ledger_head set settings_version = settings_version + 1 where ledger_id = $1';

/**
 * Puts the rebuilt rows in the place of those that differed at event `comparedAt`, with the head locked:
 * commits of the ledger wait as long as those rows take, no longer. Returns how many were put or removed.
 */
export const switchOver = (
  connection: Connection,
  ledgerId: number,
  projection: Projection,
  comparedAt: bigint,
): Promise<number> =>
  inTransaction(connection, 'read committed', async () => {
    const [head] = await connection.query<{ sequence: bigint }>(LOCK_HEAD, [ledgerId]);
    const from = await progressOf(connection, ledgerId, projection);
    await fold(connection, ledgerId, projection, { from, to: head?.sequence ?? 0n });
    const { since } = projection;
    if (since !== undefined) await connection.query(writtenSince(projection, since), [ledgerId, comparedAt]);
    const removed = await connection.query(removal(projection), [ledgerId]);
    const put = await connection.query(replacement(projection), [ledgerId]);
    const mended = await mendBeside(connection, ledgerId, projection);
    await connection.query(FORGET_MEMORY, [ledgerId]);
    return removed.length + put.length + mended;
  });

const mendBeside = async (
  connection: Connection,
  ledgerId: number,
  { beside = [] }: Projection,
): Promise<number> => {
  let mended = 0;
  for (const { mend } of beside) mended += (await connection.query(mend, [ledgerId])).length;
  return mended;
};

const sameKey = (left: string, right: string, key: readonly string[]): string =>
  key.map((column) => `${left}.${column} = ${right}.${column}`).join(' and ');

/** What commits wrote after the comparison, onto rows that were wrong, may be wrong as well. */
const writtenSince = ({ table, key }: Projection, since: string): string => {
  const names = key.join(', ');
  const rows = (name: string) => `select ${names} from ${name} where ledger_id = $1 and ${since}`;
  return `
insert into rebuild_difference (${names})
(${rows(table)} union ${rows(`rebuilt_${table}`)}) except select ${names} from rebuild_difference`;
};

const removal = ({ table, key }: Projection): string => `
delete from ${table} t using rebuild_difference d
where t.ledger_id = $1 and ${sameKey('t', 'd', key)} and not exists (
  select from rebuilt_${table} r where r.ledger_id = $1 and ${sameKey('r', 'd', key)})
returning 1`;

const replacement = ({ table, key, columns, restored }: Projection): string => {
  const changed = [...columns, ...Object.keys(restored)];
  const values = [...[...key, ...columns].map((column) => `r.${column}`), ...Object.values(restored)];
  return `
insert into ${table} (ledger_id, ${[...key, ...changed].join(', ')})
select r.ledger_id, ${values.join(', ')}
from rebuilt_${table} r join rebuild_difference d on ${sameKey('r', 'd', key)}
where r.ledger_id = $1
on conflict (ledger_id, ${key.join(', ')}) do update set
  ${changed.map((column) => `${column} = excluded.${column}`).join(', ')}
returning 1`;
};
