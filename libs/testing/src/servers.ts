import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka, startPostgres } from '@defter/embedded';

// Jest gives every test file its own modules, so what the files of one process share stands in a folder
// named after it.
const ROOT = join(tmpdir(), 'defter-test');
const MINE = join(ROOT, `${process.pid}`);

/**
 * The administrator's URL of the PostgreSQL for tests: DATABASE_ADMIN_URL, or one started for this process.
 */
export async function postgresUrl(): Promise<string> {
  return (
    process.env['DATABASE_ADMIN_URL'] ??
    (await once('postgres', async (dir) => (await startPostgres({ dir })).url))
  );
}

/** Broker addresses for tests: KAFKA_BROKERS (comma separated), or a broker started for this process. */
export async function testBroker(): Promise<string[]> {
  const given = process.env['KAFKA_BROKERS'];
  return (given ?? (await once('kafka', async (dir) => (await startKafka({ dir })).brokers))).split(',');
}

/** A new folder of this process; it goes when a later run finds the process gone. */
export function scratchFolder(prefix: string): string {
  removeLeftovers();
  mkdirSync(MINE, { recursive: true, mode: 0o755 });
  return mkdtempSync(join(MINE, `${prefix}-`));
}

/**
 * Starts a server once per process. It ends with the process, however that ends (tools/embedded sees to
 * it).
 */
async function once(name: string, start: (dir: string) => Promise<string>): Promise<string> {
  const note = join(MINE, `${name}.url`);
  try {
    return readFileSync(note, 'utf8');
  } catch {
    const address = await start(scratchFolder(name));
    writeFileSync(note, address);
    return address;
  }
}

function removeLeftovers(): void {
  mkdirSync(ROOT, { recursive: true });
  for (const pid of readdirSync(ROOT)) {
    try {
      process.kill(Number.parseInt(pid, 10), 0);
    } catch {
      rmSync(join(ROOT, pid), { recursive: true, force: true });
    }
  }
}
