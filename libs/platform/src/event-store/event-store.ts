import { TryAgain } from '../postgres/database-errors.js';
import type { Transaction } from '../postgres/transaction.js';

/** An event to be written. The payload is JSON; amounts in it are strings. */
export interface NewEvent {
  readonly type: string;
  readonly payload: object;
}

/** An event as it was written. */
export interface StoredEvent extends NewEvent {
  /** Gapless number in its stream, from 1. */
  readonly version: bigint;
  readonly actor: string;
  readonly recordedAt: Date;
}

export interface LoadedStream {
  /** Version of the last event; 0 when the stream does not exist. */
  readonly version: bigint;
  readonly events: StoredEvent[];
}

export interface StreamPosition {
  readonly tenantId: string;
  readonly streamId: string;
  /** What the decision was based on: the version that was loaded, 0 for a new stream. */
  readonly expectedVersion: bigint;
}

/**
 * Appends events right after `expectedVersion`. Somebody else's append in between makes the transaction run
 * again from its start, on the new state. @returns the new version
 */
export async function appendEvents(
  tx: Transaction,
  position: StreamPosition,
  events: readonly NewEvent[],
  actor: string,
): Promise<bigint> {
  const { tenantId, streamId, expectedVersion } = position;
  if (events.length === 0) return expectedVersion;
  const version = expectedVersion + BigInt(events.length);
  const moved =
    expectedVersion === 0n ? await open(tx, position, version) : await move(tx, position, version);
  if (!moved) throw new TryAgain(`The stream ${streamId} is no longer at version ${expectedVersion}`);
  await tx.query(
    `insert into stream_event (tenant_id, stream_id, version, type, payload, actor)
     values ($1, $2, generate_series($3::int8 + 1, $4::int8),
             unnest($5::text[]), unnest($6::text[])::jsonb, $7)`,
    [
      tenantId,
      streamId,
      expectedVersion,
      version,
      events.map(({ type }) => type),
      events.map(({ payload }) => JSON.stringify(payload)),
      actor,
    ],
  );
  return version;
}

/**
 * Reads a stream. With `lock` its row is locked first, so that whoever decides on it does so alone, until
 * the end of the transaction. A stream that does not exist yet can't be locked: its first append settles
 * the race.
 */
export async function loadStream(
  tx: Transaction,
  tenantId: string,
  streamId: string,
  { lock }: { lock: boolean },
): Promise<LoadedStream> {
  // Two statements: the lock's snapshot may be older than the events that the previous holder wrote.
  if (lock) {
    await tx.query('select from stream where tenant_id = $1 and stream_id = $2 for update', [
      tenantId,
      streamId,
    ]);
  }
  const events = await tx.query<StoredEvent>(
    `select version, type, payload, actor, recorded_at as "recordedAt"
       from stream_event where tenant_id = $1 and stream_id = $2 order by version`,
    [tenantId, streamId],
  );
  return { version: events.at(-1)?.version ?? 0n, events };
}

async function open(
  tx: Transaction,
  { tenantId, streamId }: StreamPosition,
  version: bigint,
): Promise<boolean> {
  const sql = `insert into stream (tenant_id, stream_id, version) values ($1, $2, $3)
               on conflict do nothing returning version`;
  return (await tx.query(sql, [tenantId, streamId, version])).length === 1;
}

async function move(tx: Transaction, position: StreamPosition, version: bigint): Promise<boolean> {
  const { tenantId, streamId, expectedVersion } = position;
  const sql = `update stream set version = $4
                where tenant_id = $1 and stream_id = $2 and version = $3 returning version`;
  return (await tx.query(sql, [tenantId, streamId, expectedVersion, version])).length === 1;
}
