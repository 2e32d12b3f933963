/** A database as the first release left it, filled with what a ledger of today recorded. */
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createLogger, Database, migrate } from '@defter/platform';
import { scratchFolder, type TestDatabase, testDatabase } from '@defter/testing';
import { service } from '../service.js';

const ALL = service.migrations as URL;
const logger = createLogger('test', 'silent');

/** Which rows of the sequence: behind the first, up to the second. */
export type Part = readonly [above: number, upTo: number];

/** The service's migrations up to a number, in a folder of their own. */
const upTo = (last: string): URL => {
  const folder = scratchFolder('migrations');
  for (const name of readdirSync(ALL))
    if (name.slice(0, 4) <= last)
      cpSync(join(fileURLToPath(ALL), name), join(folder, name), { recursive: true });
  return pathToFileURL(`${folder}/`);
};

export class OldDatabase {
  private constructor(
    readonly database: TestDatabase,
    readonly owner: Database,
  ) {}

  static async at(last: string): Promise<OldDatabase> {
    const database = await testDatabase({ migrations: upTo(last) });
    return new OldDatabase(database, new Database({ url: database.adminUrl, name: 'owner', logger }));
  }

  /** Migrates further; without a number to the end. */
  migrate(last = '9999'): Promise<void> {
    const url = this.database.adminUrl;
    return migrate({ url, migrations: upTo(last), logger, serviceRole: 'defter_test' });
  }

  /** Writes a part of a ledger as the first engine did, in one commit: rows, then the head without more. */
  async record(from: Database, ledgerId: number, [above, until]: Part): Promise<void> {
    const rows = await Promise.all(
      (['event', 'posting'] as const).map(async (table) => {
        const sql = `select coalesce(json_agg(t), '[]')::text as rows from ${table} t
          where ledger_id = $1 and sequence > $2 and sequence <= $3`;
        const [row] = await from.query<{ rows: string }>(sql, [ledgerId, above, until]);
        return [table, row?.rows ?? '[]'] as const;
      }),
    );
    await this.database.database.transaction(async (tx) => {
      await tx.query('insert into ledger_head (ledger_id) values ($1) on conflict do nothing', [ledgerId]);
      await tx.query('select 1 from ledger_head where ledger_id = $1 for update', [ledgerId]);
      await tx.query('update ledger_head set sequence = $2 where ledger_id = $1', [ledgerId, until]);
      for (const [table, given] of rows)
        await tx.query(`insert into ${table} select * from json_populate_recordset(null::${table}, $1)`, [
          given,
        ]);
    });
  }

  async stop(): Promise<void> {
    await this.owner.close();
    await this.database.stop();
  }
}
