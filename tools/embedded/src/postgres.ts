import { existsSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { ChildServer } from './child-server.js';
import { IN_IMAGE, imageOf } from './container.js';
import { freePort, requireFreePort } from './ports.js';
import { dataFolder } from './postgres-data.js';
import { postgresHome } from './postgres-files.js';
import { Supervised, type ServerHandle, type Supervision } from './supervised.js';
import { unprivilegedUser, type SystemUser } from './system-user.js';

/** Options of {@link startPostgres}. */
export interface PostgresOptions {
  /** The server's folder: data, log and pid file. Data of an earlier run is used again. */
  readonly dir: string;
  /** A fixed loopback port; 0 or undefined takes a free one. */
  readonly port?: number;
  /** Server settings on top of ours, such as `{ log_statement: 'all' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * A running PostgreSQL. A new start keeps port and data; `stop` is a fast shutdown, `kill` hits the
 * postmaster.
 */
export interface PostgresServer extends ServerHandle {
  readonly url: string;
  readonly port: number;
}

const START_TIMEOUT_MS = 60_000;
/** For what SETTINGS allow: shared buffers, sessions and their work. */
const CONTAINER_MEMORY = '2g';
const SETTINGS = {
  shared_buffers: '256MB',
  max_connections: '200',
  max_wal_size: '2GB',
  log_min_messages: 'warning',
};

/**
 * What a start can run into and another try gets past: backends of a killed server, a port lost to somebody.
 */
const PASSES_BY_ITSELF =
  /pre-existing shared memory block|could not bind|lock file "postmaster.pid"|starting up/;

interface Place {
  readonly dir: string;
  readonly home: string;
  readonly data: string;
  readonly user: SystemUser | undefined;
  readonly settings: Readonly<Record<string, string>>;
}

/** Starts a real PostgreSQL on loopback, durable (fsync on), and returns when it answers a query. */
export async function startPostgres(
  options: PostgresOptions,
  supervision?: Supervision,
): Promise<PostgresServer> {
  const dir = resolve(options.dir);
  const user = unprivilegedUser();
  const home = postgresHome(user);
  const data = dataFolder(dir, home, user);
  const place: Place = { dir, home, user, data, settings: { ...SETTINGS, ...options.settings } };
  let port = options.port === 0 ? undefined : options.port;
  if (port !== undefined) await requireFreePort(port, 'PostgreSQL');
  const launchAgain = async (): Promise<ChildServer> => {
    const launched = await launch(place, port);
    port = launched.port;
    return launched.server;
  };
  const supervised = new Supervised('postgres', launchAgain, supervision);
  await supervised.start();
  const fixed = port ?? 0;
  return Object.assign(supervised, { port: fixed, url: urlOf(fixed) });
}

const urlOf = (port: number): string => `postgres://postgres@127.0.0.1:${port}/postgres`;

async function launch(
  place: Place,
  fixed: number | undefined,
): Promise<{ server: ChildServer; port: number }> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const port = fixed ?? (await freePort());
    forgetStrangersLock(place.data);
    const server = await ChildServer.start(commandFor(place, port));
    if (await answers(server, urlOf(port), deadline)) return { server, port };
    const said = server.logTail();
    await server.stop();
    if (Date.now() > deadline || !PASSES_BY_ITSELF.test(said))
      throw new Error(`PostgreSQL did not start: ${said}`);
    await sleep(200);
  }
}

function commandFor(
  { dir, home, data, user, settings }: Place,
  port: number,
): Parameters<typeof ChildServer.start>[0] {
  const given = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // TCP on loopback only: a socket path is limited to 107 bytes, which a deep checkout exceeds.
  const listen = ['-c', 'listen_addresses=127.0.0.1', '-c', `port=${port}`, '-c', 'unix_socket_directories='];
  const image = imageOf('postgres');
  return {
    name: 'PostgreSQL',
    command: join(image === undefined ? home : IN_IMAGE.postgres, 'bin/postgres'),
    container: image === undefined ? undefined : { image, folders: [data], memory: CONTAINER_MEMORY },
    args: ['-D', data, ...listen, ...given],
    cwd: '/',
    env: { PATH: process.env['PATH'], TZ: 'UTC', LC_ALL: 'C' },
    user,
    logFile: join(dir, 'postgres.log'),
    pidFile: join(dir, 'postgres.pid'),
    stopSignal: 'SIGINT', // fast shutdown: open sessions are rolled back, a checkpoint is written
    orphanSignal: 'SIGQUIT', // immediate shutdown: the postmaster takes its backends with it
  };
}

/**
 * After kill -9 and reuse of the number, postmaster.pid may name a stranger; PostgreSQL would refuse for
 * ever.
 */
function forgetStrangersLock(data: string): void {
  const lock = join(data, 'postmaster.pid');
  if (!existsSync(lock)) return;
  const pid = readFileSync(lock, 'utf8').split('\n')[0] ?? '';
  try {
    if (readlinkSync(`/proc/${pid}/cwd`) !== data) rmSync(lock, { force: true });
  } catch {
    // No such process: PostgreSQL notices that itself, and still checks for left-over backends.
  }
}

async function answers(server: ChildServer, url: string, deadline: number): Promise<boolean> {
  while (server.exit === undefined && Date.now() < deadline) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined); // the server may die while we ask; the loop sees it
    try {
      await client.connect();
      await client.query('select 1');
      return server.exit === undefined;
    } catch {
      await sleep(25);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  return false;
}
