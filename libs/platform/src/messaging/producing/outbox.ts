import { newId } from '@defter/kernel';
import { currentTrace } from '../../http/trace.js';
import type { Transaction } from '../../postgres/transaction.js';
import { RECORD_LIMIT_BYTES } from '../messaging.js';

/** A message to be published after the transaction commits. */
export interface OutgoingMessage {
  readonly tenantId: string;
  readonly topic: string;
  /** Messages with one key keep the order in which their writers held the key's row lock. */
  readonly key: string;
  readonly type: string;
  readonly subject?: string;
  /** What consumers de-duplicate by; a new id unless given. */
  readonly id?: string;
  /** JSON; amounts are strings. */
  readonly body: object;
}

/** Woken after each commit that enqueued something. */
export const OUTBOX_SIGNAL = 'outbox';

/** Room for headers within the limit of a record. */
const BODY_LIMIT = RECORD_LIMIT_BYTES - 8 * 1024;

/**
 * Writes messages in the transaction of their effect: they are published if and only if it commits.
 * @throws Error when a body is too large for the broker, which then rolls the effect back, too
 */
export async function enqueue(tx: Transaction, messages: readonly OutgoingMessage[]): Promise<void> {
  for (const tenantId of new Set(messages.map((message) => message.tenantId))) {
    await insert(
      tx,
      tenantId,
      messages.filter((message) => message.tenantId === tenantId),
    );
  }
  if (messages.length > 0) tx.signal(OUTBOX_SIGNAL);
}

/** One statement names one tenant. The rows are numbered in the order given. */
async function insert(
  tx: Transaction,
  tenantId: string,
  messages: readonly OutgoingMessage[],
): Promise<void> {
  await tx.query(
    `insert into outbox (tenant_id, message_id, topic, key, type, subject, body, traceparent)
     values ($1, unnest($2::text[]), unnest($3::text[]), unnest($4::text[]), unnest($5::text[]),
             unnest($6::text[]), unnest($7::text[]), $8)`,
    [
      tenantId,
      messages.map(({ id }) => id ?? newId('evt')),
      messages.map(({ topic }) => topic),
      messages.map(({ key }) => key),
      messages.map(({ type }) => type),
      messages.map(({ subject }) => subject ?? null),
      messages.map(bodyOf),
      currentTrace()?.traceparent ?? null,
    ],
  );
}

function bodyOf({ topic, body }: OutgoingMessage): string {
  const text = JSON.stringify(body);
  const bytes = Buffer.byteLength(text);
  if (bytes > BODY_LIMIT)
    throw new Error(`A message of ${bytes} bytes for ${topic} is above the limit of ${BODY_LIMIT}`);
  return text;
}
