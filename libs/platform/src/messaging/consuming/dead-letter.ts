import {
  RECORD_LIMIT_BYTES,
  sizeOf,
  type IncomingRecord,
  type Messaging,
  type OutgoingRecord,
} from '../messaging.js';
import { deadTopicOf } from '../topic.js';

const REASON_LIMIT = 1_000;

/**
 * The record for `<topic>.dead`: the same key, value and headers, plus why, where and for whom it died. A
 * value that no longer fits with them is cut, and says so: a dead letter must never hold its partition.
 */
export function toDeadLetter(record: IncomingRecord, consumer: string, reason: string): OutgoingRecord {
  const headers = {
    ...record.headers,
    dead_reason: reason.slice(0, REASON_LIMIT),
    dead_consumer: consumer,
    dead_topic: record.topic,
    dead_partition: `${record.partition}`,
    dead_offset: `${record.offset}`,
    dead_at: new Date().toISOString(),
  };
  const letter = { topic: deadTopicOf(record.topic), key: record.key, value: record.value, headers };
  const excess = sizeOf(letter) - RECORD_LIMIT_BYTES;
  if (excess <= 0) return letter;
  const marked = { ...headers, dead_truncated: 'true' };
  return {
    ...letter,
    headers: marked,
    value: record.value.subarray(0, Math.max(0, record.value.length - excess - 64)),
  };
}

/** Sends a record away; resolves when it is stored. */
export async function bury(
  messaging: Messaging,
  record: IncomingRecord,
  consumer: string,
  reason: string,
): Promise<void> {
  await messaging.publish([toDeadLetter(record, consumer, reason)]);
}
