import type { Queryable } from './connection.js';

interface Setting {
  readonly name: string;
  readonly setting: string;
  readonly source: string;
  readonly role: string;
  readonly database: string;
}

const DURABLE = ['fsync', 'full_page_writes', 'synchronous_commit'];

/** The server would acknowledge commits that it can lose. */
export class NotDurable extends Error {}

/**
 * Refuses a server on which an acknowledged commit can vanish: fsync, full_page_writes or
 * synchronous_commit off. The message names each setting and the statement that puts it right. @throws
 * NotDurable
 */
export async function checkDurability(database: Queryable): Promise<void> {
  const off = await database.query<Setting>(
    `select s.name, s.setting, s.source, current_user as role, current_database() as database
       from pg_settings s
      where s.name = any ($1) and s.setting = 'off'
      order by s.name`,
    [DURABLE],
  );
  if (off.length === 0) return;
  const remedies = off.map((setting) => `${setting.name} is off: ${remedyFor(setting)}`).join('\n');
  throw new NotDurable(
    `PostgreSQL could lose commits that were acknowledged, so the service does not start.\n${remedies}`,
  );
}

function remedyFor({ name, source, role, database }: Setting): string {
  const places: Record<string, string> = {
    user: `alter role "${role}" reset ${name};`,
    'database user': `alter role "${role}" in database "${database}" reset ${name};`,
    database: `alter database "${database}" reset ${name};`,
    client: `take ${name} out of DATABASE_URL or PGOPTIONS.`,
    'command line': `start the server without -c ${name}=off.`,
  };
  return places[source] ?? `alter system set ${name} = on; select pg_reload_conf(); (or in postgresql.conf)`;
}
