import type { Queryable } from '../../postgres/connection.js';

/** Marks a message as applied. @returns false when it was before: its effect must not happen again */
export async function enterInbox(
  tx: Queryable,
  tenantId: string,
  consumer: string,
  messageId: string,
): Promise<boolean> {
  const sql = `insert into inbox (tenant_id, consumer, message_id) values ($1, $2, $3)
               on conflict do nothing returning message_id`;
  return (await tx.query(sql, [tenantId, consumer, messageId])).length === 1;
}

/** A consumer's place in a gapless stream. */
export interface PositionKey {
  readonly tenantId: string;
  readonly consumer: string;
  readonly stream: string;
}

/** The last applied sequence; 0 before the first. */
export async function readPosition(
  database: Queryable,
  { tenantId, consumer, stream }: PositionKey,
): Promise<bigint> {
  const sql = 'select sequence from consumer_position where tenant_id = $1 and consumer = $2 and stream = $3';
  const [row] = await database.query<{ sequence: bigint }>(sql, [tenantId, consumer, stream]);
  return row?.sequence ?? 0n;
}

/**
 * Moves the position from exactly `sequence - 1` to `sequence`, and keeps the row locked until the end of the
 * transaction. @returns false when it was elsewhere: somebody else applied the event, or one before it is
 * missing
 */
export async function advancePosition(tx: Queryable, key: PositionKey, sequence: bigint): Promise<boolean> {
  const { tenantId, consumer, stream } = key;
  const sql =
    sequence === 1n
      ? `insert into consumer_position (tenant_id, consumer, stream, sequence) values ($1, $2, $3, $4)
         on conflict do nothing returning sequence`
      : `update consumer_position set sequence = $4, updated_at = now()
          where tenant_id = $1 and consumer = $2 and stream = $3 and sequence = $4 - 1 returning sequence`;
  return (await tx.query(sql, [tenantId, consumer, stream, sequence])).length === 1;
}
