import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { createLogger, Database, migrate, platformMigrations } from '@defter/platform';
import { postgresUrl } from './servers.js';

/**
 * Tests run as this role, which has only what the migrations grant: a missing grant is seen here, not in
 * production.
 */
const SERVICE_ROLE = 'defter_test';
const logger = createLogger('test', 'silent');

export interface TestDatabase {
  /** For the service: a role with only the granted rights. */
  readonly url: string;
  /** For arranging and looking: the owner of everything. */
  readonly adminUrl: string;
  readonly database: Database;
  /** Closes `database` and drops it all. */
  stop(): Promise<void>;
}

/**
 * A new database with all migrations applied, cloned in milliseconds from a template that is made once per
 * set of migrations. Without `migrations` it has the platform's tables only.
 */
export async function testDatabase(
  options: { migrations?: URL; poolSize?: number } = {},
): Promise<TestDatabase> {
  const root = await postgresUrl();
  const name = `defter_test_${randomBytes(6).toString('hex')}`;
  await asAdmin(root, async (admin) => {
    const template = await templateFor(admin, root, options.migrations);
    await admin.query(`create database ${name} template ${template}`);
  });
  const adminUrl = withDatabase(root, name);
  const url = withUser(adminUrl);
  const database = new Database({ url, name: 'test', logger, poolSize: options.poolSize ?? 8 });
  const stop = async (): Promise<void> => {
    await database.close();
    await asAdmin(root, (admin) => admin.query(`drop database if exists ${name} with (force)`));
  };
  return { url, adminUrl, database, stop };
}

/** One process at a time makes a template; a half-made one (its maker died) is dropped and made again. */
async function templateFor(admin: pg.Client, root: string, migrations: URL | undefined): Promise<string> {
  const name = `defter_template_${hashOf(migrations)}`;
  await admin.query(`select pg_advisory_lock(hashtext('defter_template'))`);
  const found = await admin.query<{ done: boolean }>(
    'select datistemplate as done from pg_database where datname = $1',
    [name],
  );
  if (found.rows[0]?.done !== true) {
    await admin.query(`drop database if exists ${name} with (force)`);
    await makeServiceRole(admin);
    await admin.query(`create database ${name}`);
    await migrate({
      url: withDatabase(root, name),
      ...(migrations && { migrations }),
      logger,
      serviceRole: SERVICE_ROLE,
    });
    await admin.query(`alter database ${name} is_template true`);
  }
  await admin.query(`select pg_advisory_unlock(hashtext('defter_template'))`);
  return name;
}

async function makeServiceRole(admin: pg.Client): Promise<void> {
  const { rowCount } = await admin.query('select from pg_roles where rolname = $1', [SERVICE_ROLE]);
  if (rowCount === 0) await admin.query(`create role ${SERVICE_ROLE} login password '${SERVICE_ROLE}'`);
}

async function asAdmin<T>(url: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

function hashOf(migrations: URL | undefined): string {
  const hash = createHash('sha256');
  for (const folder of migrations === undefined ? [platformMigrations] : [platformMigrations, migrations]) {
    for (const name of readdirSync(folder).sort()) {
      hash.update(name).update(readFileSync(new URL(`${name}/up.sql`, folder)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

function withUser(url: string): string {
  const changed = new URL(url);
  changed.username = SERVICE_ROLE;
  changed.password = SERVICE_ROLE;
  return changed.href;
}
