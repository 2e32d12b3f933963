import { newId } from '@defter/kernel';
import type { IncomingRecord, Queryable } from '@defter/platform';

interface DeadLetterRow {
  readonly tenantId: string;
  readonly topic: string;
  readonly partition: number;
  readonly position: bigint;
  readonly consumer: string;
  readonly reason: string;
  readonly messageId: string | null;
  readonly eventId: string | null;
  readonly requestId: string | null;
  readonly key: string;
  readonly value: Buffer;
  readonly diedAt: Date;
}

const idPattern = /^[\w-]{1,128}$/;
const unstorable = /\0/g;

/**
 * A record of a topic of dead letters as it is kept. Nothing of it is believed: which bytes are sent again is
 * looked up in what we received, by the ids that stand here.
 */
export function toDeadLetter(record: IncomingRecord): DeadLetterRow {
  const { headers, topic, partition, offset, key, value, timestamp } = record;
  const textOf = (name: string, fallback: string): string => storable(headers[name] ?? fallback);
  const idOf = (name: string): string | null => idPattern.exec(headers[name] ?? '')?.[0] ?? null;
  const { eventId, requestId } = idsIn(value);
  return {
    ...{ tenantId: idOf('ce_tenantid') ?? '', topic: textOf('dead_topic', topic), partition },
    ...{ position: offset, key: storable(key), value, diedAt: timeOf(headers['dead_at'], timestamp) },
    ...{ consumer: textOf('dead_consumer', 'unknown'), reason: textOf('dead_reason', 'not said') },
    ...{ messageId: idOf('ce_id'), eventId, requestId: requestId ?? idOf('ce_subject') },
  };
}

/** Keeps them, each once, also when the broker delivers them again. */
export async function insertDeadLetters(
  database: Queryable,
  tenantId: string,
  rows: readonly DeadLetterRow[],
): Promise<void> {
  await database.query(
    `insert into dead_letter (tenant_id, id, topic, partition, position, consumer, reason, message_id,
       event_id, request_id, key, value, died_at)
     select $1, * from unnest($2::text[], $3::text[], $4::int[], $5::bigint[], $6::text[], $7::text[],
       $8::text[], $9::text[], $10::text[], $11::text[], $12::bytea[], $13::timestamptz[])
     on conflict do nothing`,
    [
      ...[tenantId, rows.map(() => newId('evt')), rows.map((row) => row.topic)],
      ...[rows.map((row) => row.partition), rows.map((row) => row.position)],
      ...[rows.map((row) => row.consumer), rows.map((row) => row.reason), rows.map((row) => row.messageId)],
      ...[rows.map((row) => row.eventId), rows.map((row) => row.requestId), rows.map((row) => row.key)],
      ...[rows.map((row) => row.value), rows.map((row) => row.diedAt)],
    ],
  );
}

function idsIn(value: Buffer): { readonly eventId: string | null; readonly requestId: string | null } {
  const given = readObject(value);
  const idOf = (name: string): string | null => {
    const text = given[name];
    return typeof text === 'string' ? (idPattern.exec(text)?.[0] ?? null) : null;
  };
  return { eventId: idOf('eventId'), requestId: idOf('requestId') };
}

function timeOf(text: string | undefined, fallback: Date): Date {
  const time = new Date(text ?? '');
  return Number.isNaN(time.getTime()) ? fallback : time;
}

function readObject(value: Buffer): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(value.toString('utf8'));
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function storable(text: string): string {
  return text.replace(unstorable, '').slice(0, 1_000);
}
