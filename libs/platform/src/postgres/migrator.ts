import pg from 'pg';
import type { Logger } from '../service/logger.js';
import type { Queryable } from './connection.js';
import { readMigrations, type Migration } from './migration-folder.js';

/** Tables of the platform itself; they come before a service's own. */
export const platformMigrations = new URL('../../migrations/', import.meta.url);

export interface MigrateOptions {
  /** Connects as the owner of the schema. */
  readonly url: string;
  /** The service's own migrations; without them only the platform's are applied. */
  readonly migrations?: URL;
  readonly logger: Pick<Logger, 'info'>;
  /** The role the service runs as; `:"service"` in up.sql is replaced by it. Default: the connecting role. */
  readonly serviceRole?: string;
}

/** The schema isn't the one this program knows. */
export class SchemaMismatch extends Error {}

interface Step extends Migration {
  readonly source: 'platform' | 'service';
}
interface Applied {
  readonly source: string;
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
  /** Its place in the order in which they were applied. */
  readonly place: number;
}

const TABLE = `create table if not exists defter_migration (
  source text not null, version int not null, name text not null, checksum text not null,
  applied_at timestamptz not null default now(), primary key (source, version))`;
const LOCK = `select pg_advisory_lock(hashtext('defter_migration'))`;

/**
 * Applies what is missing, each migration in its own transaction, one migrator at a time. Waiting for a
 * lock is limited, so that a migration never queues all traffic behind it: it fails, and is run again.
 * @throws SchemaMismatch when an applied migration was changed, or the database knows one that this program
 * doesn't
 */
export async function migrate({ url, migrations, logger, serviceRole }: MigrateOptions): Promise<void> {
  const steps = await stepsOf(migrations);
  const client = new pg.Client({
    connectionString: url,
    application_name: 'defter-migrate',
    lock_timeout: 0,
  });
  client.on('error', () => undefined); // the statement under way reports it
  await client.connect();
  try {
    await client.query(LOCK);
    await client.query(`set lock_timeout = '5s'`);
    await client.query(TABLE);
    const role = client.escapeIdentifier(serviceRole ?? client.user ?? '');
    await client.query(`grant select on defter_migration to ${role}`);
    const applied = await readApplied({
      query: async <R extends object>(sql: string) => (await client.query<R>(sql)).rows,
    });
    refuseMismatch(steps, applied, { allowMissing: true });
    for (const step of steps.filter((candidate) => !applied.some((row) => isSame(row, candidate)))) {
      await apply(client, step, role);
      logger.info(`Migrated ${step.source} ${step.name}`);
    }
  } finally {
    await client.end();
  }
}

/**
 * Checks that the schema has all that this program knows, unchanged; for readiness. Newer steps are none of
 * its business: while an upgrade rolls, and after it was rolled back, old processes serve beside them.
 * @throws SchemaMismatch
 */
export async function checkSchema(database: Queryable, migrations?: URL): Promise<void> {
  const steps = await stepsOf(migrations);
  const applied = await readApplied(database);
  refuseMismatch(steps, withoutNewer(steps, applied), { allowMissing: false });
}

/**
 * Leaves out what a newer program added: a number above all of this program's own, or, as branches land in
 * another order than that of their numbers, any number that was applied after all of its own.
 */
function withoutNewer(steps: readonly Step[], applied: readonly Applied[]): Applied[] {
  const isOwn = (row: Applied): boolean => steps.some((step) => isSame(row, step));
  const last = Math.max(0, ...applied.filter(isOwn).map(({ place }) => place));
  const isAbove = ({ source, version }: Applied): boolean =>
    steps.every((step) => step.source !== source || step.version < version);
  return applied.filter((row) => isOwn(row) || !(row.place > last || isAbove(row)));
}

async function stepsOf(migrations: URL | undefined): Promise<Step[]> {
  const platform = await readMigrations(platformMigrations);
  const own = migrations === undefined ? [] : await readMigrations(migrations);
  return [
    ...platform.map((migration) => ({ ...migration, source: 'platform' as const })),
    ...own.map((migration) => ({ ...migration, source: 'service' as const })),
  ];
}

async function readApplied(database: Queryable): Promise<Applied[]> {
  const [table] = await database.query<{ exists: boolean }>(
    `select to_regclass('defter_migration') is not null as exists`,
  );
  if (table?.exists !== true) return [];
  return database.query<Applied>(`select source, version, name, checksum,
    rank() over (order by applied_at)::int as place from defter_migration`);
}

function refuseMismatch(
  steps: readonly Step[],
  applied: readonly Applied[],
  { allowMissing }: { allowMissing: boolean },
): void {
  for (const row of applied) {
    const step = steps.find((candidate) => isSame(row, candidate));
    const name = `${row.source} ${row.name}`;
    if (step === undefined) {
      throw new SchemaMismatch(
        `The database has the migration ${name}, which this program does not know: run a newer one`,
      );
    }
    if (step.checksum !== row.checksum) {
      throw new SchemaMismatch(
        `The migration ${name} was changed after it was applied: put it back and add a new one`,
      );
    }
  }
  const missing = steps.find((step) => !applied.some((row) => isSame(row, step)));
  if (missing !== undefined && !allowMissing) {
    throw new SchemaMismatch(
      `The migration ${missing.source} ${missing.name} is not applied: run the migrate role`,
    );
  }
}

function isSame(row: Applied, step: Step): boolean {
  return row.source === step.source && row.version === step.version;
}

/**
 * Marks a migration whose statements run one by one, each on its own: indexes are made `concurrently` only
 * so. All of them run again when one failed, so each must bear that.
 */
const ALONE = '-- outside a transaction';

async function apply(client: pg.Client, step: Step, role: string): Promise<void> {
  const sql = step.sql.replaceAll(':"service"', role);
  try {
    if (sql.startsWith(ALONE)) await runAlone(client, sql);
    await client.query('begin');
    if (!sql.startsWith(ALONE)) await client.query(sql);
    await client.query(
      'insert into defter_migration (source, version, name, checksum) values ($1, $2, $3, $4)',
      [step.source, step.version, step.name, step.checksum],
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw new Error(`The migration ${step.source} ${step.name} failed`, { cause: error });
  }
}

/** Statements end with a semicolon at the end of a line. */
async function runAlone(client: pg.Client, sql: string): Promise<void> {
  for (const statement of sql.split(/;[ \t]*\n/)) {
    const text = statement.replace(/^\s*--.*$/gm, '').trim();
    if (text === '') continue;
    // Waiting here holds up nobody: such an index waits for others' transactions, without a strong lock.
    const waits = /\bindex concurrently\b/i.test(text);
    await client.query(`set lock_timeout = '${waits ? 0 : 5}s'`);
    await client.query(text);
  }
  await client.query(`set lock_timeout = '5s'`);
}
