import type { Transaction } from '../postgres/transaction.js';

/** A request that may come again: whose key it is, and what exactly was asked. */
export interface KeyedRequest {
  readonly tenantId: string;
  readonly key: string;
  /** SHA-256 of route and canonical body. */
  readonly fingerprint: Buffer;
}

/** The answer as it was sent the first time. */
export interface StoredAnswer {
  readonly status: number;
  readonly text: string;
}

interface KeyRow {
  readonly fingerprint: Buffer;
  readonly status: number | null;
  readonly body: string | null;
}

/**
 * Takes the key for this transaction. While another transaction holds it, this waits for its end (on the
 * unique index), and then either repeats its answer or, when it rolled back, becomes the first.
 * @returns 'first', 'other-request' when the key stands for something else, or the stored answer
 */
export async function takeKey(
  tx: Transaction,
  request: KeyedRequest,
): Promise<'first' | 'other-request' | StoredAnswer> {
  const { tenantId, key, fingerprint } = request;
  const taken = await tx.query(
    `insert into idempotency_key (tenant_id, key, fingerprint) values ($1, $2, $3)
     on conflict do nothing returning key`,
    [tenantId, key, fingerprint],
  );
  if (taken.length > 0) return 'first';
  const [row] = await tx.query<KeyRow>(
    'select fingerprint, status, body from idempotency_key where tenant_id = $1 and key = $2',
    [tenantId, key],
  );
  if (row === undefined || row.status === null || row.body === null)
    throw new Error('An idempotency key was committed without its answer');
  return row.fingerprint.equals(fingerprint) ? { status: row.status, text: row.body } : 'other-request';
}

/** Stores the answer beside the key, in the transaction of the effect. */
export async function storeAnswer(
  tx: Transaction,
  { tenantId, key }: KeyedRequest,
  answer: StoredAnswer,
): Promise<void> {
  await tx.query('update idempotency_key set status = $3, body = $4 where tenant_id = $1 and key = $2', [
    tenantId,
    key,
    answer.status,
    answer.text,
  ]);
}
