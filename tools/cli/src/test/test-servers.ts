import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka, startPostgres } from '@defter/embedded';

/**
 * Runs `work` with the addresses of one PostgreSQL and one Kafka in its environment, made for it and then
 * removed.
 */
export async function withServers<T>(
  work: (env: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'defter-servers-'));
  const stops: (() => Promise<void>)[] = [];
  try {
    const postgres = await startPostgres({ dir: join(dir, 'postgres') });
    stops.push(() => postgres.stop());
    const kafka = await startKafka({ dir: join(dir, 'kafka') });
    stops.push(() => kafka.stop());
    return await work({ DATABASE_ADMIN_URL: postgres.url, KAFKA_BROKERS: kafka.brokers });
  } finally {
    await Promise.all(stops.map((stop) => stop()));
    rmSync(dir, { recursive: true, force: true });
  }
}
