import pg from 'pg';
import type { ServiceSpec } from './service-list.js';

/**
 * One database per service, owned by its migrator; the service's own role may only connect, and gets what
 * each migration grants. Running it again changes nothing.
 */
export async function createDatabases(adminUrl: string, specs: readonly ServiceSpec[]): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    for (const { database } of specs) {
      if (database !== undefined) await createDatabase(client, database);
    }
  } finally {
    await client.end();
  }
}

/** The URL of a database for one of its two roles. Loopback needs no password here. */
export function databaseUrl(adminUrl: string, database: string, role: 'service' | 'migrator'): string {
  const url = new URL(adminUrl);
  url.username = role === 'service' ? serviceRole(database) : migratorRole(database);
  url.pathname = `/${database}`;
  return url.href;
}

const serviceRole = (database: string): string => `defter_${database}`;
const migratorRole = (database: string): string => `defter_${database}_migrator`;

async function createDatabase(client: pg.Client, database: string): Promise<void> {
  const [service, migrator] = [serviceRole(database), migratorRole(database)];
  for (const role of [service, migrator]) {
    const known = await client.query('select from pg_roles where rolname = $1', [role]);
    if (known.rowCount === 0) await client.query(`create role ${client.escapeIdentifier(role)} login`);
  }
  const known = await client.query('select from pg_database where datname = $1', [database]);
  const [name, owner] = [client.escapeIdentifier(database), client.escapeIdentifier(migrator)];
  if (known.rowCount === 0) await client.query(`create database ${name} owner ${owner}`);
  await client.query(`revoke all on database ${name} from public`);
  await client.query(`grant connect on database ${name} to ${client.escapeIdentifier(service)}`);
}
