import type { Queryable } from '@defter/platform';
import type { TableSize } from './capacity-content.js';

interface Row {
  readonly table: string;
  readonly rows: number;
  readonly bytes: number;
}

/** Of all tenants: a table's size is no tenant's. The planner's count of rows is as old as its last look. */
const SIZES = `
  select c.relname as "table", greatest(c.reltuples, 0)::float8 as rows,
         pg_total_relation_size(c.oid)::float8 as bytes
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p') and n.nspname = current_schema() order by bytes desc, c.relname`;

/** This service's tables, the largest first. */
export async function tableSizes(database: Queryable): Promise<Omit<TableSize, 'bytesPerDay'>[]> {
  const rows = await database.query<Row>(SIZES);
  return rows.map((row) => ({
    ...row,
    // A nearly empty table's pages say nothing about its rows.
    bytesPerRow: row.rows < 1_000 ? null : Math.round(row.bytes / row.rows),
  }));
}
